"""What an open page shows: the referrals of its patient, assessed as by `POST /assessments`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from cds_service.assessing import ExplainedAssessment
from cds_service.errors import ForeignOrderError
from cds_service.fhir_access import Access, Deadline, Failure, FhirAccess, FhirSession, Query
from cds_service.fhir_access.trace_context import TraceContext
from cds_service.gathering.record_request import Authorization
from cds_service.hooks.assumed_referral import assumed_referral
from cds_service.hooks.cds_hooks import Hook, HookCall
from cds_service.observing.call_measures import CallMeasures
from cds_service.page import View
from cds_service.settings.client_options import ClientOptions
from cds_service.smart.authorization import READ_TYPES
from cds_service.smart.refusals import LaunchRefusedError, Refusal
from cds_service.smart.sessions import PageSession
from fhir_mappings.queries import GrantedScopes, Interaction, granted_scopes
from fhir_mappings.reading.patient_labels import PatientName, patient_name

_ASSUMED = "today"
_POINTING = frozenset({"DocumentReference", "Communication", "Composition"})
_INTERACTIONS = {"r": Interaction.READ, "s": Interaction.SEARCH}
_NOT_THERE = frozenset({Failure.NOT_FOUND, Failure.GONE})

Explain = Callable[[HookCall], tuple[ExplainedAssessment, ...]]


@dataclass(frozen=True, slots=True)
class PageReading:
    """What was read for one page. `call` is what was asked, for the audit row."""

    explained: tuple[ExplainedAssessment, ...]
    patient: PatientName = field(repr=False)
    refused_types: tuple[str, ...]  # resource types that may not be read
    call: HookCall = field(repr=False)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """One request for a page: until when it must be answered, and what it costs."""

    view: View
    today: date
    seconds_left: int  # of the token
    deadline: Deadline
    measures: CallMeasures
    trace: TraceContext


@dataclass(frozen=True, slots=True)
class PageReader:
    """Reads the record behind a page. Raises LaunchRefusedError, else what `explain` raises."""

    explain: Explain
    access: FhirAccess

    def read(self, session: PageSession, options: ClientOptions, asked: PageRequest) -> PageReading:
        """The referrals of the session's patient: which, that says `_call`."""
        fhir = self._fhir(session, options, asked)
        scopes = granted_scopes(session.scope)
        patient = _patient(fhir, session, scopes)
        call = self._call(fhir, session, options, asked)
        try:
            explained = self.explain(call)
        except ForeignOrderError:
            raise LaunchRefusedError(Refusal.OTHER_PATIENT) from None
        _refuse_revoked(explained, asked.measures)
        newest_first = sorted(
            explained, key=lambda each: each.assessment.referral.date, reverse=True
        )
        return PageReading(tuple(newest_first), patient, _refused_types(scopes), call)

    def _fhir(
        self, session: PageSession, options: ClientOptions, asked: PageRequest
    ) -> FhirSession:
        verdict = options.servers.decide(session.server)
        if not verdict.is_allowed:
            raise LaunchRefusedError(Refusal.SESSION_EXPIRED)  # it was trusted when it began
        return self.access.session(
            session.server,
            token=session.access_token if verdict is Access.ALLOWED_WITH_TOKEN else None,
            deadline=asked.deadline,
            trace=asked.trace,
            client=session.client,
        )

    def _call(
        self, fhir: FhirSession, session: PageSession, options: ClientOptions, asked: PageRequest
    ) -> HookCall:
        """The referral that came with the launch.

        Without one, those that were sent (physician), or one that would be made today (GP).
        """
        call = HookCall(
            hook=Hook.ORDER_SIGN,
            patient_id=session.patient_id,
            draft_orders=assumed_referral(session.patient_id, asked.today, _ASSUMED),
            selections=None,
            today=asked.today,
            fhir_server=session.server,
            authorization=Authorization(session.access_token, session.scope, asked.seconds_left),
            client_options=options,
            user_id=session.user_reference or session.user,
            measures=asked.measures,
            deadline=asked.deadline,
            trace=asked.trace,
        )
        order = _order(fhir, session)
        if order is not None:
            return replace(call, draft_orders={"resourceType": "Bundle", "entry": [order]})
        if asked.view is View.GP:
            return call
        if session.referral:
            raise LaunchRefusedError(Refusal.REFERRAL_UNKNOWN)
        return replace(call, hook=Hook.PATIENT_VIEW, draft_orders={})


def _order(fhir: FhirSession, session: PageSession) -> dict[str, object] | None:
    """The referral of the launch as an entry; None where none came, or it is not saved yet."""
    if not session.referral:
        return None
    found = fhir.search_all({"referral": Query("referral", session.referral)})["referral"]
    if found.failure in _NOT_THERE:
        return None
    _refuse_unauthorized(found.failure)
    order = found.pages[0] if found.pages else {}
    if f"{order.get('resourceType')}/{order.get('id')}" != session.referral:
        raise LaunchRefusedError(Refusal.REFERRAL_UNKNOWN)
    return {"resource": order}


def _patient(fhir: FhirSession, session: PageSession, scopes: GrantedScopes) -> PatientName:
    """Whose record it is; nothing where that may not be read or cannot be had (a gap, no error)."""
    if not scopes.allow("Patient", Interaction.READ):
        return PatientName()
    found = fhir.search_all({"patient": Query("patient", f"Patient/{session.patient_id}")})
    _refuse_unauthorized(found["patient"].failure)
    patient: Mapping[str, object] = found["patient"].pages[0] if found["patient"].pages else {}
    if not patient:
        return PatientName()
    if patient.get("resourceType") != "Patient" or patient.get("id") != session.patient_id:
        raise LaunchRefusedError(Refusal.OTHER_PATIENT)
    return patient_name(patient)


def _refuse_unauthorized(failure: Failure | None) -> None:
    if failure is Failure.UNAUTHORIZED:
        raise LaunchRefusedError(Refusal.ACCESS_REVOKED)


def _refuse_revoked(explained: tuple[ExplainedAssessment, ...], measures: CallMeasures) -> None:
    """A server that takes the token no longer answers 401 to whatever is asked."""
    is_unavailable = not explained or any(each.assessment.is_unavailable for each in explained)
    if is_unavailable and measures.fetched.failures.get(Failure.UNAUTHORIZED.value):
        raise LaunchRefusedError(Refusal.ACCESS_REVOKED)


def _refused_types(scopes: GrantedScopes) -> tuple[str, ...]:
    """What was asked for and may not be read; without letters nothing is missing."""
    return tuple(
        name
        for _, name, letters in READ_TYPES
        if name not in _POINTING
        and not all(scopes.allow(name, _INTERACTIONS[letter]) for letter in letters)
    )
