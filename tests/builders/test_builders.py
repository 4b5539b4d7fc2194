"""The builders themselves: what they make is FHIR R4, complete, and different from form to form."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class

from tests.builders.care_givers import Carrier, carrier_for
from tests.builders.hook_calls import hook_call
from tests.builders.record_builder import record
from tests.builders.scenario_rows import Scenario, read_scenarios, scenario
from tests.builders.scenario_tokens import (
    AlsoRole,
    ForeignContacts,
    InvalidTokenError,
    Pointer,
    RoleJoin,
    SessionToken,
    When,
    WhenShape,
    parse_sessions,
    parse_token,
)

FORMS = range(8)


def test_the_table_holds_every_story() -> None:
    rows = read_scenarios()
    assert len(rows) == 288
    assert sum(len(row.tokens) for row in rows) == 3430
    assert rows[0].id == "S001"
    assert rows[0].expected.criteria == {
        "allied-health-therapy": "met",
        "psychological-care": "met",
        "psychosomatic-therapy": "not_met",
    }


@pytest.mark.parametrize(
    ("text", "token"),
    [
        pytest.param(
            "physio@2025-09-01[finished,primary]",
            SessionToken(
                ("physio",),
                RoleJoin.SINGLE,
                "",
                When(WhenShape.DAY, "2025-09-01"),
                "finished",
                "primary",
                "",
                "",
                None,
            ),
            id="one contact on a day",
        ),
        pytest.param(
            "physio+psychologist/physio@2025-03[completed,hospital:unknown-proc]x4",
            SessionToken(
                ("physio", "psychologist"),
                RoleJoin.ONE_PRACTITIONER,
                "physio",
                When(WhenShape.MONTH, "2025-03"),
                "completed",
                "hospital",
                "unknown",
                "proc",
                4,
            ),
            id="everything at once",
        ),
        pytest.param(
            "exercise&psychologist@2025-09-03..[in-progress,primary-virtual]",
            SessionToken(
                ("exercise", "psychologist"),
                RoleJoin.ONE_ROLE,
                "",
                When(WhenShape.START_ONLY, "2025-09-03"),
                "in-progress",
                "primary",
                "",
                "virtual",
                None,
            ),
            id="a start without an end, by one role with two specialties",
        ),
        pytest.param(
            "gp@2025-03-24[entered-in-error,primary|reason=K92+sct:24700007|type=Overleg, kort"
            "|older=finished|ref=physio|modext]",
            SessionToken(
                ("gp",),
                RoleJoin.SINGLE,
                "",
                When(WhenShape.DAY, "2025-03-24"),
                "entered-in-error",
                "primary",
                "",
                "",
                None,
                reasons=("K92", "sct:24700007"),
                type_text="Overleg, kort",
                older="finished",
                referrer="physio",
                is_modified=True,
            ),
            id="every key",
        ),
    ],
)
def test_a_token_says_who_when_and_where(text: str, token: SessionToken) -> None:
    assert parse_token(text) == token


def test_flags_are_read_apart_from_tokens() -> None:
    tokens, flags = parse_sessions(
        "!foreign=physio@2025-01-06+14x7; !alsorole=poh_ggz:poh_s@..2025-08-31; !partial; !pages=5",
    )
    assert tokens == ()
    assert flags.foreign == (ForeignContacts("physio", "2025-01-06", 14, 7),)
    assert flags.also_roles == (AlsoRole("poh_ggz", "poh_s", "", "2025-08-31"),)
    assert flags.partial == "procedures"
    assert flags.page_size == 5


def test_pointers_and_what_an_answer_says_of_itself_are_flags() -> None:
    _, flags = parse_sessions(
        "!brief=physio@2025-06-02; !referred=ergo@2025-01-14; !named=12x fysio; "
        "!total; !self=upper; !remark=4101",
    )
    assert flags.letters == (Pointer("physio", "2025-06-02"),)
    assert flags.own_referrals == (Pointer("ergo", "2025-01-14"),)
    assert (flags.named, flags.is_cut, flags.self_link, flags.remark) == (
        "12x fysio",
        True,
        "upper",
        "4101",
    )


@pytest.mark.parametrize(
    "column",
    [
        "physio@2025-09-01",
        "physio[finished,primary]",
        "physio@2025-09-01[finished,primary|colour=red]",
        "physio@2025-09-01[finished,primary|modext=yes]",
        "!unheard",
        "!self=lower",
        "!brief=physio",
    ],
)
def test_what_the_grammar_does_not_know_is_refused(column: str) -> None:
    with pytest.raises(InvalidTokenError):
        parse_sessions(column)


def _is_broken(resource: dict[str, Any], row: Scenario) -> bool:
    """Encounters that a scenario wants to be unreadable."""
    numbers = [n for n, token in enumerate(row.tokens, 1) if "unreadable" in token.roles]
    return resource["id"] in {f"x-enc-{number}" for number in numbers}


@pytest.mark.parametrize("form", FORMS)
def test_every_resource_is_valid_r4(form: int) -> None:
    for row in read_scenarios():
        built = record(row, roles_as="role", form=form, prefix="x-")
        for resource in built.resources:
            if not _is_broken(resource, row):
                get_fhir_model_class(resource["resourceType"]).model_validate(resource)


@pytest.mark.parametrize("form", FORMS)
def test_every_order_is_a_valid_service_request(form: int) -> None:
    model = get_fhir_model_class("ServiceRequest")
    for row in read_scenarios():
        call = hook_call(row, hook="order-sign", roles_as="role", via="prefetch", form=form)
        for entry in call.body["context"]["draftOrders"]["entry"]:
            model.model_validate(entry["resource"])


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)


@pytest.mark.parametrize("roles_as", ["role", "practitioner"])
@pytest.mark.parametrize("form", FORMS)
def test_every_reference_has_its_target(form: int, roles_as: Any) -> None:
    for row in read_scenarios():
        resources = record(row, roles_as=roles_as, form=form, prefix="x-").resources
        known = [f"{item['resourceType']}/{item['id']}" for item in resources]
        older = sum(1 for token in row.tokens if token.older)
        assert len(known) == len(set(known)) + older, row.id
        for resource in resources:
            contained = {f"#{item['id']}" for item in resource.get("contained", [])}
            missing = set(_references(resource)) - set(known) - contained
            assert not missing, (row.id, missing)


def test_an_older_version_stands_beside_the_newer_one() -> None:
    encounters = [record(scenario("S406"), roles_as="role", form=form, prefix="x-").encounters
        for form in range(4)]  # fmt: skip
    told = [
        [(each["meta"].get("versionId") or each["meta"]["lastUpdated"][:10], each["status"])
         for each in found if each["id"] == "x-enc-6"]
        for found in encounters
    ]  # fmt: skip
    assert told == [
        [("1", "finished"), ("2", "entered-in-error")],
        [("2026-01-06", "entered-in-error"), ("2026-01-05", "finished")],
        [("2", "entered-in-error"), ("1", "finished")],
        [("2026-01-05", "finished"), ("2026-01-06", "entered-in-error")],
    ]


def test_a_contact_of_an_admission_is_part_of_it() -> None:
    built = record(scenario("N012"), roles_as="role", form=0, prefix="x-")
    first, admission = built.encounters[1], built.encounters[0]
    assert first["partOf"]["reference"] == f"Encounter/{admission['id']}"
    assert admission["class"]["code"] in {"IMP", "NONAC", "ACUTE"}


def test_a_department_is_part_of_a_hospital() -> None:
    built = record(scenario("S403"), roles_as="role", form=0, prefix="x-")
    places = [each for each in built.supporting if each["resourceType"] == "Organization"]
    named = {f"Organization/{each['id']}": each for each in places}
    parts = [each for each in places if "partOf" in each]
    assert parts
    for part in parts:
        assert "partOf" not in named[part["partOf"]["reference"]]


def test_letters_and_own_referrals_have_keys_of_their_own() -> None:
    call = hook_call(scenario("S414"), hook="order-sign", roles_as="role", via="prefetch")
    letters, referrals = call.body["prefetch"]["letters"], call.body["prefetch"]["referrals"]
    assert [each["resource"]["date"][:10] for each in letters["entry"]] == ["2025-06-02"]
    assert [each["resource"]["authoredOn"] for each in referrals["entry"]] == ["2025-01-14"]


def test_an_answer_can_say_that_it_was_cut() -> None:
    call = hook_call(scenario("S409"), hook="order-sign", roles_as="role", via="prefetch")
    encounters = call.body["prefetch"]["encounters"]
    assert encounters["total"] == len(encounters["entry"]) + 3


def test_ids_are_never_digits_only_and_at_most_64_characters() -> None:
    built = record(scenario("S268"), roles_as="role", form=0, prefix="r1234567-s268-")
    for resource in built.resources:
        assert not resource["id"].isdigit()
        assert len(resource["id"]) <= 64


def test_forms_differ() -> None:
    made = {
        json.dumps(record(scenario("S001"), roles_as="role", form=form, prefix="x-").resources)
        for form in FORMS
    }
    assert len(made) == 8


def test_a_practitioner_with_a_role_in_time_has_two_roles_with_periods() -> None:
    built = record(scenario("S290"), roles_as="practitioner", form=0, prefix="x-")
    roles = [each for each in built.supporting if each["resourceType"] == "PractitionerRole"]
    periods = [role.get("period") for role in roles]
    assert periods == [None, {"start": "2025-09-01"}, {"end": "2025-08-31"}]


def test_a_joint_contact_has_one_participant_per_token() -> None:
    built = record(scenario("S248"), roles_as="role", form=0, prefix="x-")
    assert [len(each["participant"]) for each in built.encounters] == [2, 2, 2, 2, 2, 2]


def test_pages_can_be_followed_from_the_first() -> None:
    call = hook_call(
        scenario("S265"),
        hook="order-sign",
        roles_as="role",
        via="prefetch",
        fhir_server="http://127.0.0.1:9/fhir",
    )
    links = [
        call.body["prefetch"]["encounters"]["link"][0]["url"],
        call.pages[0][1]["link"][0]["url"],
    ]
    assert links == [f"http://127.0.0.1:9/fhir{path}" for path, _ in call.pages]


def test_carriers_rotate() -> None:
    carriers = {carrier_for(("physio",), RoleJoin.SINGLE, n, names_role=True) for n in range(4)}
    assert carriers == {Carrier.SPECIALTY, Carrier.CODE, Carrier.CONTAINED, Carrier.EXTENSION}
