"""The audit rows: that an answer was given, when, to whom, about whom, and what it said.

The event log of policy 2.7 (NEN 7513). Who looked into a dossier is logged by the EHR and its FHIR
server, under whose token everything was read; here stands what this service did with it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, func, insert, select

from cds_service.store.database import Store
from cds_service.store.tables import ANSWERS

_DAY = 86_400_000  # milliseconds
_KEEP = insert(ANSWERS).inline()  # nobody asks which number the row got


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One answer. Keys are keyed hashes; None where the call could not be read."""

    answered_at: int  # milliseconds since 1970
    trace: str
    client: str
    service: str
    status: int
    milliseconds: int
    user_key: str | None = None
    patient_key: str | None = None
    instance_key: str | None = None
    referrals: Sequence[Mapping[str, object]] = ()  # criteria, outcome, causes, completeness
    stages: Mapping[str, float] = field(default_factory=dict)  # milliseconds by stage


class Answers:
    """The audit rows of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def write(self, row: AuditRow) -> None:
        """Keep one row; it is written when this ends. Raises StoreUnavailableError."""
        values = {
            "answered_at": row.answered_at,
            "trace": row.trace,
            "client": row.client,
            "service": row.service,
            "status": row.status,
            "milliseconds": row.milliseconds,
            "user_key": row.user_key,
            "patient_key": row.patient_key,
            "instance_key": row.instance_key,
            "referrals": json.dumps([dict(each) for each in row.referrals]),
            "stages": json.dumps(dict(row.stages)),
        }
        self._store.write(lambda connection: connection.execute(_KEEP, values))

    def count(self) -> int:
        """How many rows there are."""
        with self._store.transaction() as connection:
            return int(connection.execute(select(func.count()).select_from(ANSWERS)).scalar_one())

    def of_patient(self, patient_key: str) -> list[dict[str, object]]:
        """The rows about one patient of one client, oldest first."""
        about = select(ANSWERS).where(ANSWERS.c.patient_key == patient_key).order_by(ANSWERS.c.id)
        with self._store.transaction() as connection:
            rows = [dict(row) for row in connection.execute(about).mappings()]
        return [row | {name: _read(row[name]) for name in ("referrals", "stages")} for row in rows]

    def purge(self, *, older_than_days: int, now: float) -> int:
        """Delete rows past their retention, in days; `now` in seconds since 1970. How many."""
        oldest = int(now * 1000) - older_than_days * _DAY
        expired = delete(ANSWERS).where(ANSWERS.c.answered_at < oldest)
        with self._store.transaction() as connection:
            return connection.execute(expired).rowcount


def _read(column: object) -> object:
    """What a column of JSON holds; None where there is nothing, as in rows of older versions."""
    return None if column is None else json.loads(str(column))
