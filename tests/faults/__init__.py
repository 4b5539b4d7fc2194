"""Scripted hostile FHIR servers: whatever they do, no outcome is stronger than the record."""
