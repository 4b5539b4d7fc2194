import pytest

from fhir_mappings.queries.scopes import EVERYTHING, Interaction, granted_scopes

READ, SEARCH = Interaction.READ, Interaction.SEARCH


@pytest.mark.parametrize(
    ("scope", "may_read", "may_search"),
    [
        pytest.param("patient/Encounter.read", True, True, id="SMART 1 read"),
        pytest.param("user/Encounter.*", True, True, id="SMART 1 everything"),
        pytest.param("system/*.read", True, True, id="every type"),
        pytest.param("user/*.*", True, True, id="every type and everything"),
        pytest.param("patient/Encounter.write", False, False, id="SMART 1 write"),
        pytest.param("patient/Encounter.rs", True, True, id="SMART 2"),
        pytest.param("patient/Encounter.cruds", True, True, id="SMART 2, all letters"),
        pytest.param("patient/*.rs", True, True, id="SMART 2, every type"),
        pytest.param("patient/Encounter.r", True, False, id="read but no search"),
        pytest.param("patient/Encounter.s", False, True, id="search but no read"),
        pytest.param("patient/Encounter.cud", False, False, id="writing only"),
        pytest.param("patient/Encounter.sr", False, False, id="letters in another order"),
        pytest.param("patient/Encounter.", False, False, id="no letters"),
        pytest.param("patient/Procedure.rs", False, False, id="another type"),
        pytest.param("Encounter.rs patient/Patient.r", False, False, id="for nobody"),
        pytest.param("Procedure.Search (R4) Encounter.Read (R4)", True, True, id="Epic's names"),
        pytest.param("EPIC.FHIR.R4.ENCOUNTER launch openid", True, True, id="Epic's, and a launch"),
        pytest.param("Procedure.Search (R4) patient/Encounter.r", True, False, id="Epic's, mixed"),
        pytest.param("Encounter.Read (R4) user/Procedure.rs", False, False, id="mixed, no grant"),
        pytest.param("launch openid fhirUser offline_access", False, False, id="other words"),
        pytest.param("", False, False, id="nothing"),
        pytest.param("openid patient/Patient.r  user/Encounter.rs", True, True, id="among others"),
        pytest.param("patient/Encounter.r patient/Encounter.s", True, True, id="added up"),
        pytest.param("patient/Encounter.rs?class=AMB", True, True, id="with a query"),
    ],
)
def test_a_scope_allows_reading_and_searching(
    scope: str,
    may_read: bool,  # noqa: FBT001
    may_search: bool,  # noqa: FBT001
) -> None:
    scopes = granted_scopes(scope)
    assert scopes.allow("Encounter", READ) is may_read
    assert scopes.allow("Encounter", SEARCH) is may_search


@pytest.mark.parametrize(
    ("scope", "is_filtered"),
    [
        ("patient/Encounter.rs?class=AMB", True),
        ("patient/Encounter.rs?class=AMB user/Encounter.read", False),
        ("patient/Encounter.rs?class=AMB patient/*.s", False),
        ("patient/Encounter.r patient/Encounter.s?class=AMB", True),
        ("patient/Encounter.rs", False),
        ("patient/Procedure.rs?status=completed", False),
    ],
)
def test_a_scope_with_a_query_gives_only_a_part(
    scope: str,
    is_filtered: bool,  # noqa: FBT001
) -> None:
    assert granted_scopes(scope).limit("Encounter", SEARCH) is is_filtered


def test_an_anonymous_server_allows_what_it_answers() -> None:
    assert EVERYTHING.allow("Location", SEARCH)
    assert not EVERYTHING.limit("Location", SEARCH)
