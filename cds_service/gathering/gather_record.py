"""The record of one patient, from prefetch, from the FHIR server, or both, with its known gaps.

interface.md, section Data, says which part is present, fetched, a gap or not offered; the plan of
the searches is that of docs/hapi.md: one parallel round, then what is referred to and missing.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from cds_service.domain.assessment import Completeness, RecordPart
from cds_service.domain.lookback import LookbackPeriod
from cds_service.domain.time_check import Check, no_check
from cds_service.errors import RecordNotOfferedError
from cds_service.gathering.missing_parts import Fetched, FetchedPart, fetch_missing
from cds_service.gathering.record_access import RecordAccess
from cds_service.gathering.record_request import RecordRequest
from cds_service.gathering.referenced_resources import with_referenced
from cds_service.gathering.stated_care import gather_statements
from fhir_mappings.contacts import is_recorded_elsewhere
from fhir_mappings.queries import Interaction, KeyState, PrefetchedPart, PrefetchReader, is_narrower
from fhir_mappings.reading.bundles import (
    AnswerShape,
    SearchAnswer,
    included_in,
    joined,
    read_answer,
)
from fhir_mappings.reading.record import PatientRecord, References, names_only_others
from fhir_mappings.reading.references import ReferenceReader, key_of

_POINTING = ("letters", "referrals")  # what only points, and is never a gap (policy 2.6)
_TYPES = {RecordPart.ENCOUNTERS: "Encounter", RecordPart.PROCEDURES: "Procedure"}


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


def gather_patient(request: RecordRequest, access: RecordAccess) -> PatientRecord:
    """The Patient alone, for an order that the criteria do not apply to anyway."""
    prefetched = {RecordPart.PATIENT: _reader(request).patient()}
    fetched = fetch_missing(prefetched, request.patient_id, access, lookback=None)
    return _record(request, _parts(request, prefetched, fetched, access, None))


def gather_record(
    request: RecordRequest,
    access: RecordAccess,
    lookback: LookbackPeriod,
    check: Check = no_check,
) -> PatientRecord:
    """The record over one lookback, with what of it is known to be missing.

    `check` is called between the pieces of reading what came; what it raises is passed on.
    Raises RecordNotOfferedError where the request offers neither encounters nor procedures and no
    way to fetch them: then nothing can be said.
    """
    reader = _reader(request)
    prefetched = {
        RecordPart.PATIENT: reader.patient(),
        RecordPart.ENCOUNTERS: reader.encounters(lookback),
        RecordPart.PROCEDURES: reader.procedures(lookback),
    }
    statements = reader.statements()
    pointing = {key: reader.pointing(key) for key in _POINTING}
    asked = [key for key, given in pointing.items() if given is None]
    fetched = fetch_missing(
        prefetched, request.patient_id, access, lookback, statements, pointing=asked
    )
    check()
    parts = _parts(request, prefetched, fetched, access, lookback)
    if all(parts[part].is_not_offered for part in _TYPES) and not access.is_offered:
        raise RecordNotOfferedError
    check()
    record = _record(request, parts)
    references = References.of(record)
    _remember_roles(references, record, fetched, access)
    record = with_referenced(record, references, access, check)
    base_url = request.base_url
    stated = gather_statements(request, statements, fetched.statements)
    return replace(
        record,
        statements=stated.statements,
        completeness=record.completeness.with_gap(RecordPart.STATEMENTS)
        if stated.is_gap
        else record.completeness,
        letters=_pointing(pointing["letters"], fetched.pointing.get("letters", ()), base_url),
        own_referrals=_pointing(
            pointing["referrals"], fetched.pointing.get("referrals", ()), base_url
        ),
    )


def _pointing(
    given: tuple[object, ...] | None, pages: tuple[Mapping[str, object], ...], base_url: str
) -> tuple[object, ...]:
    """Letters or own referrals, prefetched or fetched; of a page the entries of any type."""
    if given is not None:
        return given
    answers = (read_answer(page, "", base_url) for page in pages)
    return tuple(each for answer in answers for each in answer.included.values())


def _remember_roles(
    references: References, record: PatientRecord, fetched: Fetched, access: RecordAccess
) -> None:
    """Roles that came along are kept as all the roles of everybody whom a contact names."""
    if access.session is not None and fetched.roles is not None:
        named = references.practitioners(replace(record, referenced={}))
        access.session.keep_roles_of(named, fetched.roles)


def _reader(request: RecordRequest) -> PrefetchReader:
    return PrefetchReader(
        request.prefetch,
        request.patient_id,
        request.today,
        base_url=request.base_url,
        margin_days=request.margin_days,
    )


def _parts(
    request: RecordRequest,
    prefetched: dict[RecordPart, PrefetchedPart],
    fetched: Fetched,
    access: RecordAccess,
    lookback: LookbackPeriod | None,
) -> dict[RecordPart, _Part]:
    found: dict[RecordPart, _Part] = {}
    for part, offered in prefetched.items():
        result = fetched.parts.get(part)
        if part is RecordPart.PATIENT or lookback is None:
            found[part] = _patient_part(offered, result, request)
        else:
            is_limited = access.scopes.limit(_TYPES[part], Interaction.SEARCH)
            own = _part(part, offered, result, request, lookback)
            found[part] = replace(own, is_gap=True) if is_limited and result is not None else own
    return found


def _part(
    part: RecordPart,
    offered: PrefetchedPart,
    result: FetchedPart | None,
    request: RecordRequest,
    lookback: LookbackPeriod,
) -> _Part:
    received = (offered.answer,) if offered.was_received else ()
    if offered.state is KeyState.PRESENT:
        return _Part(received)
    if result is None:
        is_not_offered = offered.state is KeyState.NOT_OFFERED
        return _Part(received, is_gap=True, is_not_offered=is_not_offered)
    fetched = _fetched(result, _TYPES[part], request)
    is_sound = _is_sound(result, fetched)
    if is_sound and not result.goes_on:
        return _Part(fetched, is_gap=_says_less(fetched, lookback))
    answers = received + fetched
    return _Part(answers, is_gap=not is_sound or _says_less(answers, lookback))


def _says_less(pages: tuple[SearchAnswer, ...], lookback: LookbackPeriod) -> bool:
    """Whether an answer says itself that it is not all that was asked for (policy 2.6)."""
    whole = joined(pages)
    return whole.is_short or is_narrower(whole.self_url, lookback)


def _fetched(
    result: FetchedPart, resource_type: str, request: RecordRequest
) -> tuple[SearchAnswer, ...]:
    """The pages that a server sent; one whose matches all are another patient's is none."""
    pages = (read_answer(page, resource_type, request.base_url) for page in result.pages)
    reader = ReferenceReader(request.base_url)
    return tuple(
        page for page in pages if not names_only_others(page.matches, request.patient_id, reader)
    )


def _is_sound(result: FetchedPart, pages: tuple[SearchAnswer, ...]) -> bool:
    """Whether every page came, and each is a Bundle of this patient without an error in it."""
    is_bundle = all(page.shape is AnswerShape.BUNDLE and not page.has_error for page in pages)
    return result.is_complete and is_bundle and 0 < len(pages) == len(result.pages)


def _patient_part(
    offered: PrefetchedPart, result: FetchedPart | None, request: RecordRequest
) -> _Part:
    if offered.resource is not None:
        return _Part(patient=offered.resource)
    wanted = f"Patient/{request.patient_id}"
    for resource in result.pages if result else ():
        if key_of(resource) == wanted:
            return _Part(patient=resource)
    return _Part(is_gap=True)


def _record(request: RecordRequest, parts: dict[RecordPart, _Part]) -> PatientRecord:
    answers = {part: joined(own.answers) for part, own in parts.items() if own.answers}
    found = parts[RecordPart.PATIENT].patient
    patient = found if isinstance(found, dict) else None
    return PatientRecord(
        patient_id=request.patient_id,
        base_url=request.base_url or _base_of(answers.values()),
        patient=patient,
        encounters=_matches(answers, RecordPart.ENCOUNTERS),
        procedures=_matches(answers, RecordPart.PROCEDURES),
        referenced=included_in(answers.values()),
        aliases={url: key for answer in answers.values() for url, key in answer.aliases.items()},
        completeness=_completeness(parts, is_elsewhere=is_recorded_elsewhere(patient)),
    )


def _matches(answers: dict[RecordPart, SearchAnswer], part: RecordPart) -> tuple[object, ...]:
    return answers[part].matches if part in answers else ()


def _base_of(answers: Collection[SearchAnswer]) -> str:
    """The base that the answers show; none where one of them is of servers that nobody knows."""
    if any(answer.is_of_unknown_servers for answer in answers):
        return ""
    return next((answer.base_url for answer in answers if answer.base_url), "")


def _completeness(parts: dict[RecordPart, _Part], *, is_elsewhere: bool) -> Completeness:
    care = [own for part, own in parts.items() if part in _TYPES]
    return Completeness(
        frozenset(part for part, own in parts.items() if own.is_gap),
        is_unavailable=bool(care) and all(own.is_gap and not own.was_received for own in care),
        is_recorded_elsewhere=is_elsewhere,
    )
