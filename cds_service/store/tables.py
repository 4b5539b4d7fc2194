"""The tables as they are now; `migrations` says how they came to be."""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

METADATA = MetaData()

SEEN_TOKENS = Table(
    "seen_tokens",
    METADATA,
    Column("token_key", String(64), primary_key=True),  # SHA-256 of issuer and `jti`
    Column("expires_at", BigInteger, nullable=False),  # seconds since 1970
    Index("seen_tokens_expires_at", "expires_at"),
)

ANSWERS = Table(
    "answers",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("answered_at", BigInteger, nullable=False),  # milliseconds since 1970
    Column("trace", String(32), nullable=False),  # W3C trace id, as in the log
    Column("client", String(200), nullable=False),
    Column("service", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("milliseconds", Integer, nullable=False),
    Column("user_key", String(64)),  # keyed hashes; none where the call could not be read
    Column("patient_key", String(64)),
    Column("instance_key", String(64)),
    Column("referrals", Text, nullable=False),  # JSON: criteria, outcome, causes, completeness
    Column("stages", Text),  # JSON: milliseconds by stage; none in rows of before revision 0002
    Column("cards", Integer),  # how many; none in rows of before revision 0003
    Index("answers_answered_at", "answered_at"),
    Index("answers_patient_key", "patient_key"),
)

CARDS = Table(
    "cards",
    METADATA,
    Column("uuid", String(36), primary_key=True),  # as the EHR got it; random, says nothing
    Column("answer", BigInteger, nullable=False),  # `answers.id`
    Column("referral", Integer, nullable=False),  # its place in `answers.referrals`, from 0
    Column("kind", String(64), nullable=False),
    Column("criteria", String(200), nullable=False),  # `imsr-persistent-pain|2026-04-20`
    Column("revision", Integer, nullable=False),  # of the rule file
    Index("cards_answer", "answer"),
)

BROWSER_SESSIONS = Table(
    "browser_sessions",
    METADATA,
    Column("session_key", String(64), primary_key=True),  # SHA-256 of what the browser holds
    Column("expires_at", BigInteger, nullable=False),  # seconds since 1970
    Column("sealed", LargeBinary, nullable=False),  # AES-GCM: token, patient, user and the rest
    Index("browser_sessions_expires_at", "expires_at"),
)
