"""Letters and own referrals that point to care given elsewhere; never counted (policy 2.6)."""

from fhir_mappings.pointers.pointing import (
    named_in,
    pointers_to,
)
from fhir_mappings.pointers.record_pointers import (
    record_pointers,
)

__all__ = [
    "named_in",
    "pointers_to",
    "record_pointers",
]
