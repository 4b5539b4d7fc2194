"""A made-up Dutch GP practice: its patients and what its record shows of them.

Every number is drawn from `assumptions`, where each has a name and its reason. Nobody in it
exists. A patient depends on the seed and on their own number alone, so a practice of any size can
be made, and each patient again by itself.

`patients` makes people with the care that they really had and what the GP's record holds of it,
`resources` writes that record as FHIR, `referrals` makes a call of a CDS client of it, `export`
writes many of them as files of a FHIR Bulk Data export.
"""
