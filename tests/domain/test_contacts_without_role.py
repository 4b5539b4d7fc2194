"""What a contact without a usable role is worth (policy 2.4)."""

import pytest

from cds_service.domain.causes import Reason
from cds_service.domain.contacts import CareSetting, ProcedureMeaning
from tests.domain.judged import C2, finding_of, flags_of, reasons, session


def test_why_a_contact_without_a_role_does_not_count() -> None:
    """Policy 2.4, Without a usable role; it is no rehabilitation programme."""
    in_gp_practice = session("2025-03-03").but(
        professions=frozenset(), setting=CareSetting.GP_PRACTICE
    )
    assert reasons(finding_of([in_gp_practice])) == [Reason.OTHER_PROFESSION]
    blood_test = in_gp_practice.but(procedure=ProcedureMeaning.ANOTHER)
    assert reasons(finding_of([blood_test], C2)) == [Reason.OTHER_PROCEDURE]
    assert flags_of([in_gp_practice, blood_test], None) == []


@pytest.mark.parametrize(
    ("practitioners", "sessions"),
    [
        pytest.param(("anna", "anna"), 1, id="of one practitioner"),
        pytest.param(("anna", "bram"), 2, id="of two"),
        pytest.param(("", ""), 2, id="of nobody named: they may be two"),
    ],
)
def test_contacts_of_unmapped_roles_on_one_day(
    practitioners: tuple[str, ...], sessions: int
) -> None:
    """Policy C1."""
    contacts = [
        session("2025-03-03", practitioner=name).but(
            source=f"Encounter/{number}",
            professions=frozenset(),
        )
        for number, name in enumerate(practitioners)
    ]
    assert finding_of(contacts).ledger.possible.sessions == sessions
