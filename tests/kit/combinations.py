"""In which ways a patient story is told: FHIR form, FHIR version, hook, and how roles are named.

All of them together are 128 ways to tell one story. `dev` takes 8 of them for each: every form
once, and every pair of version, hook and roles. Which form meets which of the others differs from
story to story, so that 16 stories in a row show every form in all 16 combinations of the others.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final

from tests.builders.fhir_versions import FhirVersion
from tests.builders.hook_calls import Hook
from tests.builders.record_builder import RolesAs
from tests.kit.effort import IS_THOROUGH

FORMS: Final = 8
HOOKS: Final[tuple[Hook, ...]] = ("order-select", "order-sign")
ROLES: Final[tuple[RolesAs, ...]] = ("role", "practitioner")
VERSIONS: Final = (FhirVersion.R4, FhirVersion.STU3, FhirVersion.R4B, FhirVersion.R5)


@dataclass(frozen=True, slots=True)
class Combination:
    """One way to tell a story."""

    form: int
    version: FhirVersion
    hook: Hook
    roles_as: RolesAs


def combinations(story: int) -> Iterator[Combination]:
    """The ways in which the story of this number is told."""
    return _all() if IS_THOROUGH else covering(story)


def covering(story: int) -> Iterator[Combination]:
    """Eight ways: an orthogonal array of strength 2 in version, hook and roles."""
    for form in range(FORMS):
        half = form // 4
        yield Combination(
            form,
            VERSIONS[(form + story) % 4],
            HOOKS[(form + half + story // 8) % 2],
            ROLES[(half + story // 4) % 2],
        )


def _all() -> Iterator[Combination]:
    for form, version, hook, roles_as in product(range(FORMS), VERSIONS, HOOKS, ROLES):
        yield Combination(form, version, hook, roles_as)
