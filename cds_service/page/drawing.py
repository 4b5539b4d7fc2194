"""The pieces of the picture, and how marks that lie close together are stacked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Words(NamedTuple):
    """Words at a place; `look` is a class of the style sheet."""

    x: int
    y: int
    text: str
    look: str = "t"


class Line(NamedTuple):
    """A straight line."""

    x1: int
    y1: int
    x2: int
    y2: int
    look: str


class Box(NamedTuple):
    """A rectangle."""

    x: int
    y: int
    width: int
    height: int
    look: str


class Shape(NamedTuple):
    """One of the shapes that the template defines, by its id."""

    id: str
    x: int
    y: int


@dataclass(slots=True)
class Drawing:
    """What has been drawn so far; what lies behind comes first, words last."""

    outside: list[Box] = field(default_factory=list)
    behind: list[Line] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)  # beside the marks of contacts
    words: list[Words] = field(default_factory=list)


Extent = tuple[int, int]
"""From where to where something lies across the picture."""

APART = 9
"""Marks nearer than this touch each other, so they are stacked."""

TALLEST = 90
"""A stack grows no higher: of more marks the steps get smaller."""


class Stack(NamedTuple):
    """How far each of the marks stands from the line that it belongs to, and the highest."""

    offsets: tuple[int, ...]
    height: int


def stacked(extents: Sequence[Extent]) -> Stack:
    """Each mark on the lowest level that is free there; `extents` are in order of their start."""
    ends: list[int] = []
    levels: list[int] = []
    for start, end in extents:
        level = next((at for at, last in enumerate(ends) if last <= start - APART), len(ends))
        if level == len(ends):
            ends.append(end)
        else:
            ends[level] = end
        levels.append(level)
    steps = max(1, len(ends) - 1)
    step = min(APART, TALLEST / steps)
    return Stack(tuple(round(level * step) for level in levels), round((len(ends) - 1) * step))
