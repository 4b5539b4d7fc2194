"""What we make of resources and requests that others have written; for reading, not a test.

    python -m tests.fixtures_trial FOLDER [--summary]

Resources go through the mapping, each with its neighbours in the folder: a role, a person or a
place as one contact with it. Requests and orders go through the whole service; a request once as
it is, and once with our order and its resources under our prefetch keys. Each contact is judged
on the day it took place, so that its age hides nothing. The exit code is 1 after a crash.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from fastapi.testclient import TestClient

from cds_service.app import create_app
from cds_service.criteria_files import load_criteria
from cds_service.domain.contacts import Contact
from cds_service.domain.counting import count
from cds_service.domain.ledger import LedgerEntry
from cds_service.domain.lookback import LookbackPeriod
from cds_service.settings.settings import read_settings
from fhir_mappings.contacts.record_contacts import contacts
from fhir_mappings.reading.record import PatientRecord
from fhir_mappings.terminology.tables import load_terminology
from tests.builders.codes import Json
from tests.builders.hook_calls import EHR
from tests.fixtures_trial_xml import resource_of_xml

REFERRAL_DAY: Final = date(2026, 6, 15)
OUR_ORDER: Final[Json] = {
    "resourceType": "ServiceRequest",
    "id": "draft-1",
    "status": "draft",
    "intent": "order",
    "code": {"text": "Interdisciplinaire medisch specialistische revalidatie (iMSR)"},
    "reasonCode": [{"text": "aanhoudende pijn"}],
    "authoredOn": REFERRAL_DAY.isoformat(),
}
CONTACTS: Final = {"Encounter": "encounters", "Procedure": "procedures"}
NAMED: Final[set[str]] = {"PractitionerRole", "Practitioner", "Organization", "Location"}
OUR_HOOKS: Final = {"order-sign", "order-select"}


@dataclass(frozen=True, slots=True)
class Line:
    """What came of one thing in one file. `outcome` is what the summary counts."""

    file: str
    what: str
    outcome: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """One file as JSON."""

    file: str
    body: Any

    @property
    def entries(self) -> tuple[Json, ...]:
        """The resource as an entry, or the entries of the Bundle."""
        return tuple(_entries_in(self.body))


def _entries_in(body: Any, full_url: str = "") -> Iterator[Json]:
    if not isinstance(body, dict):
        return
    if body.get("resourceType") == "Bundle":
        entries = body.get("entry") or ()
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict):
                yield from _entries_in(entry.get("resource"), str(entry.get("fullUrl", "")))
    elif "resourceType" in body:
        own = {"id": full_url.rpartition("/")[2].rpartition(":")[2], **body}
        yield {"fullUrl": full_url or f"{EHR}/{_key(own)}", "resource": own}


@dataclass(frozen=True, slots=True)
class Known:
    """What stands in a folder: resources by `Type/id`, and `Type/id` by full URL."""

    resources: dict[str, Json]
    full_urls: dict[str, str]


def read(folder: Path) -> Iterator[Sample | Line]:
    """Every JSON and XML file below a folder; a line where it is neither."""
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        name = str(path.relative_to(folder))
        try:
            text = path.read_text(encoding="utf-8-sig")
            if path.suffix == ".json":
                yield Sample(name, json.loads(text))
            elif path.suffix == ".xml":
                yield Sample(name, resource_of_xml(text, is_stu3="stu3" in str(path)))
            else:
                yield Line(name, path.suffix, "skipped: neither JSON nor XML")
        except (ValueError, ParseError, AttributeError) as error:
            yield Line(name, path.suffix, f"skipped: {type(error).__name__} while reading the file")


# resources through the mapping


def trial(samples: list[Sample]) -> Iterator[Line]:
    """Every sample in its turn."""
    for sample in samples:
        folder = str(Path(sample.file).parent)
        beside = [each for each in samples if str(Path(each.file).parent) == folder]
        entries = [entry for each in beside for entry in each.entries if entry["resource"]["id"]]
        known = Known(
            {_key(each["resource"]): each["resource"] for each in entries},
            {each["fullUrl"]: _key(each["resource"]) for each in entries},
        )
        if isinstance(sample.body, dict) and "hook" in sample.body:
            yield from _of_request(sample)
            continue
        if len(sample.entries) > 1:
            yield _of_record(sample.file, "whole Bundle as a record", sample.entries)
        if not sample.entries:
            yield Line(sample.file, "no resource", "skipped: no resource and no request")
        for entry in sample.entries:
            yield from _of_resource(sample.file, entry["resource"], known)


def _of_resource(file: str, resource: Json, known: Known) -> Iterator[Line]:
    kind = str(resource["resourceType"])
    if kind in CONTACTS:
        yield from _mapped(file, resource, known)
    elif kind in NAMED and resource["id"]:
        own = Known({**known.resources, _key(resource): resource}, known.full_urls)
        yield from _mapped(file, _contact_with(resource), own)
    elif kind == "ServiceRequest":
        yield _of_order(file, resource)
    else:
        yield Line(file, kind, "skipped: a type that is no contact, person, place or order")


def _contact_with(resource: Json) -> Json:
    """A contact that says nothing but whom or where."""
    contact: Json = {
        "resourceType": "Encounter",
        "id": "with",
        "status": "finished",
        "subject": {"reference": "Patient/somebody"},
        "period": {"start": REFERRAL_DAY.isoformat(), "end": REFERRAL_DAY.isoformat()},
    }
    reference = {"reference": _key(resource)}
    if resource["resourceType"] == "Organization":
        return {**contact, "serviceProvider": reference}
    if resource["resourceType"] == "Location":
        return {**contact, "location": [{"location": reference}]}
    return {**contact, "participant": [{"individual": reference}]}


def _mapped(file: str, resource: Json, known: Known) -> Iterator[Line]:
    what = _key(resource)
    named = str((resource.get("subject") or {}).get("reference", ""))
    named = known.full_urls.get(named, named)
    base = named.partition("/Patient/")[0] if "://" in named else EHR
    is_encounter = resource["resourceType"] == "Encounter"
    record = PatientRecord(
        named.rpartition("/")[2] or "nobody",
        base,
        encounters=(resource,) if is_encounter else (),
        procedures=() if is_encounter else (resource,),
        referenced=known.resources,
        aliases=known.full_urls,
    )
    try:
        found = _contacts(record, REFERRAL_DAY)
        for contact in found:
            day = contact.days.last if contact.days else REFERRAL_DAY
            again = _contacts(record, day)
            for each in again[found.index(contact) : found.index(contact) + 1]:
                yield _judged(file, what, each, day)
    except Exception as error:  # noqa: BLE001 - that is what the trial looks for
        yield Line(file, what, f"CRASH {type(error).__name__}", str(error))
    else:
        if not found:
            yield Line(file, what, "NO CONTACT")


def _contacts(record: PatientRecord, day: date) -> tuple[Contact, ...]:
    lookback = LookbackPeriod.before(day, years=2)
    return contacts(record, lookback=lookback, terms=_terms())


def _judged(file: str, what: str, contact: Contact, day: date) -> Line:
    criteria = load_criteria_once().in_force(REFERRAL_DAY)
    ledger = count((contact,), criteria, LookbackPeriod.before(day, years=2), is_complete=True)
    told = [_told(each.entries[0]) for each in ledger.criteria]
    who = "+".join(sorted(contact.professions)) or "nobody usable"
    facts = (
        f"{who} @ {contact.setting}{' inpatient' if contact.is_inpatient else ''}, {contact.kind}, "
        f"{contact.status}, {contact.subject}, {_days(contact)}"
    )
    return Line(file, what, " | ".join(told), facts)


def _told(entry: LedgerEntry) -> str:
    if entry.reason is not None:
        return f"{entry.standing}: {entry.reason}"
    return f"{entry.standing}: {'+'.join(sorted(entry.causes))}" if entry.causes else "certain"


def _days(contact: Contact) -> str:
    if contact.days is None:
        return "no date"
    return f"{contact.days.first}..{contact.days.last}{' course' if contact.is_course else ''}"


# requests and orders through the service


def _of_request(sample: Sample) -> Iterator[Line]:
    hook = str(sample.body["hook"])
    service = hook if hook in OUR_HOOKS else "order-sign"
    yield _answered(sample.file, f"{hook} as it is", service, sample.body)
    prefetch = sample.body.get("prefetch")
    values = prefetch.values() if isinstance(prefetch, dict) else ()
    entries = [each for value in values for each in _entries_in(value)]
    if any(each["resource"]["resourceType"] in CONTACTS for each in entries):
        yield _of_record(sample.file, "its record with our order", entries)


def _of_order(file: str, order: Json) -> Line:
    patient = str((order.get("subject") or {}).get("reference", "Patient/nobody"))
    body = _call(patient.rpartition("/")[2], {**order, "id": order.get("id", "draft-1")}, ())
    return _answered(file, _key(order), "order-sign", body)


def _of_record(file: str, what: str, entries: Iterable[Json]) -> Line:
    entries = tuple(entries)
    patients = _of_type({"Patient"}, entries)
    patient = patients[0]["resource"]["id"] if patients else "nobody"
    order = {**OUR_ORDER, "subject": {"reference": f"Patient/{patient}"}}
    return _answered(file, what, "order-sign", _call(patient, order, entries))


def _call(patient: str, order: Json, entries: tuple[Json, ...]) -> Json:
    others = _of_type(NAMED | {"Patient"}, entries)
    included = [{**each, "search": {"mode": "include"}} for each in others]
    prefetch: Json = {}
    for kind, key in CONTACTS.items():
        matches = _of_type({kind}, entries)
        entry = [*matches, *included] if matches else []
        prefetch[key] = {"resourceType": "Bundle", "type": "searchset", "entry": entry}
    patients = _of_type({"Patient"}, entries)
    nobody = {"resourceType": "Patient", "id": patient}
    prefetch["patient"] = patients[0]["resource"] if patients else nobody
    orders = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": order}]}
    return {
        "hook": "order-sign",
        "hookInstance": "9f8c2f8c-6a53-4c3f-9a5e-1f7b2a0c9d11",
        "context": {"userId": "Practitioner/x", "patientId": patient, "draftOrders": orders},
        "prefetch": prefetch,
    }


def _of_type(types: set[str], entries: Iterable[Json]) -> list[Json]:
    return [each for each in entries if each["resource"]["resourceType"] in types]


def _answered(file: str, what: str, service: str, body: Json) -> Line:
    answer = _service().post(f"/cds-services/imsr-{service}", json=body)
    said = answer.json()
    if answer.status_code == 200:
        return Line(file, what, *_of_answer(said))
    is_crash = answer.status_code not in {400, 412, 413}
    issue = said.get("issue", [{}])[0]
    told = f"{issue.get('diagnostics', '')} {issue.get('expression', '')}"
    return Line(file, what, f"{'CRASH ' if is_crash else ''}status {answer.status_code}", told)


def _of_answer(said: Json) -> tuple[str, str]:
    assessments = said.get("extension", {}).get("nl.imsr-cds.assessments", [])
    outcomes = [
        f"{each['outcome']} {'+'.join(each.get('because', []))}".strip() for each in assessments
    ]
    cards = "; ".join(each["summary"] for each in said["cards"])
    return f"status 200: {', '.join(outcomes) or 'no referral of ours'}", cards


@cache
def _service() -> TestClient:
    settings = read_settings({"IMSR_MODE": "development", "IMSR_TODAY": REFERRAL_DAY.isoformat()})
    return TestClient(create_app(settings), raise_server_exceptions=False)


load_criteria_once = cache(load_criteria)
_terms = cache(load_terminology)


def _key(resource: Json) -> str:
    return f"{resource['resourceType']}/{resource.get('id', '')}"


def main() -> int:
    """Print a line per thing and how often each outcome occurred."""
    parser = argparse.ArgumentParser(prog="python -m tests.fixtures_trial")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--summary", action="store_true", help="only how often what came out")
    asked = parser.parse_args()
    found = list(read(asked.folder))
    lines = [each for each in found if isinstance(each, Line)]
    lines += trial([each for each in found if isinstance(each, Sample)])
    if not asked.summary:
        for each in sorted(lines, key=lambda line: line.file):
            sys.stdout.write(f"{each.file}\t{each.what}\t{each.outcome}\t{each.more}\n")
    for outcome, number in Counter(each.outcome for each in lines).most_common():
        sys.stdout.write(f"{number:5}  {outcome}\n")
    return 1 if any(each.outcome.startswith("CRASH") for each in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
