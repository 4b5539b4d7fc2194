"""What is kept: used tokens and open pages, until they expire, and one audit row per answer.

A SQLite file or a PostgreSQL database. Nothing here knows what a referral is, and nothing that
names a patient, a user or a token gets in to be read: callers hand over keyed hashes, codes, and
what they have sealed.
"""

from cds_service.store.answers import Answers, AuditCard, AuditRow
from cds_service.store.browser_sessions import BrowserSessions
from cds_service.store.database import Store, look_into_store, open_store
from cds_service.store.pseudonyms import Pseudonyms, read_audit_key
from cds_service.store.seen_tokens import SeenTokens

__all__ = [
    "Answers",
    "AuditCard",
    "AuditRow",
    "BrowserSessions",
    "Pseudonyms",
    "SeenTokens",
    "Store",
    "look_into_store",
    "open_store",
    "read_audit_key",
]
