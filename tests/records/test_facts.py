"""Whatever shape a record comes in, mapping gives back the facts it was built from."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from random import Random
from typing import Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cds_service.domain.causes import Cause
from cds_service.domain.contacts import Contact, ContactKind, ContactStatus
from cds_service.domain.lookback import LookbackPeriod
from fhir_mappings.contacts.record_contacts import contacts
from fhir_mappings.reading.record import PatientRecord, missing_references
from fhir_mappings.terminology.tables import load_terminology
from tests.builders.fhir_versions import FhirVersion, in_version
from tests.builders.record_builder import Record, RolesAs, record
from tests.builders.scenario_rows import Scenario
from tests.domain.scenario_contacts import contacts_of
from tests.kit.effort import examples
from tests.records.shapes import gathered
from tests.records.stories import stories

LOOKBACK: Final = LookbackPeriod.before(date(2026, 6, 15), years=2)
VERSIONS: Final = st.sampled_from(list(FhirVersion))
WAYS: Final = st.sampled_from(["role", "practitioner"])
FORMS: Final = st.integers(0, 200)
SHAPES: Final = st.integers(0, 2**32).map(Random)

PATIENCE: Final = settings(max_examples=examples(150), suppress_health_check=[HealthCheck.too_slow])


def built(story: Scenario, roles_as: RolesAs, form: int, version: FhirVersion) -> Record:
    made = record(story, roles_as=roles_as, form=form, prefix="x-", is_raw_allowed=True)
    return in_version(made, version)


def found_in(gathered_record: PatientRecord) -> tuple[Contact, ...]:
    return contacts(gathered_record, lookback=LOOKBACK, terms=load_terminology())


def fact(contact: Contact) -> tuple[object, ...]:
    """What a contact says, but for who and where it is called."""
    is_procedure = contact.source.startswith("Procedure/")
    return (
        contact.source,
        contact.days,
        contact.professions,
        contact.setting if not contact.is_stated else None,
        contact.is_inpatient,
        ContactKind.TREATMENT if is_procedure else contact.kind,  # the code may name a kind
        contact.status,
        contact.subject,
        contact.procedure if not contact.professions else None,  # else it says nothing
        contact.is_course,
        contact.has_open_end and contact.status is ContactStatus.OPEN,  # else it says nothing
        contact.sessions,
        contact.is_stated,
    )


def known(story: Scenario) -> list[Contact]:
    """The facts of a story, under the names that the builder gives."""
    named = zip(contacts_of(story), _sources(story), strict=True)
    return [each.but(source=source) for each, source in named]


def _sources(story: Scenario) -> Iterable[str]:
    number = 0
    for token in story.tokens:
        number += not token.is_stated
        if token.is_stated:
            yield "stated"
        else:
            yield (
                f"Procedure/x-proc-{number}" if token.is_procedure else f"Encounter/x-enc-{number}"
            )
    for foreign in story.flags.foreign:
        yield from (f"Encounter/x-enc-{900 + at}" for at in range(foreign.number))


def facts(found: Iterable[Contact]) -> Counter[tuple[object, ...]]:
    """All facts; a course that is stated twice in the same words is one."""
    every = tuple(found)
    stated = {("stated", *fact(each)[1:]) for each in every if each.is_stated}
    return Counter(fact(each) for each in every if not each.is_stated) + Counter(stated)


@PATIENCE
@given(stories(), WAYS, FORMS, VERSIONS, SHAPES)
def test_mapping_gives_the_facts_back(
    story: Scenario, roles_as: RolesAs, form: int, version: FhirVersion, shape: Random
) -> None:
    expected = facts(known(story))
    found = facts(found_in(gathered(built(story, roles_as, form, version), shape)))
    assert (list(found - expected), list(expected - found)) == ([], [])


def _searches_of(made: Record, lost: Iterable[str]) -> Iterable[str]:
    """Whoever has a role that could not be had: then the search for their roles failed."""
    for resource in made.supporting:
        if f"PractitionerRole/{resource['id']}" in lost:
            yield f"PractitionerRole?practitioner={resource['practitioner']['reference']}"


@PATIENCE
@given(stories(), WAYS, FORMS, VERSIONS, SHAPES, st.data())
def test_what_could_not_be_had_leaves_a_contact_in_doubt_or_changes_nothing(
    story: Scenario,
    roles_as: RolesAs,
    form: int,
    version: FhirVersion,
    shape: Random,
    data: st.DataObject,
) -> None:
    made = built(story, roles_as, form, version)
    keys = sorted(f"{each['resourceType']}/{each['id']}" for each in made.supporting)
    lost = data.draw(st.lists(st.sampled_from(keys), unique=True)) if keys else []
    whole = facts(found_in(gathered(made, shape)))
    # by identifier nothing can be lost: what is not there is not known
    lost = [*lost, *_searches_of(made, lost)]
    found = found_in(gathered(made, shape, lost=lost, by_identifier=False))
    sure = [each for each in found if Cause.RECORD_INCOMPLETE not in each.doubts]
    assert list(facts(sure) - whole) == []
    assert len(found) == sum(whole.values())


@PATIENCE
@given(stories(), WAYS, FORMS, VERSIONS, SHAPES)
def test_reading_the_same_again_gives_the_same_contacts(
    story: Scenario, roles_as: RolesAs, form: int, version: FhirVersion, shape: Random
) -> None:
    same = gathered(built(story, roles_as, form, version), shape)
    assert found_in(same) == found_in(same)
    assert missing_references(same) == frozenset()
