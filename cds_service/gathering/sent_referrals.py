"""The referrals of a patient that were sent, for a hook that brings no orders (patient-view).

They come with the prefetch key `referrals`; where that is absent, unusable or one page of several
they are searched for. What cannot be retrieved is no gap: then nothing is said (interface.md,
Prefetch keys).
"""

from collections.abc import Iterator
from datetime import date, timedelta

from cds_service.domain.contacts import Subject
from cds_service.fhir_access import Query
from cds_service.gathering.find_referrals import DraftOrders
from cds_service.gathering.record_access import RecordAccess
from cds_service.gathering.record_request import RecordRequest
from fhir_mappings.queries import sent_referrals_query
from fhir_mappings.reading.bundles import AnswerShape, SearchAnswer, joined, read_answer
from fhir_mappings.reading.calendar_days import dutch_day
from fhir_mappings.reading.concepts import is_one_of
from fhir_mappings.reading.record import subject_of
from fhir_mappings.reading.references import ReferenceReader

_SENT = frozenset({"active", "completed"})


def sent_referrals(request: RecordRequest, access: RecordAccess) -> DraftOrders:
    """The active and completed ServiceRequests of this patient, of the days before today.

    As many days as the margin of the request has. Each must say its own day (`authoredOn`), on
    which it is judged; which of them are ours is for :func:`find_referrals`.
    """
    answer = _answer(request, access)
    since = request.today - timedelta(days=request.margin_days)
    orders = [*_sent(answer, request, since)]
    others = [
        dict(each)
        for each in answer.included.values()
        if each.get("resourceType") != "ServiceRequest"
    ]
    entries = [{"resource": each} for each in (*orders, *others)]
    return DraftOrders({"resourceType": "Bundle", "entry": entries})


def _answer(request: RecordRequest, access: RecordAccess) -> SearchAnswer:
    """What was prefetched, unless it is not all and the server can be asked."""
    given = read_answer(request.prefetch.get("referrals"), "ServiceRequest", request.base_url)
    is_there = given.shape is AnswerShape.BUNDLE or (
        given.shape is AnswerShape.NULL and "referrals" in request.prefetch
    )
    if is_there and not (given.has_next or given.has_error or given.is_short):
        return given
    query = sent_referrals_query(
        request.patient_id, request.today - timedelta(days=request.margin_days)
    )
    if access.session is None or not query.is_allowed_by(access.scopes):
        return given
    found = access.session.search_all({query.key: Query(query.key, query.url)})[query.key]
    pages = [read_answer(page, "ServiceRequest", request.base_url) for page in found.pages]
    return joined(pages) if pages else given


def _sent(answer: SearchAnswer, request: RecordRequest, since: date) -> Iterator[dict[str, object]]:
    reader = ReferenceReader(request.base_url or answer.base_url, answer.aliases)
    for order in answer.matches:
        if not isinstance(order, dict) or not is_one_of(order.get("status"), _SENT):
            continue
        authored = order.get("authoredOn")
        day = dutch_day(authored) if isinstance(authored, str) else None
        is_theirs = subject_of(order, request.patient_id, reader) is Subject.THIS_PATIENT
        if is_theirs and day is not None and since <= day <= request.today:
            yield order
