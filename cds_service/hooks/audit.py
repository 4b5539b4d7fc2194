"""The audit row of each answer: codes, durations and keyed hashes (policy 2.7, NEN 7513).

It is written after the answer has left, so it delays nobody. A row that cannot be written is told
in the log and does not turn the answer into an error: the answer holds no more than the EHR knows
already, and its own log and that of its FHIR server say who looked at which dossier.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from cds_service.domain.assessment import Assessment
from cds_service.errors import StoreUnavailableError
from cds_service.hooks.cds_hooks import AssessedReferral, HookCall
from cds_service.hooks.exchange import AnsweredCall
from cds_service.observing.event_log import log_event
from cds_service.observing.http_exchange import cause_codes, gap_codes
from cds_service.store import Answers, AuditCard, AuditRow, Pseudonyms


@dataclass(frozen=True, slots=True)
class Audit:
    """Writes the rows. `now` is the clock, in seconds since 1970; `row_lost` counts failures."""

    answers: Answers
    pseudonyms: Pseudonyms
    now: Callable[[], float] = time.time
    row_lost: Callable[[], None] = field(default=lambda: None)

    def keep(self, answered: AnsweredCall) -> None:
        """Write the row of one answer; a failure is an event in the log."""
        try:
            self.answers.write(self._row(answered))
        except StoreUnavailableError:
            self.row_lost()
            log_event("audit_row_lost", {"trace": answered.exchange.trace}, level=logging.ERROR)

    def _row(self, answered: AnsweredCall) -> AuditRow:
        exchange, call = answered.exchange, answered.call
        client = exchange.client or ""
        referrals = () if answered.answer is None else answered.answer.referrals
        return AuditRow(
            answered_at=int(self.now() * 1000),
            trace=exchange.trace,
            client=client,
            service=answered.service,
            status=int(exchange.status or 0),
            milliseconds=round(exchange.milliseconds),
            referrals=tuple(_referral(referral.assessment) for referral in referrals),
            cards=tuple(_cards(referrals)),
            stages=answered.measures.milliseconds(),
            **({} if call is None else self._keys(client, call)),
        )

    def _keys(self, client: str, call: HookCall) -> dict[str, str]:
        """Keyed hashes of all that could lead to a person."""
        return {
            "user_key": self.pseudonyms.of("user", client, call.user_id),
            "patient_key": self.pseudonyms.of("patient", client, call.patient_id),
            "instance_key": self.pseudonyms.of("instance", client, call.hook_instance),
        }


def _referral(assessment: Assessment) -> dict[str, object]:
    """What was said about a referral, in codes; `gaps` names what could not be retrieved."""
    criteria = assessment.criteria_in_force
    return {
        "criteria": criteria.name if criteria else "",
        "revision": criteria.revision if criteria else 0,
        "outcome": assessment.label,
        "because": cause_codes(assessment.causes),
        "gaps": gap_codes(assessment),
    }


def _cards(referrals: Sequence[AssessedReferral]) -> Iterator[AuditCard]:
    """The cards of an answer, so that what is said of one later can be led back to its kind."""
    for place, referral in enumerate(referrals):
        criteria = referral.assessment.criteria
        for card in referral.cards:
            yield AuditCard(card.uuid, card.kind.value, place, criteria.name, criteria.revision)
