"""Everything in a record that says where to look for care that it does not show (policy 2.6)."""

from cds_service.domain.lookback import LookbackPeriod
from cds_service.domain.pointers import Pointer
from fhir_mappings.pointers.letters import letter_pointers
from fhir_mappings.pointers.own_referrals import referral_pointers
from fhir_mappings.reading.record import PatientRecord
from fhir_mappings.terminology.tables import Terminology


def record_pointers(
    record: PatientRecord, lookback: LookbackPeriod, terms: Terminology
) -> tuple[Pointer, ...]:
    """The letters and own referrals of the lookback."""
    return (
        *letter_pointers(record, lookback, terms),
        *referral_pointers(record, lookback, terms),
    )
