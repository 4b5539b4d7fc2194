"""One call from request to answer: relevance first, then the record, the count and the cards."""

from dataclasses import dataclass

from cds_service import cards
from cds_service.criteria_files import CriteriaFiles
from cds_service.domain.applicability import applicability
from cds_service.domain.assessment import Assessment
from cds_service.domain.counting import count
from cds_service.domain.criteria import ReferralCriteria
from cds_service.domain.judging import assess
from cds_service.domain.ledger import Ledger
from cds_service.domain.lookback import LookbackPeriod
from cds_service.domain.referral import Person, Referral
from cds_service.errors import RecordUnavailableError
from cds_service.fhir_access import Deadline, FhirAccess
from cds_service.gathering.find_referrals import find_referrals
from cds_service.gathering.gather_record import GatheredRecord, gather_patient, gather_record
from cds_service.gathering.record_access import RecordAccess, open_access
from cds_service.hooks.cds_hooks import Card, HookAnswer, HookCall, Source
from cds_service.hooks.extension import assessment_json
from cds_service.observing.call_measures import Stage
from cds_service.settings.client_options import ClientOptions
from cds_service.settings.settings import Settings
from fhir_mappings.contacts.persons import person
from fhir_mappings.contacts.record_contacts import contacts
from fhir_mappings.terminology.tables import Terminology

_STATED_CARE = frozenset({cards.CardFunction.STATED_CARE})


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
        assessments = self.assess(call)
        if self.settings.unavailable == "412":
            _refuse_unavailable(assessments)
        with call.measures.stage(Stage.PRESENT):
            shown = self._cards(call, assessments)
        return HookAnswer(
            shown,
            tuple(assessment_json(assessment) for assessment in assessments),
            tuple(_gaps(assessment) for assessment in assessments),
        )

    def assess(self, call: HookCall) -> tuple[Assessment, ...]:
        """What the record shows about each referral in a call, with its ledger."""
        deadline = call.deadline or Deadline(self.settings.deadline_seconds)
        allowed = self._client_options(call).servers
        access = open_access(call, access=self.access, allowed=allowed, deadline=deadline)
        records: dict[LookbackPeriod, tuple[GatheredRecord, Ledger]] = {}
        try:
            with call.measures.stage(Stage.FIND):
                referrals = find_referrals(call, access, self.terms)
            return tuple(self._assess(each, call, access, records) for each in referrals)
        finally:
            if access.session is not None:
                call.measures.fetched = access.session.counts

    def _assess(
        self,
        referral: Referral,
        call: HookCall,
        access: RecordAccess,
        records: dict[LookbackPeriod, tuple[GatheredRecord, Ledger]],
    ) -> Assessment:
        """One referral by its own date; `records` keeps what was found for another one."""
        margin = self.settings.window_margin_days
        criteria = self.criteria.in_force(referral.date)
        lookback = LookbackPeriod.before(referral.date, years=criteria.lookback_years)
        if applicability(referral, Person(), criteria).against:
            with call.measures.stage(Stage.GATHER):
                gathered = gather_patient(call, access, margin_days=margin)
            return _judged(referral, criteria, gathered, Ledger(lookback, ()))
        if lookback not in records:
            with call.measures.stage(Stage.GATHER):
                gathered = gather_record(call, access, lookback, margin_days=margin)
            with call.measures.stage(Stage.JUDGE):
                found = contacts(gathered.record, lookback=lookback, terms=self.terms)
                records[lookback] = gathered, count(found, criteria, lookback)
        gathered, ledger = records[lookback]
        with call.measures.stage(Stage.JUDGE):
            return _judged(referral, criteria, gathered, ledger)

    def _cards(self, call: HookCall, assessments: tuple[Assessment, ...]) -> tuple[Card, ...]:
        """The cards, most urgent first; each names its order where there are several."""
        agreed = self._client_options(call)
        made = [
            card
            for assessment in assessments
            for card in cards.present(
                assessment,
                hook=call.hook,
                language=agreed.language,
                today=call.today,
                as_table=agreed.tables == "table",
                show_not_applicable=agreed.show_not_applicable,
                name_order=len(assessments) > 1,
                functions=_STATED_CARE if self.settings.stated_care_form else frozenset(),
            )
        ]
        return tuple(map(_on_the_wire, sorted(made, key=_urgency)))

    def _client_options(self, call: HookCall) -> ClientOptions:
        return call.client_options or self.settings.client_options


def _judged(
    referral: Referral, criteria: ReferralCriteria, gathered: GatheredRecord, ledger: Ledger
) -> Assessment:
    return assess(
        ledger,
        referral=referral,
        person=person(gathered.record.patient),
        completeness=gathered.completeness,
        criteria=criteria,
    )


def _gaps(assessment: Assessment) -> tuple[str, ...]:
    return tuple(sorted(part.value for part in assessment.completeness.gaps))


def _refuse_unavailable(assessments: tuple[Assessment, ...]) -> None:
    """A site may prefer a 412 to the card that says that nothing was checked (interface.md)."""
    if any(each.completeness.is_unavailable and each.outcome is not None for each in assessments):
        raise RecordUnavailableError


def _urgency(card: cards.Card) -> bool:
    return card.indicator is not cards.Indicator.WARNING


def _on_the_wire(card: cards.Card) -> Card:
    return Card(
        summary=card.summary,
        indicator=card.indicator.value,
        source=Source(card.source_label),
        detail=card.detail,
        uuid=card.uuid,
    )
