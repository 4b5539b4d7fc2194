"""Calls of a CDS client for a scenario, with the record in `prefetch` or on a FHIR server."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal
from uuid import NAMESPACE_URL, uuid5

from tests.builders.codes import Json, coding, concept
from tests.builders.fhir_versions import FhirVersion, in_version
from tests.builders.orders import order
from tests.builders.record_builder import Record, RolesAs, record
from tests.builders.scenario_rows import Scenario

Hook = Literal["order-select", "order-sign"]

ORDER_ID: Final = "draft-1"
DECOY_ID: Final = "draft-0"
EHR: Final = "https://ehr.example.nl/fhir"

FAILED: Final[Json] = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "error", "code": "exception"}],
}


@dataclass(frozen=True, slots=True)
class HookCallFixture:
    """A request, what must stand on the FHIR server for it, and how that server fails.

    `service` is the id of the service to call; `pages` are further pages of Encounters, by their
    path and query below the FHIR base.
    """

    service: str
    body: Json
    resources: tuple[Json, ...]
    pages: tuple[tuple[str, Json], ...] = ()


def hook_call(
    row: Scenario,
    *,
    hook: Hook,
    roles_as: RolesAs,
    via: Literal["prefetch", "server"],
    form: int = 0,
    prefix: str = "",
    fhir_server: str = "",
    version: FhirVersion = FhirVersion.R4,
) -> HookCallFixture:
    """The call for a row. `fhir_server` is needed via a server, and for `!pages`.

    `version` is that of the record; the order of the call stays R4.
    """
    built = record(
        row,
        roles_as=roles_as,
        form=form,
        prefix=prefix or f"{row.id.lower()}-",
        is_raw_allowed=via == "prefetch",
    )
    built = in_version(built, version)
    body = _body(row, built, hook=hook, form=form)
    if via == "server":
        body["fhirServer"] = fhir_server
        return HookCallFixture(f"imsr-{hook}", body, built.resources)
    body["prefetch"], pages = _prefetch(row, built, fhir_server, form)
    if row.flags.page_size:
        body["fhirServer"] = fhir_server
    return HookCallFixture(f"imsr-{hook}", body, built.resources, pages)


def _body(row: Scenario, built: Record, *, hook: Hook, form: int) -> Json:
    patient_id = built.patient["id"]
    context: Json = {
        "userId": "Practitioner/verwijzer",
        "patientId": patient_id,
        "draftOrders": {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"resource": each} for each in _orders(row, patient_id, form)],
        },
    }
    if hook == "order-select":
        context["selections"] = [f"ServiceRequest/{ORDER_ID}"]
    return {
        "hook": hook,
        "hookInstance": str(uuid5(NAMESPACE_URL, f"{row.id}/{hook}/{patient_id}")),
        "context": context,
    }


def _orders(row: Scenario, patient_id: str, form: int) -> Sequence[Json]:
    flags = row.flags
    authored = "" if flags.has_no_authored else flags.authored or row.referral_date
    ours = order(
        ORDER_ID,
        patient_id,
        kind=row.referral_kind,
        indication=row.indication,
        authored=authored,
        form=form,
        named=flags.named,
    )
    if not flags.decoy:
        return (ours,)
    decoy = order(
        DECOY_ID,
        patient_id,
        kind=flags.decoy,
        indication="none",
        authored=row.referral_date,
        form=form,
    )
    return (decoy, ours)


def _prefetch(
    row: Scenario, built: Record, base: str, form: int
) -> tuple[Json, tuple[tuple[str, Json], ...]]:
    flags = row.flags
    if flags.is_unreachable:
        patient = FAILED if form % 2 else built.patient
        return {"patient": patient, "encounters": FAILED, "procedures": FAILED}, ()
    encounters, pages = _encounter_bundle(row, built, base)
    prefetch: Json = {
        "patient": built.patient,
        "encounters": encounters,
        "procedures": searchset(_doubled(row, built.procedures), built.supporting),
    }
    if built.statements:
        prefetch["statements"] = searchset(built.statements, ())
    if built.letters:
        prefetch["letters"] = searchset(built.letters, ())
    if built.own_referrals:
        prefetch["referrals"] = searchset(built.own_referrals, ())
    if flags.partial in {"procedures", "both"}:
        prefetch["procedures"] = FAILED
    if flags.partial == "patient":
        prefetch["patient"] = FAILED
    return prefetch, pages


def _doubled(row: Scenario, contacts: Sequence[Json]) -> Sequence[Json]:
    return (*contacts, *contacts) if row.flags.is_doubled else contacts


def _encounter_bundle(
    row: Scenario, built: Record, base: str
) -> tuple[Json, tuple[tuple[str, Json], ...]]:
    flags = row.flags
    contacts = _doubled(row, built.encounters)
    if flags.partial in {"page", "both"}:
        return searchset(contacts, built.supporting, next_page=f"{EHR}?page=2"), ()
    if not flags.page_size:
        return _told_of_itself(row, searchset(contacts, built.supporting), built), ()
    size = flags.page_size
    chunks = [contacts[start : start + size] for start in range(0, len(contacts), size)]
    paths = [f"?_getpages={row.id.lower()}&_getpagesoffset={size * n}" for n in range(len(chunks))]
    bundles = [
        searchset(chunk, built.supporting, base=base, next_page=f"{base}{path}" if path else "")
        for chunk, path in zip(chunks, [*paths[1:], ""], strict=True)
    ]
    return bundles[0], tuple(zip(paths[1:], bundles[1:], strict=True))


_BOUNDS: Final = {"upper": "&date=ge2020-01-01&date=le2025-12-31", "filter": "&status=finished"}


def _told_of_itself(row: Scenario, bundle: Json, built: Record) -> Json:
    """What the answer says of itself: a total, a link to itself, a remark (policy 2.6)."""
    flags = row.flags
    if flags.is_cut:
        bundle["total"] = len(bundle.get("entry", [])) + 3
    if flags.self_link:
        url = f"{EHR}/Encounter?patient={built.patient['id']}{_BOUNDS[flags.self_link]}"
        bundle["link"] = [*bundle.get("link", []), {"relation": "self", "url": url}]
    if flags.remark:
        entry = {"resource": _outcome(flags.remark), "search": {"mode": "outcome"}}
        bundle["entry"] = [*bundle.get("entry", []), entry]
    return bundle


def _outcome(remark: str) -> Json:
    """An OperationOutcome with an issue code of FHIR, or a number of Epic's."""
    if not remark.isdigit():
        issue: Json = {"severity": "warning", "code": remark}
    else:
        is_nothing = remark == "4101"
        details = concept(coding(EPIC_MESSAGES, remark))
        code = "processing" if is_nothing else "informational"
        issue = {"severity": "warning", "code": code, "details": details}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


EPIC_MESSAGES: Final = "urn:oid:1.2.840.114350.1.13.0.1.7.2.657369"


def searchset(
    matches: Iterable[Json], included: Iterable[Json], *, base: str = EHR, next_page: str = ""
) -> Json:
    """A searchset Bundle as a FHIR server answers."""
    entries = [
        *(_entry(resource, "match", base) for resource in matches),
        *(_entry(resource, "include", base) for resource in included),
    ]
    bundle: Json = {"resourceType": "Bundle", "type": "searchset"}
    if next_page:
        bundle["link"] = [{"relation": "next", "url": next_page}]
    return {**bundle, "entry": entries} if entries else {**bundle, "total": 0}


def _entry(resource: Json, mode: str, base: str) -> Json:
    return {
        "fullUrl": f"{base}/{resource['resourceType']}/{resource['id']}",
        "resource": resource,
        "search": {"mode": mode},
    }


def transaction(resources: Iterable[Json]) -> Json:
    """A Bundle that puts every resource on a server under its own id."""
    return {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {
                "fullUrl": f"{EHR}/{resource['resourceType']}/{resource['id']}",
                "resource": resource,
                "request": {"method": "PUT", "url": f"{resource['resourceType']}/{resource['id']}"},
            }
            for resource in resources
        ],
    }
