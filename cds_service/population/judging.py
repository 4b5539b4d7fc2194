"""The referrals of one patient, judged as a hook call with the same record would be. Pure.

What the export holds of a patient is laid out as the prefetch of a call, and the code of the
service gathers, counts and judges it; nothing of the rule stands here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Final

from cds_service.assessing import assess_counted, assess_record
from cds_service.criteria_files import CriteriaFiles
from cds_service.domain.applicability import order_against
from cds_service.domain.assessment import Assessment
from cds_service.domain.ledger import Ledger
from cds_service.domain.other_readings import OtherReading, other_readings
from cds_service.domain.referral import Indication
from cds_service.fhir_access import Deadline
from cds_service.gathering.gather_record import gather_patient, gather_record
from cds_service.gathering.record_access import RecordAccess
from cds_service.gathering.record_request import RecordRequest
from cds_service.population.directory import Directory
from cds_service.population.heads import CARE, LossReason
from fhir_mappings.orders import OtherSubjectError, OurOrder, UnreadPerformer, referral_orders
from fhir_mappings.queries import GrantedScopes
from fhir_mappings.reading.bundles import read_answer
from fhir_mappings.reading.calendar_days import dutch_day
from fhir_mappings.reading.concepts import is_one_of
from fhir_mappings.reading.record import PatientRecord, Resource
from fhir_mappings.terminology.tables import Terminology

_SENT: Final = frozenset({"active", "completed"})
_ENDED: Final = frozenset({"inactive", "remission", "resolved"})  # of a Condition
_READS: Final = 2  # the performer, then the reasons of an order that turns out to be ours
_NO_DEADLINE: Final = Deadline(float("inf"))
_EXPORT: Final = RecordAccess(None, GrantedScopes(), is_offered=True)
"""Nothing can be asked beside what the export holds; what it lacks is a gap."""

_LOST: Final = {"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]}
_KEYS: Final = {"Encounter": "encounters", "Procedure": "procedures"}


class Referrals(StrEnum):
    """Which referrals are judged."""

    RECORDED = "recorded"  # each sent ServiceRequest for iMSR, at its own day
    ASSUMED = "assumed"  # every adult with a pain indication, as if referred on one day


@dataclass(frozen=True, slots=True)
class KnownGaps:
    """What of a patient's care is known not to be whole.

    `missing` are types of which the export has no file, `partial` types of which something was
    lost that can be this patient's.
    """

    missing: frozenset[str] = frozenset()
    partial: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rule:
    """What referrals are judged by, and which of them.

    `readings` are the alternatives (`key=value`) whose outcome is wanted beside the one in force;
    None: all of them.
    """

    criteria: CriteriaFiles
    terms: Terminology
    referrals: Referrals
    as_of: date
    readings: frozenset[str] | None = frozenset()
    base_url: str = ""


@dataclass(frozen=True, slots=True)
class JudgedReferral:
    """One referral of a patient. `order` is its reference in the record, empty for an assumed one.

    `lost_types` are the types of what its record refers to and the export does not hold.
    """

    patient: str
    order: str
    assessment: Assessment
    readings: tuple[OtherReading, ...] = ()
    lost_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JudgedPatient:
    """All referrals of one patient, and why further sent ones could not be judged."""

    referrals: tuple[JudgedReferral, ...] = ()
    losses: tuple[LossReason, ...] = ()


@dataclass(frozen=True, slots=True)
class PatientResources:
    """What an export holds of one patient, by type, in the order in which it was read."""

    patient: str
    by_type: Mapping[str, Sequence[Resource]]
    gaps: KnownGaps = field(default_factory=KnownGaps)

    def of(self, resource_type: str) -> Sequence[Resource]:
        """Those of one type; empty where there are none."""
        return self.by_type.get(resource_type, ())


def judge_patient(held: PatientResources, directory: Directory, rule: Rule) -> JudgedPatient:
    """What the record of a patient shows about each of their referrals."""
    if rule.referrals is Referrals.ASSUMED:
        found = (_judge(order, held, directory, rule) for order in _assumed(held, rule))
        return JudgedPatient(tuple(each for each in found if each.assessment.outcome is not None))
    referrals: list[JudgedReferral] = []
    losses: list[LossReason] = []
    for sent in _sent(held):
        try:
            orders = _ours(sent, held, directory, rule)
        except OtherSubjectError:
            losses.append(LossReason.NO_PATIENT)
            continue
        if orders and _day_of(sent) is None:
            losses.append(LossReason.NO_DATE)
            continue
        referrals.extend(_judge(order, held, directory, rule) for order in orders)
    return JudgedPatient(tuple(referrals), tuple(losses))


def _sent(held: PatientResources) -> Iterator[Resource]:
    """The sent orders, each in its newest version."""
    answer = read_answer(_searchset(held.of("ServiceRequest")), "ServiceRequest", "")
    for order in answer.matches:
        if isinstance(order, dict) and is_one_of(order.get("status"), _SENT):
            yield order


def _day_of(order: Resource) -> date | None:
    authored = order.get("authoredOn")
    return dutch_day(authored) if isinstance(authored, str) else None


def _assumed(held: PatientResources, rule: Rule) -> Iterator[OurOrder]:
    """The referral that would be sent for pain, if the conditions of the patient say pain."""
    conditions = [each for each in held.of("Condition") if not _is_ended(each)]
    reasons = [
        {"reference": f"Condition/{each['id']}"}
        for each in conditions
        if isinstance(each.get("id"), str)
    ]
    if not reasons:
        return
    order = {
        "resourceType": "ServiceRequest",
        "id": "assumed",
        "status": "active",
        "intent": "order",
        "subject": {"reference": f"Patient/{held.patient}"},
        "authoredOn": rule.as_of.isoformat(),
        "code": {"text": "iMSR"},
        "reasonReference": reasons,
    }
    for ours in _ours(order, held, Directory(), rule):
        if ours.referral.indication is Indication.PAIN:
            yield replace(ours, referral=replace(ours.referral, order=""))


def _is_ended(condition: Resource) -> bool:
    status = condition.get("clinicalStatus")
    codings = status.get("coding") if isinstance(status, Mapping) else None
    found = codings if isinstance(codings, list) else []
    return any(isinstance(each, Mapping) and each.get("code") in _ENDED for each in found)


def _ours(
    order: Resource, held: PatientResources, directory: Directory, rule: Rule
) -> tuple[OurOrder, ...]:
    """The order, if it is a referral to rehabilitation medicine; what it refers to is at hand.

    Raises OtherSubjectError for one that names another patient.
    """
    drafts = {"resourceType": "Bundle", "entry": [{"resource": order}]}
    at_hand: dict[str, Resource] = {
        f"Condition/{each['id']}": each
        for each in held.of("Condition")
        if isinstance(each.get("id"), str)
    }
    readings: Sequence[object] = ()
    for _ in range(_READS):
        readings = referral_orders(
            drafts,
            selections=None,
            patient_id=held.patient,
            today=rule.as_of,
            resources=at_hand,
            terms=rule.terms,
            base_url=rule.base_url,
        )
        wanted = {each.performer for each in readings if isinstance(each, UnreadPerformer)}
        found = {key: directory.resources[key] for key in wanted if key in directory.resources}
        if not found:
            break
        at_hand |= found
    return tuple(each for each in readings if isinstance(each, OurOrder))


def _judge(
    order: OurOrder, held: PatientResources, directory: Directory, rule: Rule
) -> JudgedReferral:
    referral = order.referral
    criteria = rule.criteria.in_force(referral.date)
    request = _request(held, referral.date, rule.base_url)
    lookback = criteria.lookback(referral.date)
    if order_against(referral, criteria):
        record = gather_patient(request, _EXPORT)
        found = assess_counted(record, Ledger(lookback, ()), referral, criteria)
    else:
        record = directory.completed(gather_record(request, _EXPORT, lookback))
        found = assess_record(record, referral, criteria, rule.terms)
    return JudgedReferral(
        held.patient, order.order, found, _readings(found, rule), _types_of_lost(record)
    )


def _types_of_lost(record: PatientRecord) -> tuple[str, ...]:
    return tuple(sorted(key.partition("/")[0].partition("?")[0] for key in record.lost))


def _readings(found: Assessment, rule: Rule) -> tuple[OtherReading, ...]:
    if rule.readings is not None and not rule.readings:
        return ()
    changing = other_readings(found).changing
    wanted = rule.readings
    return tuple(each for each in changing if wanted is None or each.id in wanted)


def _request(held: PatientResources, day: date, base_url: str) -> RecordRequest:
    """What a call on the day of the referral would have brought."""
    prefetch: dict[str, object] = {
        _KEYS[kind]: _LOST
        if kind in held.gaps.missing
        else _searchset(held.of(kind), is_whole=kind not in held.gaps.partial)
        for kind in CARE
    }
    prefetch["patient"] = _newest_patient(held)
    prefetch["statements"] = _searchset(held.of("QuestionnaireResponse"))
    return RecordRequest(
        patient_id=held.patient,
        today=day,
        deadline=_NO_DEADLINE,
        margin_days=0,
        prefetch=prefetch,
        fhir_server=base_url or None,
    )


def _newest_patient(held: PatientResources) -> object:
    """The Patient; of two versions that nothing puts in order neither, so the age is unknown."""
    if len(held.of("Patient")) == 1:
        return held.of("Patient")[0]
    matches = read_answer(_searchset(held.of("Patient")), "Patient", "").matches
    return matches[0] if len(matches) == 1 and isinstance(matches[0], dict) else _LOST


def _searchset(resources: Sequence[Resource], *, is_whole: bool = True) -> Resource:
    """The answer to a search; where it is not whole with a next page that nobody can have."""
    further = [] if is_whole else [{"relation": "next", "url": "urn:lost"}]
    entries = [{"resource": each, "search": {"mode": "match"}} for each in resources]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries, "link": further}
