"""The audit row of each answer: codes, durations and keyed hashes (policy 2.7, NEN 7513).

It is written after the answer has left, so it delays nobody. A row that cannot be written is told
in the log and does not turn the answer into an error: the answer holds no more than the EHR knows
already, and its own log and that of its FHIR server say who looked at which dossier.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from cds_service.errors import StoreUnavailableError
from cds_service.hooks.cds_hooks import HookAnswer, HookCall
from cds_service.hooks.exchange import AnsweredCall
from cds_service.observing.event_log import log_event
from cds_service.store import Answers, AuditRow, Pseudonyms


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
            log_event("audit_row_lost", {"trace": answered.trace}, level=logging.ERROR)

    def _row(self, answered: AnsweredCall) -> AuditRow:
        keys = {} if answered.call is None else self._keys(answered.client, answered.call)
        return AuditRow(
            answered_at=int(self.now() * 1000),
            trace=answered.trace,
            client=answered.client,
            service=answered.service,
            status=answered.status,
            milliseconds=round(answered.milliseconds),
            referrals=_referrals(answered.answer),
            stages=answered.measures.milliseconds(),
            **keys,
        )

    def _keys(self, client: str, call: HookCall) -> dict[str, str]:
        """Keyed hashes of all that could lead to a person."""
        return {
            "user_key": self.pseudonyms.of("user", client, call.user_id),
            "patient_key": self.pseudonyms.of("patient", client, call.patient_id),
            "instance_key": self.pseudonyms.of("instance", client, call.hook_instance),
        }


def _referrals(answer: HookAnswer | None) -> tuple[dict[str, object], ...]:
    """What was said about each referral, in codes; `gaps` names what could not be had."""
    if answer is None:
        return ()
    return tuple(
        {
            "criteria": assessment.get("criteria", ""),
            "revision": assessment.get("revision", 0),
            "outcome": assessment["outcome"],
            "because": assessment.get("because", []),
            "gaps": list(gaps),
        }
        for assessment, gaps in zip(answer.assessments, answer.gaps, strict=True)
    )
