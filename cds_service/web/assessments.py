"""`POST /assessments`: a call of a hook, answered with the full assessment in place of cards."""

from collections.abc import Callable, Iterable

from cds_service.assessing import ExplainedAssessment
from cds_service.hooks.assessment_document import document_json
from cds_service.hooks.cds_hooks import AssessedReferral, HookAnswer, HookCall, to_json
from fhir_mappings.orders.referrals import OurOrder

ASSESSMENTS = "assessments"
"""The address, below the URL of the service."""

Explain = Callable[[HookCall], tuple[ExplainedAssessment, ...]]


def full_assessment(explain: Explain) -> Callable[[HookCall], tuple[HookAnswer, bytes]]:
    """What answers a call with the document."""

    def answer(call: HookCall) -> tuple[HookAnswer, bytes]:
        explained = explain(call)
        return answer_without_cards(explained), to_json(document_json(explained))

    return answer


def answer_without_cards(explained: Iterable[ExplainedAssessment]) -> HookAnswer:
    """What log, metrics and audit know of it; nothing of the ledger goes there."""
    told = (
        AssessedReferral(OurOrder(each.assessment.referral), each.assessment) for each in explained
    )
    return HookAnswer(tuple(told))
