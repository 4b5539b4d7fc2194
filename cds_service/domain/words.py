"""The closed lists of the domain: words that are compared and looked up by the thousand."""

from enum import StrEnum


class Word(StrEnum):
    """A closed list of words. Each hashes as its text does, which costs no call of its own."""

    __hash__ = str.__hash__
