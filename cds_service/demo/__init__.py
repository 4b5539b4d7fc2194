"""Invented patients on a FHIR server of this machine: what `imsr-cds demo` shows.

Its face are the modules `stories` and `patients` (who they are), `records` (their FHIR resources
and calls), `loading` (onto a server) and `local_hapi` (a server to load them onto). Private is what
those are made of: `care_providers`, `fhir_json`, `hapi_build`, `statements`, `stories_judged`,
`stories_open`.
"""
