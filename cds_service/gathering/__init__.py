"""From a call to a record: our referrals among its orders, and everything that is known to judge.

Its face are the modules `record_request` (what is asked), `record_access` (which server may be
asked), `find_referrals` and `gather_record`, each named after its function. Private are
`missing_parts` and `referenced_resources`, the rounds of fetching, and `stated_care`, what came of
the statements.
"""
