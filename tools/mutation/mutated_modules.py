"""The modules that faults are put into, and the tests that hold each of them."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from tools.mutation.mutants import Mutant, closed_lists, mutants_of

ROOT: Final = Path(__file__).parents[2]

RULE_TESTS: Final = (
    "tests/domain",
    "tests/oracle",
    "tests/properties/test_suppositions.py",
    "tests/cards",
    "tests/demo",
)
RECORD_TESTS: Final = (
    "tests/fhir_mappings",
    "tests/terminology",
    "tests/records",
)
MAPPINGS: Final = (
    "reading/calendar_days",
    "contacts/roles",
    "contacts/practitioners",
    "contacts/places",
    "terminology/care_settings",
    "terminology/therapist_categories",
    "contacts/disciplines",
)
"""The modules of the mapping that are mutated: days, roles and settings."""


def modules() -> dict[Path, tuple[str, ...]]:
    """Every mutated module, by its path from the root, and its tests."""
    domain = sorted(Path("cds_service/domain").glob("*.py"))
    found = dict.fromkeys((each for each in domain if each.name != "__init__.py"), RULE_TESTS)
    return found | {Path(f"fhir_mappings/{name}.py"): RECORD_TESTS for name in MAPPINGS}


@cache
def every_mutant() -> tuple[Mutant, ...]:
    """The mutants of all modules of the working folder, in a fixed order."""
    enums = closed_lists(tuple(modules()))
    return tuple(mutant for path in modules() for mutant in mutants_of(path, enums))


def tests_of(mutants: Iterable[Mutant]) -> list[str]:
    """The files and folders of all tests that hold the modules of these."""
    return sorted({test for mutant in mutants for test in modules()[mutant.path]})
