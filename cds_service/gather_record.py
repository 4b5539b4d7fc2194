"""The record of one patient, from prefetch, from the FHIR server, or both, with its known gaps.

interface.md, section Data, says which part is present, fetched, a gap or not offered; the plan of
the searches is that of hapi-behaviour.md: one parallel round, then what is referred to and missing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from cds_service.cds_hooks import HookCall
from cds_service.domain.assessment import Completeness, RecordPart
from cds_service.domain.lookback import LookbackPeriod
from cds_service.errors import RecordNotOfferedError
from cds_service.fhir_access import NextPage, Query, SearchResult
from cds_service.record_access import RecordAccess
from cds_service.referenced_resources import with_referenced
from fhir_mappings.bundles import AnswerShape, SearchAnswer, joined, key_of, read_answer
from fhir_mappings.prefetch import KeyState, PrefetchedPart, PrefetchReader
from fhir_mappings.queries import Query as RecordQuery
from fhir_mappings.queries import (
    SearchForm,
    encounters_query,
    patient_query,
    procedures_query,
    roles_of_patient,
)
from fhir_mappings.record import PatientRecord, names_only_others
from fhir_mappings.references import ReferenceReader
from fhir_mappings.scopes import Interaction

_TYPES = {RecordPart.ENCOUNTERS: "Encounter", RecordPart.PROCEDURES: "Procedure"}
_SEARCHES = {RecordPart.ENCOUNTERS: encounters_query, RecordPart.PROCEDURES: procedures_query}
_ROLES = "roles of the patient"


@dataclass(frozen=True, slots=True)
class GatheredRecord:
    """What was received of a record, and what of it is known to be missing."""

    record: PatientRecord
    completeness: Completeness


@dataclass(frozen=True, slots=True)
class _Part:
    """One key of the record: what was received of it, and whether that is all."""

    answers: tuple[SearchAnswer, ...] = ()
    patient: object = None
    is_gap: bool = False
    is_not_offered: bool = False

    @property
    def was_received(self) -> bool:
        return any(a.shape in {AnswerShape.BUNDLE, AnswerShape.NULL} for a in self.answers)


def gather_patient(call: HookCall, access: RecordAccess, *, margin_days: int) -> GatheredRecord:
    """The Patient alone, for an order that the criteria do not apply to anyway."""
    reader = _reader(call, margin_days)
    prefetched = {RecordPart.PATIENT: reader.patient()}
    parts = _parts(call, prefetched, access, lookback=None)
    return _gathered(call, parts)


def gather_record(
    call: HookCall, access: RecordAccess, lookback: LookbackPeriod, *, margin_days: int
) -> GatheredRecord:
    """The record over one lookback.

    Raises RecordNotOfferedError where the call offers neither encounters nor procedures and no
    way to fetch them: then nothing can be said.
    """
    reader = _reader(call, margin_days)
    prefetched = {
        RecordPart.PATIENT: reader.patient(),
        RecordPart.ENCOUNTERS: reader.encounters(lookback),
        RecordPart.PROCEDURES: reader.procedures(lookback),
    }
    parts = _parts(call, prefetched, access, lookback)
    if all(parts[part].is_not_offered for part in _TYPES) and not access.is_offered:
        raise RecordNotOfferedError
    gathered = _gathered(call, parts)
    return replace(gathered, record=with_referenced(gathered.record, access))


def _reader(call: HookCall, margin_days: int) -> PrefetchReader:
    return PrefetchReader(
        call.prefetch or {},
        call.patient_id,
        call.today,
        base_url=call.fhir_server or "",
        margin_days=margin_days,
    )


def _parts(
    call: HookCall,
    prefetched: dict[RecordPart, PrefetchedPart],
    access: RecordAccess,
    lookback: LookbackPeriod | None,
) -> dict[RecordPart, _Part]:
    wanted = {
        part: query
        for part, offered in prefetched.items()
        if offered.state is not KeyState.PRESENT
        and (query := _query(part, offered, call, access, lookback)) is not None
    }
    results = _fetch(wanted, call, access)
    return {
        part: _part(part, offered, results.get(part), call, access)
        for part, offered in prefetched.items()
    }


def _query(
    part: RecordPart,
    offered: PrefetchedPart,
    call: HookCall,
    access: RecordAccess,
    lookback: LookbackPeriod | None,
) -> Query | NextPage | None:
    """What to ask for a part; None where nothing may be asked (conformance F6)."""
    forms = _forms(part, call.patient_id, lookback)
    if access.session is None or not forms[0].is_allowed_by(access.scopes):
        return None
    if offered.state is KeyState.FOLLOW_NEXT:
        return NextPage(offered.answer.next_url)
    hapi = f"{forms[1].url}&_total=accurate" if len(forms) > 1 else None
    return Query(part.value, forms[0].url, hapi)


def _forms(
    part: RecordPart, patient_id: str, lookback: LookbackPeriod | None
) -> tuple[RecordQuery, ...]:
    """The query of a part in its plain form, and in that for HAPI where there is one."""
    if part is RecordPart.PATIENT or lookback is None:
        return (patient_query(patient_id),)
    search = _SEARCHES[part]
    forms = (SearchForm.PLAIN, SearchForm.HAPI)
    return tuple(search(patient_id, lookback, form) for form in forms)


def _fetch(
    wanted: dict[RecordPart, Query | NextPage], call: HookCall, access: RecordAccess
) -> dict[str, SearchResult]:
    """One parallel round; the roles of the patient's practitioners come along where HAPI has them.

    Their answers are kept by the session, so the next round asks only for what is missing then.
    """
    if access.session is None or not wanted:
        return {}
    queries: dict[str, Query | NextPage] = {part.value: query for part, query in wanted.items()}
    if wanted.keys() & _TYPES.keys():
        queries |= _role_queries(call, access)
    return access.session.search_all(queries)


def _role_queries(call: HookCall, access: RecordAccess) -> dict[str, Query]:
    session = access.session
    may_search = access.scopes.allow("PractitionerRole", Interaction.SEARCH)
    if session is None or session.knows_roles or not session.is_hapi or not may_search:
        return {}
    queries = roles_of_patient(call.patient_id)
    return {
        f"{_ROLES} {number}": Query(_ROLES, None, query.url) for number, query in enumerate(queries)
    }


def _part(
    part: RecordPart,
    offered: PrefetchedPart,
    result: SearchResult | None,
    call: HookCall,
    access: RecordAccess,
) -> _Part:
    if part is RecordPart.PATIENT:
        return _patient_part(offered, result, call)
    received = (offered.answer,) if offered.was_received else ()
    if offered.state is KeyState.PRESENT:
        return _Part(received)
    if result is None:
        is_not_offered = offered.state is KeyState.NOT_OFFERED
        return _Part(received, is_gap=True, is_not_offered=is_not_offered)
    fetched = _fetched(result, _TYPES[part], call)
    is_limited = access.scopes.limit(_TYPES[part], Interaction.SEARCH)
    is_whole = result.is_complete and not is_limited and _is_sound(fetched)
    if is_whole and offered.state is not KeyState.FOLLOW_NEXT:
        return _Part(fetched)
    return _Part(received + fetched, is_gap=not is_whole)


def _fetched(result: SearchResult, resource_type: str, call: HookCall) -> tuple[SearchAnswer, ...]:
    """The pages that a server sent; matches that all are another patient's are no answer."""
    pages = tuple(read_answer(page, resource_type) for page in result.pages)
    matches = (match for page in pages for match in page.matches)
    reader = ReferenceReader(call.fhir_server or "")
    return () if names_only_others(matches, call.patient_id, reader) else pages


def _is_sound(pages: tuple[SearchAnswer, ...]) -> bool:
    """Whether each page is a Bundle without an error in it."""
    is_bundle = all(page.shape is AnswerShape.BUNDLE and not page.has_error for page in pages)
    return is_bundle and bool(pages)


def _patient_part(offered: PrefetchedPart, result: SearchResult | None, call: HookCall) -> _Part:
    if offered.resource is not None:
        return _Part(patient=offered.resource)
    wanted = f"Patient/{call.patient_id}"
    for resource in result.pages if result else ():
        if key_of(resource) == wanted:
            return _Part(patient=resource)
    return _Part(is_gap=True)


def _gathered(call: HookCall, parts: dict[RecordPart, _Part]) -> GatheredRecord:
    answers = {part: joined(own.answers) for part, own in parts.items() if own.answers}
    patient = parts[RecordPart.PATIENT].patient
    record = PatientRecord(
        patient_id=call.patient_id,
        base_url=call.fhir_server or _base_of(answers.values()),
        patient=patient if isinstance(patient, dict) else None,
        encounters=_matches(answers, RecordPart.ENCOUNTERS),
        procedures=_matches(answers, RecordPart.PROCEDURES),
        referenced={k: r for answer in answers.values() for k, r in answer.included.items()},
        aliases={url: key for answer in answers.values() for url, key in answer.aliases.items()},
    )
    return GatheredRecord(record, _completeness(parts))


def _matches(answers: dict[RecordPart, SearchAnswer], part: RecordPart) -> tuple[object, ...]:
    return answers[part].matches if part in answers else ()


def _base_of(answers: Iterable[SearchAnswer]) -> str:
    return next((answer.base_url for answer in answers if answer.base_url), "")


def _completeness(parts: dict[RecordPart, _Part]) -> Completeness:
    gaps = frozenset(part for part, own in parts.items() if own.is_gap)
    care = [own for part, own in parts.items() if part in _TYPES]
    is_unavailable = bool(care) and all(own.is_gap and not own.was_received for own in care)
    return Completeness(gaps, is_unavailable=is_unavailable)
