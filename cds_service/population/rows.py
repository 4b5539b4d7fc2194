"""Referrals as rows: what the extension of a hook answer says, flat, and without ids. Pure."""

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from cds_service.domain.ledger import LedgerEntry
from cds_service.hooks.extension import assessment_json
from cds_service.population.judging import JudgedReferral

Row = dict[str, Any]
_KEY_HEX: Final = 32  # 128 bits: no two of a country's referrals are the same


@dataclass(frozen=True, slots=True)
class Keys:
    """Keyed hashes in place of ids: who holds the key can find a patient's rows, nobody else."""

    secret: bytes

    def of(self, kind: str, *names: str) -> str:
        """The key of something; kinds and names are kept apart."""
        parts = (each.encode("utf-8", "surrogatepass") for each in (kind, *names))
        message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return hmac.new(self.secret, message, hashlib.sha256).hexdigest()[:_KEY_HEX]


def outcome_row(judged: JudgedReferral, keys: Keys) -> Row:
    """The row of `outcomes` for one referral."""
    said: dict[str, Any] = assessment_json(judged.assessment)
    return {
        "referral": keys.of("referral", judged.patient, judged.order),
        "patient": keys.of("patient", judged.patient),
        "date": judged.assessment.referral.date,
        "criteria": said.get("criteria"),
        "revision": said.get("revision"),
        "outcome": said["outcome"],
        "because": said.get("because", []),
        "by_criterion": [
            _criterion(option["id"], each)
            for option in said.get("options", [])
            for each in option["criteria"]
        ],
        "flags": [_flag(each) for each in said.get("flags", [])],
        "readings": [{"id": each.id, "outcome": each.outcome.label} for each in judged.readings],
        "lost_references": list(judged.lost_types),
    }


def _criterion(option: str, said: dict[str, Any]) -> Row:
    run = said.get("run", {})
    return {
        "option": option,
        "criterion": said["id"],
        "outcome": said["outcome"],
        "because": said.get("because", []),
        "sessions_certain": said["sessions"]["certain"],
        "sessions_possible": said["sessions"].get("possible"),
        "days_certain": said["days"]["certain"],
        "days_possible": said["days"].get("possible"),
        "run_sessions": run.get("sessions"),
        "run_days": run.get("days"),
    }


def _flag(said: dict[str, Any]) -> Row:
    return {"id": said["id"], "criterion": said.get("criterion")}


def contact_rows(judged: JudgedReferral, keys: Keys) -> Iterator[Row]:
    """The rows of `contacts`: each contact as each criterion sees it, oldest first."""
    referral = keys.of("referral", judged.patient, judged.order)
    for finding in judged.assessment.findings:
        criterion = finding.criterion.id.value
        rows = (_contact(referral, criterion, entry) for entry in finding.ledger.entries)
        yield from sorted(rows, key=_place)


def _place(row: Row) -> tuple[Any, ...]:
    """Undated contacts last; alike ones in any order are alike."""
    return (row["first"] is None, *(str(value) for value in row.values()))


def _contact(referral: str, criterion: str, entry: LedgerEntry) -> Row:
    contact = entry.contact
    return {
        "referral": referral,
        "criterion": criterion,
        "first": contact.days.first if contact.days else None,
        "last": contact.days.last if contact.days else None,
        "standing": entry.standing.value,
        "because": sorted(cause.value for cause in entry.causes),
        "reason": entry.reason.value if entry.reason else None,
        "professions": sorted(each.value for each in contact.professions),
        "setting": contact.setting.value,
        "kind": contact.kind.value,
        "status": contact.status.value,
        "sessions": contact.sessions,
        "is_course": contact.is_course,
        "is_stated": contact.is_stated,
    }
