"""Records of awkward shapes: each makes something quadratic where the code lets it."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any, Final

from tools.bench.records import PATIENT, call

Json = dict[str, Any]

_AGB: Final = "urn:oid:2.16.840.1.113883.2.4.6.7"
_FORM: Final = "https://imsr-cds.nl/fhir/Questionnaire/imsr-treatment-elsewhere"
_CATEGORIES: Final = "https://imsr-cds.nl/fhir/CodeSystem/therapist-category"
_FIRST_DAY: Final = date(2024, 6, 20)
_DAYS: Final = 700


def usual(contacts: int) -> Json:
    """Eight roles, eight organisations, three Encounters to each Procedure."""
    return call(contacts)


def own_role_each(contacts: int) -> Json:
    """Each contact names a PractitionerRole of its own."""
    body = call(contacts)
    for number, resource in enumerate(_contacts(body)):
        _name(resource, f"PractitionerRole/own-{number}")
    roles = [_role(f"own-{number}", "bench-org-0") for number in range(contacts)]
    return _with(body, roles)


def own_organisation_each(contacts: int) -> Json:
    """Each contact names a PractitionerRole and that an organisation of its own."""
    body = call(contacts)
    for number, resource in enumerate(_contacts(body)):
        _name(resource, f"PractitionerRole/own-{number}")
    roles = [_role(f"own-{number}", f"own-{number}") for number in range(contacts)]
    return _with(body, [*roles, *(_organisation(number) for number in range(contacts))])


def many_roles_of_one_person(contacts: int) -> Json:
    """All contacts name one Practitioner, who has 200 roles, one for each few days."""
    body = call(contacts)
    for resource in _contacts(body):
        _name(resource, "Practitioner/busy")
    roles = []
    for number in range(200):
        first = _FIRST_DAY + timedelta(days=number * 3)
        period = {"start": first.isoformat(), "end": (first + timedelta(days=40)).isoformat()}
        role = {**_role(f"busy-{number}", "bench-org-0"), "period": period}
        roles.append({**role, "practitioner": {"reference": "Practitioner/busy"}})
    return _with(body, [{"resourceType": "Practitioner", "id": "busy"}, *roles])


def stated_courses(contacts: int) -> Json:
    """A tenth as many stated courses stand beside the contacts."""
    body = call(contacts)
    items = [_course(number) for number in range(contacts // 10)]
    statement = {
        "resourceType": "QuestionnaireResponse",
        "id": "stated",
        "questionnaire": _FORM,
        "status": "completed",
        "subject": {"reference": f"Patient/{PATIENT}"},
        "item": items,
    }
    bundle = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": statement}]}
    body["prefetch"]["statements"] = bundle
    return body


def many_participants(contacts: int) -> Json:
    """A twentieth as many Encounters, each with 20 participants."""
    body = call(contacts // 20)
    for resource in _contacts(body):
        if resource["resourceType"] == "Encounter":
            resource["participant"] = [
                {"individual": {"reference": f"PractitionerRole/bench-role-{number % 8}"}}
                for number in range(20)
            ]
    return body


def role_of_each_day(contacts: int) -> Json:
    """As many roles of one person as contacts, each valid on one day and nowhere twice."""
    body = call(contacts)
    for resource in _contacts(body):
        _name(resource, "Practitioner/busy")
    roles = []
    for number in range(contacts):
        first = _FIRST_DAY + timedelta(days=number % _DAYS)
        period = {
            "start": first.isoformat(),
            "end": (first + timedelta(days=number % 7)).isoformat(),
        }
        role = {**_role(f"busy-{number}", "bench-org-0"), "period": period}
        roles.append({**role, "practitioner": {"reference": "Practitioner/busy"}})
    return _with(body, [{"resourceType": "Practitioner", "id": "busy"}, *roles])


def by_identifier(contacts: int) -> Json:
    """Each contact names its role by an identifier, and each role carries one."""
    body = call(contacts)
    for number, resource in enumerate(_contacts(body)):
        actor = {"type": "PractitionerRole", "identifier": _identifier(number)}
        _name_actor(resource, actor)
    roles = [
        {**_role(f"own-{number}", "bench-org-0"), "identifier": [_identifier(number)]}
        for number in range(contacts)
    ]
    return _with(body, roles)


def as_many_courses(contacts: int) -> Json:
    """As many stated courses as contacts, in one statement; no two alike."""
    body = stated_courses(contacts)
    statement = body["prefetch"]["statements"]["entry"][0]["resource"]
    statement["item"] = [_course(number, 14 + number // _DAYS) for number in range(contacts)]
    return body


def participants_of_one(contacts: int) -> Json:
    """One Encounter, with a participant for each contact of the usual record."""
    body = call(4)
    first = next(each for each in _contacts(body) if each["resourceType"] == "Encounter")
    first["participant"] = [
        {
            "individual": {
                "reference": f"Practitioner/{number}",
                "display": f"fysiotherapeut {number}",
            }
        }
        for number in range(contacts)
    ]
    return body


SHAPES: Final[dict[str, Callable[[int], Json]]] = {
    shape.__name__: shape
    for shape in (
        usual,
        own_role_each,
        own_organisation_each,
        many_roles_of_one_person,
        stated_courses,
        many_participants,
        role_of_each_day,
        by_identifier,
        as_many_courses,
        participants_of_one,
    )
}


def many_orders(orders: int, contacts: int) -> Json:
    """One call with many referrals to rehabilitation medicine, each with a date of its own."""
    body = call(contacts)
    drafts = body["context"]["draftOrders"]
    order = drafts["entry"][0]["resource"]
    drafts["entry"] = [
        {
            "resource": {
                **order,
                "id": f"draft-{number}",
                "authoredOn": (date(2026, 4, 20) + timedelta(days=number % 200)).isoformat(),
            }
        }
        for number in range(orders)
    ]
    return body


def _contacts(body: Json) -> Iterator[Json]:
    for key in ("encounters", "procedures"):
        for entry in body["prefetch"][key]["entry"]:
            if entry["resource"]["resourceType"] in {"Encounter", "Procedure"}:
                yield entry["resource"]


def _name(resource: Json, reference: str) -> None:
    _name_actor(resource, {"reference": reference})


def _name_actor(resource: Json, actor: Json) -> None:
    if resource["resourceType"] == "Encounter":
        resource["participant"] = [{"individual": actor}]
    else:
        resource["performer"] = [{"actor": actor}]


def _identifier(number: int) -> Json:
    return {"system": "https://bench.example.nl/roles", "value": str(number)}


def _role(name: str, organisation: str) -> Json:
    return {
        "resourceType": "PractitionerRole",
        "id": name,
        "organization": {"reference": f"Organization/{organisation}"},
        "specialty": [{"coding": [{"system": _AGB, "code": "0400"}]}],
    }


def _organisation(number: int) -> Json:
    return {
        "resourceType": "Organization",
        "id": f"own-{number}",
        "type": [{"coding": [{"system": _AGB, "code": "0400"}]}],
    }


def _course(number: int, days: int = 14) -> Json:
    first = _FIRST_DAY + timedelta(days=number % _DAYS)
    answers = {
        "discipline": {"valueCoding": {"system": _CATEGORIES, "code": "physiotherapist"}},
        "first-date": {"valueDate": first.isoformat()},
        "last-date": {"valueDate": (first + timedelta(days=days)).isoformat()},
        "number": {"valueInteger": 3},
    }
    items = [{"linkId": name, "answer": [answer]} for name, answer in answers.items()]
    return {"linkId": "course", "item": items}


def _with(body: Json, resources: list[Json]) -> Json:
    included = [{"resource": each, "search": {"mode": "include"}} for each in resources]
    body["prefetch"]["encounters"]["entry"] += included
    return body
