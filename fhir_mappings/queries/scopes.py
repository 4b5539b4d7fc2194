"""What an access token may do, read from its SMART scopes, version 1 and 2.

Conformance F6 and the table "Scopes to grant": `.read` and `.*` allow reading and searching, the
letters of `cruds` what they stand for; `.write`, `launch`, `openid` and unknown words give us
nothing. A scope with a query filters what we get, so what it grants is incomplete.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

_SCOPE = re.compile(
    r"(?:patient|user|system)/(\*|[A-Za-z]+)\.(read|write|\*|c?r?u?d?s?)(\?.*)?",
)


class Interaction(StrEnum):
    """The two ways in which we look at a record."""

    READ = "read"
    SEARCH = "search"


@dataclass(frozen=True, slots=True)
class GrantedScopes:
    """Pairs of resource type (or `*`) and interaction that a token allows.

    `filtered` are those that are granted with a query only.
    """

    whole: frozenset[tuple[str, Interaction]] = frozenset()
    filtered: frozenset[tuple[str, Interaction]] = frozenset()

    def allow(self, resource_type: str, interaction: Interaction) -> bool:
        """Whether we may ask this at all."""
        return bool(_grants(resource_type, interaction) & (self.whole | self.filtered))

    def limit(self, resource_type: str, interaction: Interaction) -> bool:
        """Whether what we get is only a part, so that its key is a gap."""
        return self.allow(resource_type, interaction) and not (
            _grants(resource_type, interaction) & self.whole
        )


EVERYTHING = GrantedScopes(frozenset(("*", interaction) for interaction in Interaction))
"""What an anonymous server allows: whatever it answers."""


def granted_scopes(text: str) -> GrantedScopes:
    """Reads the `scope` of an access token: words with blanks between."""
    whole: set[tuple[str, Interaction]] = set()
    filtered: set[tuple[str, Interaction]] = set()
    for word in text.split():
        scope = _SCOPE.fullmatch(word)
        if scope is not None:
            grants = {(scope[1], interaction) for interaction in _interactions(scope[2])}
            (filtered if scope[3] else whole).update(grants)
    return GrantedScopes(frozenset(whole), frozenset(filtered))


def _interactions(permission: str) -> frozenset[Interaction]:
    if permission in {"read", "*"}:
        return frozenset(Interaction)
    if permission == "write":
        return frozenset()
    letters = {"r": Interaction.READ, "s": Interaction.SEARCH}
    return frozenset(letters[letter] for letter in permission if letter in letters)


def _grants(resource_type: str, interaction: Interaction) -> set[tuple[str, Interaction]]:
    return {(resource_type, interaction), ("*", interaction)}
