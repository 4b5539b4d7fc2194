"""Calls of a CDS client for a scenario, with the record in `prefetch` or on a FHIR server."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal
from uuid import NAMESPACE_URL, uuid5

from tests.builders.codes import Json
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
        return searchset(contacts, built.supporting), ()
    size = flags.page_size
    chunks = [contacts[start : start + size] for start in range(0, len(contacts), size)]
    paths = [f"?_getpages={row.id.lower()}&_getpagesoffset={size * n}" for n in range(len(chunks))]
    bundles = [
        searchset(chunk, built.supporting, base=base, next_page=f"{base}{path}" if path else "")
        for chunk, path in zip(chunks, [*paths[1:], ""], strict=True)
    ]
    return bundles[0], tuple(zip(paths[1:], bundles[1:], strict=True))


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
