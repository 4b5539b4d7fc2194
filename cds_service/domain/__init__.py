"""The rule of 20 April 2026, in plain Python: facts in, assessment out.

Nothing here knows FHIR, JSON, HTTP or the clock. What the record says arrives as
:class:`~cds_service.domain.contacts.Contact`; what the policy makes of it leaves as
:class:`~cds_service.domain.assessment.Assessment`.
"""
