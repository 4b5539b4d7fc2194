"""The audit rows: that an answer was given, when, to whom, about whom, and what it said.

The event log of policy 2.7 (NEN 7513). Who looked into a dossier is logged by the EHR and its FHIR
server, under whose token everything was read; here is what this service did with it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from sqlalchemy import Connection, delete, func, insert, select

from cds_service.store.database import Store
from cds_service.store.tables import ANSWERS, CARDS

_DAY = 86_400_000  # milliseconds
_KEEP = insert(ANSWERS).inline()  # nobody asks which number the row got
_KEEP_WITH_CARDS = insert(ANSWERS).returning(ANSWERS.c.id)
_KEEP_CARDS = insert(CARDS)


@dataclass(frozen=True, slots=True)
class AuditCard:
    """One card of an answer. `referral` is the place of its referral in the row, from 0."""

    uuid: str
    kind: str
    referral: int
    criteria: str
    revision: int  # of the rule file


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
    cards: Sequence[AuditCard] = ()
    stages: Mapping[str, float] = field(default_factory=dict)  # milliseconds by stage


class Answers:
    """The audit rows of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def write(self, row: AuditRow) -> None:
        """Keep one row and its cards, or nothing of it; written when this ends.

        Raises StoreUnavailableError.
        """
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
            "cards": len(row.cards),
        }

        def keep(connection: Connection) -> None:
            if not row.cards:
                connection.execute(_KEEP, values)
                return
            answer = connection.execute(_KEEP_WITH_CARDS, values).scalar_one()
            cards = [{"answer": answer, **asdict(card)} for card in row.cards]
            connection.execute(_KEEP_CARDS, cards)

        self._store.write(keep)

    def count(self) -> int:
        """How many rows there are."""
        with self._store.transaction() as connection:
            return int(connection.execute(select(func.count()).select_from(ANSWERS)).scalar_one())

    def of_patient(self, patient_key: str) -> list[dict[str, object]]:
        """The rows about one patient of one client, oldest first, each with its cards.

        `stages` and `cards` are None in rows of older versions: nobody knows them.
        """
        is_about = ANSWERS.c.patient_key == patient_key
        about = select(ANSWERS).where(is_about).order_by(ANSWERS.c.id)
        shown = select(CARDS).join(ANSWERS, CARDS.c.answer == ANSWERS.c.id).where(is_about)
        with self._store.transaction() as connection:
            rows = [dict(row) for row in connection.execute(about).mappings()]
            cards = [dict(card) for card in connection.execute(shown).mappings()]
        of_answer: dict[object, list[dict[str, object]]] = {row["id"]: [] for row in rows}
        for card in cards:
            of_answer[card.pop("answer")].append(card)
        return [
            row
            | {name: _read(row[name]) for name in ("referrals", "stages")}
            | {"cards": None if row["cards"] is None else of_answer[row["id"]]}
            for row in rows
        ]

    def purge(self, *, older_than_days: int, now: float) -> int:
        """Delete rows past their retention, in days, with their cards. How many rows.

        `now` in seconds since 1970.
        """
        is_expired = ANSWERS.c.answered_at < int(now * 1000) - older_than_days * _DAY
        answers = select(ANSWERS.c.id).where(is_expired)
        with self._store.transaction() as connection:
            connection.execute(delete(CARDS).where(CARDS.c.answer.in_(answers)))
            return connection.execute(delete(ANSWERS).where(is_expired)).rowcount


def _read(column: object) -> object:
    """What a column of JSON holds; None where there is nothing, as in rows of older versions."""
    return None if column is None else json.loads(str(column))
