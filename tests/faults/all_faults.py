"""All faults that the runs make, and which of them a service has to see through."""

from typing import Final

from tests.faults.fault_kinds import (
    PLAIN_FAULTS,
    broken_bundle,
    broken_contacts,
    broken_entries,
    error_beside_matches,
    foreign_next,
    missing_includes,
    more_of_another_patient,
    operation_outcome,
)
from tests.faults.incomplete_answers import (
    INCOMPLETE_ANSWERS,
    label_on_contacts,
    label_on_the_bundle,
    mere_remark,
    outcome_of_withheld_data,
    self_link_of_a_shorter_time,
    self_link_of_another_filter,
    total_above_what_came,
)
from tests.faults.odd_resources import (
    ODD_RESOURCES,
    contained_with_a_hash,
    entries_of_another_server,
    full_url_without_id,
    odd_references,
    older_version,
    unknown_modifier,
    unknown_type,
    versions_without_an_order,
)
from tests.faults.spoiling import Fault

FAULTS: Final[tuple[Fault, ...]] = (*PLAIN_FAULTS, *INCOMPLETE_ANSWERS, *ODD_RESOURCES)

RARELY_POSSIBLE: Final[tuple[Fault, ...]] = (*INCOMPLETE_ANSWERS, *ODD_RESOURCES)
"""What needs contacts, roles or places of some sort, and is tried more often for it."""

EXPIRES_IN_AS_TEXT: Final = "expires_in_as_text"
"""A fault of the call, not of an answer."""

HARMLESS: Final = frozenset(
    {
        EXPIRES_IN_AS_TEXT,
        contained_with_a_hash.__name__,
        mere_remark.__name__,
        older_version.__name__,
        unknown_type.__name__,
    }
)
"""With these alone the answer says all that the complete record says."""

OF_PREFETCH: Final[tuple[Fault, ...]] = (
    broken_bundle,
    broken_contacts,
    broken_entries,
    contained_with_a_hash,
    entries_of_another_server,
    error_beside_matches,
    foreign_next,
    full_url_without_id,
    label_on_contacts,
    label_on_the_bundle,
    mere_remark,
    missing_includes,
    more_of_another_patient,
    odd_references,
    older_version,
    operation_outcome,
    outcome_of_withheld_data,
    self_link_of_a_shorter_time,
    self_link_of_another_filter,
    total_above_what_came,
    unknown_modifier,
    versions_without_an_order,
)
"""What a client can have been sent, and pass on as it is. It fetches nothing more."""
