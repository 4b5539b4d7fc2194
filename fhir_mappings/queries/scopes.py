"""What an access token may do, read from its SMART scopes, version 1 and 2.

Conformance F6 and the table "Scopes to grant": `.read` and `.*` allow reading and searching, the
letters of `cruds` what they stand for, of which we use create, read and search; `.write` and `.*`
allow creating. `launch`, `openid` and unknown words give us nothing. A scope with a query filters
what we get, so what it grants is incomplete.

Epic writes the names of its own interfaces there (`Procedure.Search (R4)`). They grant nothing and
forbid nothing: where words of SMART for resources are beside them, those hold; a list without
any says nothing about us, so we ask, and believe a 401 or a 403.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

_SCOPE = re.compile(
    r"(?:patient|user|system)/(\*|[A-Za-z]+)\.(read|write|\*|c?r?u?d?s?)(\?.*)?",
)
_SMART = re.compile(
    r"(?:patient|user|system)/.*|launch(?:/.*)?|openid|fhirUser|profile|o(?:ff|n)line_access"
)


class Interaction(StrEnum):
    """The two ways in which we look at a record, and the one in which something is added to it."""

    READ = "read"
    SEARCH = "search"
    CREATE = "create"  # only what a clinician states on the page


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
"""What may be asked where nobody says what may not: the server decides."""


def granted_scopes(text: str) -> GrantedScopes:
    """Reads the `scope` of an access token: words with blanks between."""
    words = text.split()
    if _says_nothing(words):
        return EVERYTHING
    whole: set[tuple[str, Interaction]] = set()
    filtered: set[tuple[str, Interaction]] = set()
    for word in words:
        scope = _SCOPE.fullmatch(word)
        if scope is not None:
            grants = {(scope[1], interaction) for interaction in _interactions(scope[2])}
            (filtered if scope[3] else whole).update(grants)
    return GrantedScopes(frozenset(whole), frozenset(filtered))


def _says_nothing(words: Sequence[str]) -> bool:
    """Whether there are words of another language than SMART, and none of SMART for resources."""
    is_foreign = any(_SMART.fullmatch(word) is None for word in words)
    return is_foreign and not any("/" in word and _SMART.fullmatch(word) for word in words)


def _interactions(permission: str) -> frozenset[Interaction]:
    if permission == "*":
        return frozenset(Interaction)
    if permission == "read":
        return frozenset({Interaction.READ, Interaction.SEARCH})
    if permission == "write":
        return frozenset({Interaction.CREATE})
    letters = {"c": Interaction.CREATE, "r": Interaction.READ, "s": Interaction.SEARCH}
    return frozenset(letters[letter] for letter in permission if letter in letters)


def _grants(resource_type: str, interaction: Interaction) -> set[tuple[str, Interaction]]:
    return {(resource_type, interaction), ("*", interaction)}
