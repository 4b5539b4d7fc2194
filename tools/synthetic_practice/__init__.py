"""The service held to a made-up practice (:mod:`cds_service.synthetic_practice`) and the truth.

`truth` says what the care of a patient really amounted to, `answers` and `table` hold the service
to it:

    python -m tools.synthetic_practice --referrals 1000
"""
