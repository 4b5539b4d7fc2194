"""How somebody with a clock ends work that takes long: the domain itself knows no time."""

from collections.abc import Callable
from typing import TypeAlias

Check: TypeAlias = Callable[[], None]
"""Called between the pieces of a long work; what it raises ends the work and is passed on."""


def no_check() -> None:
    """Let the work take as long as it takes."""
