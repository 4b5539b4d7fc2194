"""From the JSON of a call to a HookCall: strict where a wrong answer could follow, else tolerant.

Unknown members are ignored everywhere (conformance R8). A `null` where a member may be absent is
taken as absent. Faults name the field and the rule, never what the client sent.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from cds_service.errors import (
    CallFault,
    CallTooLargeError,
    MalformedCallError,
    PlainHttpServerError,
)
from cds_service.fhir_access.allowed_servers import Access, AllowedServers
from cds_service.fhir_access.server_addresses import base_url
from cds_service.gathering.record_request import Authorization
from cds_service.hooks.cds_hooks import Hook, HookCall
from cds_service.settings.client_options import ClientOptions

ModelT = TypeVar("ModelT", bound=BaseModel)

# The FHIR type `id` has 64 characters; sandboxes of Epic send longer ones, and it is opaque to us
_ID = re.compile(r"[A-Za-z0-9\-.]{1,255}")
_REPORTED_FAULTS = 20  # a client that gets more wrong than this does not read on


def _rule(text: str, holds: Callable[[str], bool]) -> AfterValidator:
    def check(value: str) -> str:
        if not holds(value):
            raise PydanticCustomError("rule", "{rule}", {"rule": text})
        return value

    return AfterValidator(check)


def _bare_patient_id(value: str) -> str:
    """`Patient/123` is `123`; another type or a URL is refused (conformance H10)."""
    bare = value.removeprefix("Patient/")
    if not _ID.fullmatch(bare) or not bare.strip("."):
        raise PydanticCustomError("rule", "must be the id of a Patient")
    return bare


def _server(value: str) -> str:
    try:
        return base_url(value)
    except ValueError as error:
        raise PydanticCustomError("rule", "{rule}", {"rule": str(error)}) from error


def _seconds(value: object) -> object:
    """`expires_in` as a number where it came as the text of one, as some clients send it."""
    is_text = isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,12}", value)
    return int(str(value)) if is_text else value


NonEmpty = Annotated[str, _rule("must be a non-empty string", bool)]
PatientId = Annotated[str, AfterValidator(_bare_patient_id)]
ServerUrl = Annotated[str, AfterValidator(_server)]
# RFC 6750 lets a token hold these characters and no others: no header can be split with them
Token = Annotated[
    str, _rule("must be a bearer token", lambda text: bool(re.fullmatch(r"[\x21-\x7e]+", text)))
]
Bearer = Annotated[str, _rule("must be Bearer", lambda text: text.lower() == "bearer")]


class _Wire(BaseModel):
    model_config = ConfigDict(
        extra="ignore", strict=True, frozen=True, hide_input_in_errors=True, populate_by_name=False
    )


class FhirAuthorization(_Wire):
    """`fhirAuthorization` (conformance F3): only `expires_in` may be missing."""

    access_token: Token = Field(repr=False)
    token_type: Bearer
    scope: str
    subject: NonEmpty
    expires_in: Annotated[int | None, BeforeValidator(_seconds)] = None
    patient: str | None = None


class PatientViewContext(_Wire):
    """The context of patient-view; the user may be the patient or a relative (H13)."""

    user_id: NonEmpty = Field(alias="userId", repr=False)
    patient_id: PatientId = Field(alias="patientId", repr=False)


class OrderSignContext(PatientViewContext):
    """The context of order-sign (conformance H2); `selections` are ignored there."""

    draft_orders: dict[str, Any] = Field(alias="draftOrders", repr=False)
    selections: Any = None


class OrderSelectContext(OrderSignContext):
    """The context of order-select (conformance H1, H4)."""

    selections: list[str]


class HookRequest(_Wire):
    """What every hook sends."""

    hook: str
    hook_instance: str = Field(alias="hookInstance")
    context: dict[str, Any] = Field(repr=False)
    fhir_server: ServerUrl | None = Field(default=None, alias="fhirServer")
    fhir_authorization: FhirAuthorization | None = Field(default=None, alias="fhirAuthorization")
    prefetch: dict[str, Any] | None = Field(default=None, repr=False)


_CONTEXTS: dict[Hook, type[PatientViewContext]] = {
    Hook.ORDER_SELECT: OrderSelectContext,
    Hook.ORDER_SIGN: OrderSignContext,
    Hook.PATIENT_VIEW: PatientViewContext,
}


def read_call(
    body: Mapping[str, object],
    *,
    hook: Hook | None,
    today: date,
    client_options: ClientOptions,
    most_entries: int,
) -> HookCall:
    """The call that a JSON object makes at the service of a hook; None: of the hook it names.

    The servers of its options are asked only whether an address over http may be used at all
    (R6). Raises MalformedCallError with every fault of the outer form, or of the context.
    """
    request = _validated(HookRequest, body, "")
    hook = _hook(request, hook)
    context = _validated(_CONTEXTS[hook], request.context, "context")
    draft_orders = context.draft_orders if isinstance(context, OrderSignContext) else {}
    _refuse_entries(request, draft_orders, most_entries)
    if isinstance(context, OrderSignContext):
        _refuse_malformed_orders(draft_orders)
    server, authorization = _access(request, context.patient_id, client_options.servers)
    return HookCall(
        hook=hook,
        patient_id=context.patient_id,
        draft_orders=draft_orders,
        selections=tuple(context.selections) if isinstance(context, OrderSelectContext) else None,
        today=today,
        prefetch=request.prefetch,
        fhir_server=server,
        authorization=authorization,
        client_options=client_options,
        user_id=context.user_id,
        hook_instance=request.hook_instance,
    )


def _hook(request: HookRequest, wanted: Hook | None) -> Hook:
    if wanted is None:
        if request.hook not in set(Hook):
            raise MalformedCallError(CallFault("hook", f"must be {' or '.join(Hook)}"))
        return Hook(request.hook)
    if request.hook != wanted:
        raise MalformedCallError(CallFault("hook", f"must be {wanted} at this service"))
    return wanted


def _access(
    request: HookRequest, patient_id: str, servers: AllowedServers
) -> tuple[str | None, Authorization | None]:
    """Server and token; neither where the token was given for another patient (F3)."""
    server, given = request.fhir_server, request.fhir_authorization
    if given is not None and server is None:
        raise MalformedCallError(
            CallFault("fhirServer", "comes with fhirAuthorization", is_missing=True)
        )
    if server is not None and servers.decide(server) is Access.PLAIN_HTTP:
        raise PlainHttpServerError
    if given is None:
        return server, None
    if given.patient is not None and given.patient.removeprefix("Patient/") != patient_id:
        return None, None
    return server, Authorization(given.access_token, given.scope, given.expires_in)


def _refuse_malformed_orders(bundle: Mapping[str, object]) -> None:
    """A Bundle of resources, each with a type; `Bundle.type` and `fullUrl` may lack (H7)."""
    path = "context.draftOrders"
    if bundle.get("resourceType") != "Bundle":
        raise MalformedCallError(CallFault(f"{path}.resourceType", "must be Bundle"))
    entries = bundle.get("entry")
    if entries is not None and not isinstance(entries, list):
        raise MalformedCallError(CallFault(f"{path}.entry", "must be an array"))
    for index, entry in enumerate(entries or ()):
        _refuse_malformed_entry(entry, f"{path}.entry[{index}]")


def _refuse_malformed_entry(entry: object, path: str) -> None:
    if not isinstance(entry, dict):
        raise MalformedCallError(CallFault(path, "must be an object"))
    resource = entry.get("resource")
    if resource is None:
        return
    if not isinstance(resource, dict):
        raise MalformedCallError(CallFault(f"{path}.resource", "must be an object"))
    if not isinstance(resource.get("resourceType"), str):
        raise MalformedCallError(CallFault(f"{path}.resource.resourceType", "must be a string"))
    own_id = resource.get("id")
    if resource["resourceType"] == "ServiceRequest" and own_id is not None:
        _refuse_unusable_id(own_id, f"{path}.resource.id")


def _refuse_unusable_id(own_id: object, path: str) -> None:
    """Our answer names the order by its id, so a broken one is told; a missing one is no fault."""
    if not isinstance(own_id, str) or not own_id:
        raise MalformedCallError(CallFault(path, "must be a non-empty string"))


def _refuse_entries(request: HookRequest, draft_orders: dict[str, Any], most: int) -> None:
    bundles = (draft_orders, *(request.prefetch or {}).values())
    if sum(_entries(bundle) for bundle in bundles) > most:
        raise CallTooLargeError(f"more than {most} entries")


def _entries(bundle: object) -> int:
    entries = bundle.get("entry") if isinstance(bundle, dict) else None
    return len(entries) if isinstance(entries, list) else 0


def _validated(model: type[ModelT], value: object, path: str) -> ModelT:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=True, include_input=False)
        raise MalformedCallError(
            *(_fault(fault, path) for fault in faults[:_REPORTED_FAULTS])
        ) from None


def _fault(fault: ErrorDetails, path: str) -> CallFault:
    where = path
    for part in fault["loc"]:
        where += f"[{part}]" if isinstance(part, int) else f".{part}"
    is_missing = fault["type"] == "missing"
    rule = "is required" if is_missing else fault["msg"]
    return CallFault(where.removeprefix("."), rule, is_missing)
