"""Fetching the parts of a record that a client did not prefetch, or not to their end.

One parallel round for everything that is missing; a second one only where the further page of a
prefetched Bundle could not be fetched, although the server answers: then the whole part is asked
for.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cds_service.domain.assessment import RecordPart
from cds_service.domain.lookback import LookbackPeriod
from cds_service.fhir_access import Failure, FhirSession, NextPage, Query, SearchResult
from cds_service.gathering.record_access import RecordAccess
from fhir_mappings.queries import (
    Interaction,
    KeyState,
    PrefetchedPart,
    RecordQuery,
    SearchForm,
    encounters_query,
    letters_queries,
    patient_query,
    procedures_query,
    referrals_query,
    roles_of_patient,
    statements_query,
)
from fhir_mappings.reading.bundles import AnswerShape, read_answer

Resource = dict[str, Any]

_SEARCHES = {RecordPart.ENCOUNTERS: encounters_query, RecordPart.PROCEDURES: procedures_query}
_ROLES = "roles of the patient"
_STATEMENTS = "statements"
_HOPELESS = frozenset(
    {
        Failure.TIMEOUT,
        Failure.UNREACHABLE,
        Failure.UNAUTHORIZED,
        Failure.CIRCUIT_OPEN,
        Failure.FORBIDDEN_ADDRESS,
        Failure.OVERLOAD,
    }
)
_REFUSALS = frozenset({Failure.FORBIDDEN, Failure.NOT_FOUND, Failure.GONE, Failure.NOT_SUPPORTED})
_FOR_ROLES = 0.4  # of what is left of the deadline, while nothing is known of the roles


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one call fetched of the parts of a record.

    `roles` are all roles of everybody whom a contact names as a person; None where they were not
    asked for, or not all came. `statements` are what was stated about care elsewhere, None where
    nobody asked for it; `pointing` by prefetch key the pages of letters and own referrals.
    """

    parts: Mapping[RecordPart, "FetchedPart"]
    roles: tuple[Resource, ...] | None = None
    statements: "FetchedPart | None" = None
    pointing: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FetchedPart:
    """What a server sent for one part.

    `goes_on`: it follows the page that was prefetched. `is_refused`: the server has no such thing,
    or gives it to nobody with this token.
    """

    pages: tuple[Mapping[str, Any], ...]
    is_complete: bool
    goes_on: bool = False
    is_refused: bool = False


def fetch_missing(  # noqa: PLR0913 - one name for each part that may be missing
    prefetched: Mapping[RecordPart, PrefetchedPart],
    patient_id: str,
    access: RecordAccess,
    lookback: LookbackPeriod | None,
    statements: PrefetchedPart | None = None,
    *,
    pointing: Collection[str] = (),
) -> Fetched:
    """Every part that is not present, as far as it may be asked for (conformance F6).

    `statements` is None where nobody needs them. Letters and own referrals are helpful only: what
    cannot be fetched of them is not missed. `pointing` names the keys of those that did not come
    along, and no round is made for them alone.
    """
    session = access.session
    wanted = {
        part: forms
        for part, offered in prefetched.items()
        if offered.state is not KeyState.PRESENT
        and (forms := _forms(part, patient_id, lookback))[0].is_allowed_by(access.scopes)
    }
    stated = _statement_queries(patient_id, statements, access)
    if session is None or not (wanted or stated):
        return Fetched({})
    further = {
        part: NextPage(prefetched[part].answer.next_url, kind=wanted[part][0].resource_type)
        for part in wanted
        if prefetched[part].state is KeyState.FOLLOW_NEXT
    }
    whole = {part: _query(part, forms) for part, forms in wanted.items() if part not in further}
    roles = _role_queries(patient_id, session, access) if wanted.keys() & _SEARCHES.keys() else {}
    pointers = _pointing_queries(patient_id, pointing, access, lookback)
    results = session.search_all(
        {**_named(further), **_named(whole), **roles, **stated, **pointers},
        leave=0.0 if session.knows_roles else _FOR_ROLES * session.deadline.remaining(),
        helpful=(_STATEMENTS, *pointers),
    )
    again = {part: _query(part, wanted[part]) for part in further if _is_broken(results[part])}
    second = session.search_all(_named(again)) if again else {}
    parts = {
        part: _fetched(second[part], goes_on=False)
        if part in second
        else _fetched(results[part], goes_on=part in further)
        for part in wanted
    }
    found: dict[str, tuple[Mapping[str, Any], ...]] = {}
    for name in pointers:
        key = name.partition(" ")[0]
        found[key] = found.get(key, ()) + results[name].pages
    return Fetched(
        parts,
        _roles([results[name] for name in roles], session.base_url),
        _fetched_statements(results[_STATEMENTS], statements) if stated else None,
        found,
    )


def _fetched_statements(result: SearchResult, offered: PrefetchedPart | None) -> FetchedPart:
    return FetchedPart(
        result.pages,
        result.is_complete,
        goes_on=offered is not None and offered.state is KeyState.FOLLOW_NEXT,
        is_refused=result.failure in _REFUSALS and not result.pages,
    )


def _pointing_queries(
    patient_id: str,
    keys: Collection[str],
    access: RecordAccess,
    lookback: LookbackPeriod | None,
) -> dict[str, Query | NextPage]:
    """The metadata of letters and own referrals, in the same round, where a token allows it."""
    if lookback is None:
        return {}
    queries = (*letters_queries(patient_id, lookback), referrals_query(patient_id, lookback))
    return {
        f"{query.key} {query.resource_type}": Query(query.key, query.url)
        for query in queries
        if query.key in keys and query.is_allowed_by(access.scopes)
    }


def _roles(results: Sequence[SearchResult], base_url: str) -> tuple[Resource, ...] | None:
    if not results or not all(result.is_complete for result in results):
        return None
    pages = (page for each in results for page in each.pages)
    answers = [read_answer(page, "PractitionerRole", base_url) for page in pages]
    if any(each.has_error or each.shape is not AnswerShape.BUNDLE for each in answers):
        return None
    return tuple(role for each in answers for role in each.matches if isinstance(role, dict))


def _named(queries: Mapping[RecordPart, Query | NextPage]) -> dict[str, Query | NextPage]:
    return {part.value: query for part, query in queries.items()}


def _fetched(result: SearchResult, *, goes_on: bool) -> FetchedPart:
    return FetchedPart(result.pages, result.is_complete, goes_on)


def _is_broken(further: SearchResult) -> bool:
    """A link that leads nowhere, an expired page: the search itself may still be answered."""
    return further.failure is not None and further.failure not in _HOPELESS


def _query(part: RecordPart, forms: tuple[RecordQuery, ...]) -> Query:
    return Query(part.value, *(form.url for form in forms))


def _forms(
    part: RecordPart, patient_id: str, lookback: LookbackPeriod | None
) -> tuple[RecordQuery, ...]:
    """The query of a part in its plain form, and in that for HAPI where there is one."""
    if part is RecordPart.PATIENT or lookback is None:
        return (patient_query(patient_id),)
    search = _SEARCHES[part]
    return tuple(search(patient_id, lookback, form) for form in (SearchForm.PLAIN, SearchForm.HAPI))


def _role_queries(
    patient_id: str, session: FhirSession, access: RecordAccess
) -> dict[str, Query | NextPage]:
    """The roles of the patient's practitioners, in the same round, where HAPI can tell them.

    Their answers are kept by the session, so that the next round asks only for what is missing.
    """
    may_search = access.scopes.allow("PractitionerRole", Interaction.SEARCH)
    if session.knows_roles or not session.is_hapi or not may_search:
        return {}
    return {
        f"{_ROLES} {number}": Query(f"{_ROLES} {number}", None, query.url)
        for number, query in enumerate(roles_of_patient(patient_id))
    }


def _statement_queries(
    patient_id: str, offered: PrefetchedPart | None, access: RecordAccess
) -> dict[str, Query | NextPage]:
    """The statements that are not at hand, in the same round; the further pages of a first one."""
    query = statements_query(patient_id)
    is_present = offered is None or offered.state is KeyState.PRESENT
    if is_present or not query.is_allowed_by(access.scopes):
        return {}
    if offered is not None and offered.state is KeyState.FOLLOW_NEXT:
        return {_STATEMENTS: NextPage(offered.answer.next_url)}
    return {_STATEMENTS: Query(_STATEMENTS, query.url)}
