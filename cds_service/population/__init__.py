"""Every referral of a practice, a hospital or a region, judged by the rule that answers a call.

`export_files` finds the files of a FHIR Bulk Data export, `lines` and `heads` tell what each line
is and whose, `partition` puts the lines of one patient together, `judging` makes of them what a
hook call would have brought and lets the same code judge it, `rows` and `tables` write that down,
`run` does it all in processes and goes on where it was ended.
"""
