"""What a code means to this service, and what a contact with it would be worth."""

from cds_service.explain.code_lines import (
    CodeLine,
    UnknownSystemError,
    system_named,
)
from cds_service.explain.contact_worths import (
    Effect,
    Worth,
)
from cds_service.explain.explanations import (
    CodeExplanation,
    explain,
)

__all__ = [
    "CodeExplanation",
    "CodeLine",
    "Effect",
    "UnknownSystemError",
    "Worth",
    "explain",
    "system_named",
]
