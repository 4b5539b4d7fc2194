"""What codes and words mean: our FHIR artefacts, and those of a site, as tables.

Each subject has its module, so the modules are the face: `tables` (loading them), `care_settings`,
`contact_kinds`, `contact_words`, `indications`, `phrases`, `therapist_categories`. `artefacts`,
`code_tables`, `coding_keys`, `role_maps` and `value_set_tables` are how tables are made, which only
`explain-code` shows besides. Private are `role_words` and `specificity`.
"""
