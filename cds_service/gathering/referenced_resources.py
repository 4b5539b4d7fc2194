"""The roles, people, places and organisations behind the contacts, as far as they can be retrieved.

Lost is not unknown (interface.md, Decisions on trust and limits): what is referred to and could
not be retrieved is named in the record, what the server answers with 404 or 410 is absent.
"""

from dataclasses import replace
from functools import partial

from cds_service.domain.time_check import Check
from cds_service.fhir_access import AbsentResource, FhirSession, FoundResource, ReadResult
from cds_service.gathering.record_access import RecordAccess
from fhir_mappings.queries import GrantedScopes, Interaction
from fhir_mappings.reading.record import PatientRecord, References, Resource, role_search_key

_ROUNDS = 6  # contact, role, practitioner or organisation, and up to three `partOf`


def with_referenced(
    record: PatientRecord,
    references: References,
    access: RecordAccess,
    check: Check,
) -> PatientRecord:
    """The record with everything that it refers to, or the knowledge that it could not be fetched.

    `references` are those of its contacts; `check` is called before each round.
    """
    asked: frozenset[str] = frozenset()
    for _ in range(_ROUNDS):
        check()
        missing = references.missing(record)
        practitioners = references.practitioners(record) - asked
        if not missing and not practitioners:
            return record
        if access.session is None:
            break  # whose roles are not at hand stays as the record leaves it
        record = _next_round(record, access.session, access.scopes, missing, practitioners)
        asked |= practitioners
    return replace(record, lost=record.lost | references.missing(record))


def _next_round(
    record: PatientRecord,
    session: FhirSession,
    scopes: GrantedScopes,
    missing: frozenset[str],
    practitioners: frozenset[str],
) -> PatientRecord:
    """One round: what may be asked is asked, what may not be asked is lost."""
    readable = {key for key in missing if _may_read(key, scopes)}
    may_search = partial(scopes.allow, interaction=Interaction.SEARCH)
    searched = practitioners if may_search("PractitionerRole") else ()
    readings, roles = session.read_directory(readable, searched, may_search=may_search)
    unsearched = practitioners - {name for name, own in roles.items() if isinstance(own, tuple)}
    found = {
        f"PractitionerRole/{role['id']}": role
        for own in roles.values()
        if isinstance(own, tuple)
        for role in own
    }
    return replace(
        record,
        referenced={**record.referenced, **_found(readings), **found},
        absent=record.absent
        | {key for key, got in readings.items() if isinstance(got, AbsentResource)},
        lost=record.lost
        | (missing - readable)
        | {
            key
            for key, got in readings.items()
            if not isinstance(got, FoundResource | AbsentResource)
        }
        | {role_search_key(name) for name in unsearched},
    )


def _may_read(key: str, scopes: GrantedScopes) -> bool:
    return scopes.allow(key.partition("/")[0], Interaction.READ)


def _found(readings: dict[str, ReadResult]) -> dict[str, Resource]:
    return {key: got.resource for key, got in readings.items() if isinstance(got, FoundResource)}
