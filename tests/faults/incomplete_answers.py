"""Answers of which something is missing, and which say so themselves (policy 2.6).

And remarks, which say nothing of that kind: with them an answer is whole.
"""

from datetime import date, timedelta
from random import Random
from typing import Any, Final
from urllib.parse import parse_qs

from tests.builders.codes import Json
from tests.builders.hook_calls import EPIC_MESSAGES
from tests.faults.spoiling import Fault, Honest, with_fewer_contacts
from tests.kit.scripted_server import Reply

WITHHELD: Final = (
    "incomplete",
    "suppressed",
    "security",
    "forbidden",
    "throttled",
    "too-costly",
    "timeout",
    "transient",
    "exception",
)
WITHHELD_BY_EPIC: Final = ("4119", "4134", "59133", "59204", "59205")
NOTHING_FOUND_BY_EPIC: Final = "4101"
OTHER_BUNDLES: Final = (
    "history",
    "transaction",
    "transaction-response",
    "batch",
    "batch-response",
    "collection",
    "document",
    "message",
)
_OBSERVATION_VALUE: Final = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
_FILTERS: Final = (
    "status=finished",
    "status:not=planned",
    "class=AMB",
    "type=27421000146107",
    "code=91251008",
    "_id=7",
    "_lastUpdated=gt2020-01-01",
    "_security:not=R",
    "_has:Observation:encounter:code=1",
    "_summary=count",
    "service-provider=Organization/7",
    "patient.organization=Organization/7",
    "location=Location/7",
)
_LEFT_OUT: Final = (
    "participant",
    "performer",
    "period",
    "performedPeriod",
    "performedDateTime",
    "status",
    "class",
    "serviceProvider",
    "location",
    "partOf",
    "subject",
    "type",
    "code",
    "reasonCode",
)


def total_above_what_came(honest: Honest, rng: Random) -> Reply | None:
    """Some matches are left out, and `total` is above all entries that came, of any sort."""
    if not honest.is_contacts:
        return None
    fewer = with_fewer_contacts(honest.resource, rng)
    is_all = honest.is_first_page and not _has_next(honest.resource)
    least = len(fewer["entry"]) + 1 if is_all else 10_000
    return honest.reply({**fewer, "total": least + rng.choice([0, 0, 1, 50])})


def self_link_of_a_shorter_time(honest: Honest, rng: Random) -> Reply | None:
    """Some matches are left out; the self link names bounds within those that were asked for."""
    if not (honest.is_contacts and honest.is_first_page):
        return None
    first = _lower_bound(honest)
    begin, end = (first + timedelta(days=rng.randint(*days)) for days in ((60, 200), (201, 500)))
    bounds = rng.choice(
        [
            f"date=ge{first}&date=le{end}",
            f"date=ge{first}&date=lt{end}",
            f"date=ge{first}&date=eb{end}T00:00:00Z",
            f"date=le{end}",
            f"date=ge{begin}",
            f"date=gt{begin}",
            f"date=sa{begin}",
            f"date=ge{begin}&date=ge{first}",
            f"date=eq{begin}",
            f"date={begin.year}-{begin.month:02}",
            f"date=ge{first},le{end}",
        ]
    )
    return _under(honest, f"patient={_patient(honest)}&{bounds}", rng)


def self_link_of_another_filter(honest: Honest, rng: Random) -> Reply | None:
    """Some matches are left out; the self link names a filter that nobody asked for."""
    if not (honest.is_contacts and honest.is_first_page):
        return None
    asked = f"patient={_patient(honest)}&date=ge{_lower_bound(honest)}"
    return _under(honest, f"{asked}&{rng.choice(_FILTERS)}", rng)


def outcome_of_withheld_data(honest: Honest, rng: Random) -> Reply | None:
    """Some matches are left out; an outcome tells of it by its code, whatever its severity."""
    if not honest.is_contacts:
        return None
    fewer = with_fewer_contacts(honest.resource, rng)
    severity = rng.choice(["information", "warning", "error"])
    issue: Json = {"severity": severity, "code": rng.choice(WITHHELD)}
    if rng.random() < 0.4:
        issue = _epic(rng.choice(["information", "warning"]), rng.choice(WITHHELD_BY_EPIC))
    remark = {"severity": "information", "code": "informational"}
    issues = rng.choice([[issue], [remark, issue]])
    return _beside(honest, fewer, issues, rng)


def mere_remark(honest: Honest, rng: Random) -> Reply | None:
    """All matches, or none where there are none, and an outcome that tells of nothing withheld."""
    if not honest.is_bundle:
        return None
    severity = rng.choice(["information", "warning"])
    code = rng.choice(["informational", "processing", "not-found", "value", "business-rule"])
    issue: Json = {"severity": severity, "code": code}
    if rng.random() < 0.4:
        issue = _epic(severity, NOTHING_FOUND_BY_EPIC)
    return _beside(honest, honest.copy(), [issue], rng)


def label_on_the_bundle(honest: Honest, rng: Random) -> Reply | None:
    """Some matches are left out; a label on the Bundle tells of it."""
    if not honest.is_contacts:
        return None
    fewer = with_fewer_contacts(honest.resource, rng)
    return honest.reply({**fewer, "meta": {**fewer.get("meta", {}), **_label(rng)}})


def label_on_contacts(honest: Honest, rng: Random) -> Reply | None:
    """Of some contacts elements are left out; a label on each of them tells of it."""
    if not honest.is_contacts:
        return None
    bundle = honest.copy()
    for entry in bundle["entry"]:
        contact = entry["resource"]
        if contact["resourceType"] in {"Encounter", "Procedure"} and rng.random() < 0.5:
            for name in _LEFT_OUT:
                if rng.random() < 0.3:
                    contact.pop(name, None)
            contact["meta"] = {**contact.get("meta", {}), **_label(rng)}
    return honest.reply(bundle)


def bundle_of_another_type(honest: Honest, rng: Random) -> Reply | None:
    """Some matches are left out, of a Bundle that is no result of a search."""
    if not honest.is_contacts:
        return None
    fewer = with_fewer_contacts(honest.resource, rng)
    if rng.random() < 0.5:
        for entry in fewer["entry"]:
            entry.pop("search", None)
    return honest.reply({**fewer, "type": rng.choice(OTHER_BUNDLES)})


def _has_next(bundle: Json) -> bool:
    return any(link["relation"] == "next" for link in bundle.get("link", []))


def _asked(honest: Honest) -> dict[str, list[str]]:
    return parse_qs(honest.address.partition("?")[2])


def _lower_bound(honest: Honest) -> date:
    """The day from which on contacts were asked for."""
    bounds = [each for each in _asked(honest)["date"] if each.startswith("ge")]
    return date.fromisoformat(bounds[0].removeprefix("ge"))


def _patient(honest: Honest) -> str:
    return (_asked(honest).get("patient") or _asked(honest)["subject"])[0]


def _under(honest: Honest, query: str, rng: Random) -> Reply:
    fewer = with_fewer_contacts(honest.resource, rng)
    link = {"relation": "self", "url": f"{honest.base_url}/{honest.kind}?{query}"}
    return honest.reply({**fewer, "link": [link, *fewer.get("link", [])]})


def _epic(severity: str, number: str) -> Json:
    code = "processing" if number == NOTHING_FOUND_BY_EPIC else "informational"
    coding = {"system": EPIC_MESSAGES, "code": number}
    return {"severity": severity, "code": code, "details": {"coding": [coding]}}


def _beside(honest: Honest, bundle: Json, issues: list[Json], rng: Random) -> Reply:
    entry: dict[str, Any] = {"resource": {"resourceType": "OperationOutcome", "issue": issues}}
    if rng.random() < 0.8:
        entry["search"] = {"mode": "outcome"}
    entries = bundle.get("entry", [])
    place = rng.choice([0, len(entries)])
    return honest.reply({**bundle, "entry": [*entries[:place], entry, *entries[place:]]})


def _label(rng: Random) -> Json:
    coding = {"system": _OBSERVATION_VALUE}
    return rng.choice(
        [
            {"security": [{**coding, "code": "REDACTED"}]},
            {"tag": [{"system": "urn:of-a-site", "code": "x"}, {**coding, "code": "SUBSETTED"}]},
            {
                "tag": [
                    {**coding, "code": "SUBSETTED", "display": "Resource encoded in summary mode"}
                ]
            },
        ]
    )


INCOMPLETE_ANSWERS: Final[tuple[Fault, ...]] = (
    total_above_what_came,
    self_link_of_a_shorter_time,
    self_link_of_another_filter,
    outcome_of_withheld_data,
    mere_remark,
    label_on_the_bundle,
    label_on_contacts,
    bundle_of_another_type,
)
