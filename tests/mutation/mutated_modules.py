"""The modules that faults are put into, and the tests that hold each of them."""

from functools import cache
from pathlib import Path
from typing import Final

from tests.mutation.mutants import Mutant, closed_lists, mutants_of

ROOT: Final = Path(__file__).parents[2]

RULE_TESTS: Final = (
    "tests/domain/test_readings.py",
    "tests/domain/test_who_and_where.py",
    "tests/domain/test_thresholds.py",
    "tests/domain/test_applicability.py",
    "tests/domain/test_lookback.py",
    "tests/domain/test_reasons_and_matching.py",
    "tests/domain/test_scenarios.py",
)
DOMAIN_TESTS: Final = (
    *RULE_TESTS,
    "tests/oracle/test_settled_disagreements.py",
    "tests/oracle/test_agreement.py",
)
FLAG_TESTS: Final = ("tests/domain/test_flags.py", "tests/cards/test_notes.py", *RULE_TESTS)
ROLE_TESTS: Final = (
    "tests/fhir_mappings/test_roles.py",
    "tests/fhir_mappings/test_contacts.py",
    "tests/fhir_mappings/test_versions.py",
    "tests/fhir_mappings/test_stated_care.py",
)
MAPPING_TESTS: Final[dict[str, tuple[str, ...]]] = {
    "calendar_days": ("tests/fhir_mappings/test_calendar_days.py", *ROLE_TESTS),
    "roles": ROLE_TESTS,
    "practitioners": ROLE_TESTS,
    "places": ("tests/fhir_mappings/test_places.py", *ROLE_TESTS),
    "care_settings": (
        "tests/mutation/test_what_no_test_noticed.py",
        "tests/fhir_mappings/test_care_settings.py",
        "tests/fhir_mappings/test_places.py",
        "tests/terminology/test_place_codes.py",
    ),
    "therapist_categories": (
        "tests/fhir_mappings/test_therapist_categories.py",
        "tests/fhir_mappings/test_roles.py",
        "tests/terminology/test_role_codes.py",
    ),
    "disciplines": (
        "tests/fhir_mappings/test_disciplines.py",
        "tests/fhir_mappings/test_procedures.py",
    ),
}
"""The modules of the mapping that are mutated, and the tests that hold each of them."""


def modules() -> dict[Path, tuple[str, ...]]:
    """Every mutated module, by its path from the root, and its tests."""
    domain = sorted(
        path.relative_to(ROOT)
        for path in (ROOT / "cds_service/domain").glob("*.py")
        if path.name != "__init__.py"
    )
    found: dict[Path, tuple[str, ...]] = dict.fromkeys(domain, DOMAIN_TESTS)
    found[Path("cds_service/domain/flags.py")] = FLAG_TESTS
    return found | {
        Path(f"fhir_mappings/{name}.py"): tests for name, tests in MAPPING_TESTS.items()
    }


@cache
def every_mutant() -> tuple[Mutant, ...]:
    """The mutants of all modules of the working folder, in a fixed order."""
    enums = closed_lists(tuple(modules()))
    return tuple(mutant for path in modules() for mutant in mutants_of(path, enums))
