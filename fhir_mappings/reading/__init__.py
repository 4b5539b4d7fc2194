"""FHIR JSON as values: search answers, references, dates and concepts, read tolerantly.

It has more than thirty functions, each at home in a module of its subject, so its modules are its
face: `bundles`, `calendar_days`, `concepts`, `labels`, `outcomes`, `questionnaire_answers`,
`record`, `references`, `search_outcomes`. Private is `versions`, which renames what differs between
STU3, R4, R4B and R5 before anything else reads it.
"""
