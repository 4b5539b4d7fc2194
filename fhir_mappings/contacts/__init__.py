"""Who was treated, by whom, where and when: a record's Encounters, Procedures and statements.

    found = contacts(record, lookback=lookback, terms=load_terminology())

Each becomes a `Contact` of the domain: facts, no judgement. What cannot be read is a possible
contact, never none (policy C20).
"""

from fhir_mappings.contacts.persons import is_recorded_elsewhere, person
from fhir_mappings.contacts.record_contacts import contacts
from fhir_mappings.contacts.stated_care import is_statement
from fhir_mappings.contacts.stating_care import StatedCourse, statement

__all__ = [
    "StatedCourse",
    "contacts",
    "is_recorded_elsewhere",
    "is_statement",
    "person",
    "statement",
]
