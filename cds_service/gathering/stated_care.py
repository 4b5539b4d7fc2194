"""What was stated about care given elsewhere, and whether some of it can be missing.

Nobody has to offer statements (interface.md, Data): a client without the key, a token without the
scope and a server without such resources give none, and nothing is missing. A search for them that
was made and failed is a gap: a course that was stated would be in what did not come.
"""

from dataclasses import dataclass

from cds_service.gathering.missing_parts import FetchedPart
from cds_service.gathering.record_request import RecordRequest
from fhir_mappings.contacts import is_statement
from fhir_mappings.queries import KeyState, PrefetchedPart
from fhir_mappings.reading.bundles import AnswerShape, SearchAnswer, joined, read_answer
from fhir_mappings.reading.record import names_only_others
from fhir_mappings.reading.references import ReferenceReader
from fhir_mappings.reading.search_outcomes import is_refusal

_TYPE = "QuestionnaireResponse"


@dataclass(frozen=True, slots=True)
class StatedCare:
    """The answers to our form; `is_gap`: a search for them failed, whole or in part."""

    statements: tuple[object, ...]
    is_gap: bool


def gather_statements(
    request: RecordRequest, offered: PrefetchedPart, result: FetchedPart | None
) -> StatedCare:
    """The statements that were prefetched and fetched; answers to other forms are not kept."""
    sent = () if result is None else result.pages
    pages = tuple(read_answer(page, _TYPE, request.base_url) for page in sent)
    found = joined((offered.answer, *pages))
    return StatedCare(
        tuple(match for match in found.matches if is_statement(match)),
        is_gap=_is_gap(request, offered, result, pages),
    )


def _is_gap(
    request: RecordRequest,
    offered: PrefetchedPart,
    result: FetchedPart | None,
    pages: tuple[SearchAnswer, ...],
) -> bool:
    if offered.state is KeyState.PRESENT:
        return False
    if result is None or _is_refused(result):
        given = request.prefetch.get("statements")
        return offered.state is not KeyState.NOT_OFFERED and not is_refusal(given)
    has_all = result.is_complete and bool(pages)
    is_sound = all(page.shape is AnswerShape.BUNDLE and not page.has_error for page in pages)
    answers = (offered.answer, *pages) if result.goes_on else pages
    return not (has_all and is_sound) or _says_less(request, joined(answers))


def _is_refused(result: FetchedPart) -> bool:
    """Whether the server answered that it has no such thing, or gives it to nobody."""
    return result.is_refused or (bool(result.pages) and all(map(is_refusal, result.pages)))


def _says_less(request: RecordRequest, answer: SearchAnswer) -> bool:
    """Whether an answer says itself that it is not all that was asked for (policy 2.6)."""
    reader = ReferenceReader(request.base_url or answer.base_url, answer.aliases)
    return answer.is_short or names_only_others(answer.matches, request.patient_id, reader)
