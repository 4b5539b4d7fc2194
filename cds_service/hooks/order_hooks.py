"""One call from request to answer: relevance first, then the record, the assessment, the cards."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial

from cds_service.assessing import ExplainedAssessment, assess_counted, count_record, explain
from cds_service.cards import Card, CardFunction, present, present_sent
from cds_service.criteria_files import CriteriaFiles
from cds_service.domain.applicability import order_against
from cds_service.domain.assessment import CARE_PARTS, Assessment, Completeness
from cds_service.domain.criteria import ReferralCriteria
from cds_service.domain.judging import assess_contacts
from cds_service.domain.ledger import Ledger
from cds_service.domain.lookback import LookbackPeriod
from cds_service.domain.referral import Person, Referral
from cds_service.domain.time_check import Check, no_check
from cds_service.errors import CallTooLargeError, RecordUnavailableError
from cds_service.fhir_access import Deadline, FhirAccess
from cds_service.fhir_access.computing_turns import waiting
from cds_service.gathering.find_referrals import DraftOrders, find_referrals
from cds_service.gathering.gather_record import gather_patient, gather_record
from cds_service.gathering.record_access import RecordAccess, open_access
from cds_service.gathering.record_request import RecordRequest
from cds_service.gathering.sent_referrals import sent_referrals
from cds_service.hooks.cds_hooks import AssessedReferral, Hook, HookAnswer, HookCall
from cds_service.hooks.margins import margin_days
from cds_service.observing.call_measures import CallMeasures, Stage
from cds_service.settings.client_options import ClientOptions
from cds_service.settings.settings import Settings
from fhir_mappings.orders.referrals import OurOrder
from fhir_mappings.pointers.record_pointers import record_pointers
from fhir_mappings.reading.record import PatientRecord
from fhir_mappings.terminology.tables import Terminology

_GIVE_WAY_SECONDS = 0.001  # between two readings, so that a call that waits gets its turn
_FOR_WRITING = 0.25  # of the time of a call
_STATED_CARE = frozenset({CardFunction.STATED_CARE})
_GRACE = 1.0  # seconds after the deadline in which what was received in time is still counted
_LONGEST = 2.0  # seconds after the deadline in which flags are still found, and cards written


class _OutOfTimeError(Exception):
    """The answer is due, and a referral is not judged yet."""


@dataclass(frozen=True, slots=True)
class ReferralCheck:
    """Answers calls. One per process; it keeps nothing of a call."""

    criteria: CriteriaFiles
    terms: Terminology
    access: FhirAccess
    settings: Settings

    def answer(self, call: HookCall) -> HookAnswer:
        """The cards and assessments of every referral to rehabilitation medicine in a call.

        An order that is not ours is answered before any record is looked for. Raises
        ReferralCheckErrors only.
        """
        return self.present(call, self.assess(call))

    def assess(self, call: HookCall) -> tuple[AssessedReferral, ...]:
        """What the record shows about each referral in a call, with its ledger; no cards yet."""
        request = self._record_request(call)
        allowed = self._client_options(call).servers
        access = open_access(request, access=self.access, allowed=allowed)
        with _fetches_measured(access, call.measures):
            with call.measures.stage(Stage.FIND):
                drafts = DraftOrders(call.draft_orders, call.selections)
                if call.hook is Hook.PATIENT_VIEW:
                    drafts = sent_referrals(request, access)
                found = find_referrals(drafts, request, access, self.terms)
            call.measures.unread_performers = found.unread_performers
            call.measures.dangling_selections = found.dangling_selections
            orders = found.orders
            if call.hook is Hook.PATIENT_VIEW:
                orders = _newest(orders, self.settings.max_referrals)
            self._refuse_many(len(orders))
            records = _Records(request, access, self.terms, call.measures)
            return tuple(AssessedReferral(order, self._assess(order, records)) for order in orders)

    def present(self, call: HookCall, assessed: Sequence[AssessedReferral]) -> HookAnswer:
        """The answer to a call in which this was found: each referral with its cards.

        A card names its order where there are several. A referral for whose card there is no time
        left is one that was not checked. Raises RecordUnavailableError where the site prefers a
        412 to the card that says that nothing was checked (interface.md).
        """
        self._refuse_unavailable(assessed)
        options = self._client_options(call)
        with call.measures.stage(Stage.PRESENT):
            if call.hook is Hook.PATIENT_VIEW:
                presented = partial(
                    present_sent,
                    language=options.language,
                    today=call.today,
                    as_table=options.tables == "table",
                )
                return HookAnswer(_with_own_cards(assessed, presented, call.deadline))
            presented = partial(
                present,
                hook=call.hook,
                language=options.language,
                today=call.today,
                as_table=options.tables == "table",
                show_not_applicable=options.show_not_applicable,
                functions=_STATED_CARE if options.stated_care_form else frozenset(),
            )
            return HookAnswer(_with_cards(assessed, presented, call.deadline))

    def explain(self, call: HookCall) -> tuple[ExplainedAssessment, ...]:
        """What the record shows about each referral in a call, with all that explains it.

        As far as the time of the call reaches; the rest is named. Raises ReferralCheckErrors only,
        those of `answer`.
        """
        assessed = self.assess(call)
        self._refuse_unavailable(assessed)
        deadline = call.deadline or Deadline(self.settings.deadline_seconds)
        with call.measures.stage(Stage.JUDGE):
            return tuple(
                explain(each.assessment, has_time=partial(_has_time, deadline)) for each in assessed
            )

    def _refuse_unavailable(self, assessed: Sequence[AssessedReferral]) -> None:
        is_unavailable = any(each.assessment.is_unavailable for each in assessed)
        if is_unavailable and self.settings.unavailable == "412":
            raise RecordUnavailableError

    def _refuse_many(self, referrals: int) -> None:
        """Too large in any dimension: 413 (interface.md); each referral costs a count and a card.

        An answer that left some of them out would look like one about all of them.
        """
        most = self.settings.max_referrals
        if referrals > most:
            raise CallTooLargeError(f"more than {most} referrals to rehabilitation medicine")

    def _assess(self, order: OurOrder, records: "_Records") -> Assessment:
        """One referral by the criteria in force on its own day."""
        referral = order.referral
        criteria = self.criteria.in_force(referral.date)
        try:
            known = records.for_referral(referral, criteria)
            return self._judge(order, records, known, records.check_flags)
        except _OutOfTimeError:
            known = records.unread(referral, criteria)
            return self._judge(order, records, known, no_check)

    def _judge(
        self,
        order: OurOrder,
        records: "_Records",
        known: tuple[PatientRecord, Ledger],
        check: Check,
    ) -> Assessment:
        """What a record and its count show about one referral, and where more may be found."""
        record, ledger = known
        criteria = self.criteria.in_force(order.referral.date)
        with records.measures.stage(Stage.JUDGE):
            found = assess_counted(record, ledger, order.referral, criteria, check)
            pointers = record_pointers(record, ledger.lookback, self.terms)
            return found.with_pointers((*pointers, *order.pointers))

    def _record_request(self, call: HookCall) -> RecordRequest:
        return RecordRequest(
            patient_id=call.patient_id,
            today=call.today,
            deadline=call.deadline or Deadline(self.settings.deadline_seconds),
            margin_days=margin_days(call.hook, self.settings),
            prefetch=call.prefetch or {},
            fhir_server=call.fhir_server,
            authorization=call.authorization,
            trace=call.trace,
            client=self._client_options(call).client,
        )

    def _client_options(self, call: HookCall) -> ClientOptions:
        return call.client_options or self.settings.client_options


def _with_cards(
    assessed: Sequence[AssessedReferral],
    present_one: Callable[..., tuple[Card, ...]],
    deadline: Deadline | None,
) -> tuple[AssessedReferral, ...]:
    """Each referral with its cards; those with the same answer share one that names them all.

    A single referral needs no name. The shared card stands with the first of them.
    """
    if len(assessed) == 1:
        return (replace(assessed[0], cards=present_one(assessed[0].assessment)),)
    known: list[AssessedReferral] = []
    alike: dict[object, list[int]] = defaultdict(list)
    for place, referral in enumerate(assessed):
        known.append(_unread(referral) if _is_late(deadline) else referral)
        alike[_what_is_said(present_one(known[place].assessment))].append(place)
    for places in alike.values():
        if _is_late(deadline):
            for place in places:
                known[place] = _unread(known[place])
        first = places[0]
        names = [known[place].assessment.referral.display for place in places]
        cards = present_one(known[first].assessment, orders=names)
        known[first] = replace(known[first], cards=cards)
    return tuple(known)


def _with_own_cards(
    assessed: Sequence[AssessedReferral],
    present_one: Callable[..., tuple[Card, ...]],
    deadline: Deadline | None,
) -> tuple[AssessedReferral, ...]:
    """Each referral that was sent with a card of its own, which says of which day it is."""
    known = (_unread(each) if _is_late(deadline) else each for each in assessed)
    return tuple(replace(each, cards=present_one(each.assessment)) for each in known)


def _is_late(deadline: Deadline | None) -> bool:
    """Whether there is no time left to write another card."""
    return deadline is not None and deadline.overdue() > _LONGEST


def _unread(referral: AssessedReferral) -> AssessedReferral:
    """A referral for whose card there is no time: one of which nothing was checked.

    So its assessment and its card say the same. Where the criteria do not apply both cost nothing.
    """
    found = referral.assessment
    if not found.options:
        return referral
    missing = Completeness(found.completeness.gaps | CARE_PARTS, is_unavailable=True)
    unread = assess_contacts(
        (), found.referral, found.criteria, person=Person(), completeness=missing
    )
    return replace(referral, assessment=unread)


def _newest(orders: Sequence[OurOrder], most: int) -> tuple[OurOrder, ...]:
    """The newest first, and no more than so many: each card names the day of its referral."""
    return tuple(sorted(orders, key=lambda each: each.referral.date, reverse=True)[:most])


def _what_is_said(cards: Sequence[Card]) -> object:
    return tuple((card.kind, card.summary, card.detail) for card in cards)


def _has_time(deadline: Deadline) -> bool:
    """Whether there is more time than writing the answer takes. Others compute meanwhile."""
    with waiting():
        time.sleep(_GIVE_WAY_SECONDS)
    return deadline.remaining() > _FOR_WRITING * deadline.seconds


@dataclass(slots=True)
class _Records:
    """The record of one call, gathered and counted once for all referrals of one lookback."""

    request: RecordRequest
    access: RecordAccess
    terms: Terminology
    measures: CallMeasures
    _counted: dict[LookbackPeriod, tuple[PatientRecord, Ledger]] = field(default_factory=dict)
    _patient: PatientRecord | None = None

    def for_referral(
        self, referral: Referral, criteria: ReferralCriteria
    ) -> tuple[PatientRecord, Ledger]:
        """The record that a referral needs, and its count.

        Where the order itself says that the criteria do not apply, that is the Patient alone.
        Raises _OutOfTimeError where there is no time left to judge it.
        """
        lookback = criteria.lookback(referral.date)
        if order_against(referral, criteria):
            return self._patient_alone(), Ledger(lookback, ())
        self.check_time()
        if lookback not in self._counted:
            with self.measures.stage(Stage.GATHER):
                record = gather_record(self.request, self.access, lookback, self.check_time)
            with self.measures.stage(Stage.JUDGE):
                ledger = count_record(record, criteria, lookback, self.terms, self.check_time)
            self._counted[lookback] = record, ledger
        return self._counted[lookback]

    def unread(
        self, referral: Referral, criteria: ReferralCriteria
    ) -> tuple[PatientRecord, Ledger]:
        """The record as far as it is read where there is no time for its care: the Patient.

        What was not judged in time is unavailable, and never an outcome that hangs on it.
        """
        patient = self._patient_alone()
        missing = Completeness(patient.completeness.gaps | CARE_PARTS, is_unavailable=True)
        record = replace(patient, completeness=missing)
        return record, count_record(record, criteria, criteria.lookback(referral.date), self.terms)

    def check_time(self) -> None:
        """Raise _OutOfTimeError where there is no time to count a record."""
        if self.request.deadline.overdue() > _GRACE:
            raise _OutOfTimeError

    def check_flags(self) -> None:
        """Raise it where what is counted cannot be judged either: that takes much less time."""
        if self.request.deadline.overdue() > _LONGEST:
            raise _OutOfTimeError

    def _patient_alone(self) -> PatientRecord:
        if self._patient is None:
            with self.measures.stage(Stage.GATHER):
                self._patient = gather_patient(self.request, self.access)
        return self._patient


@contextmanager
def _fetches_measured(access: RecordAccess, measures: CallMeasures) -> Iterator[None]:
    """Note what was fetched in the block, also where it fails."""
    try:
        yield
    finally:
        if access.session is not None:
            measures.fetched = access.session.counts
