"""A second reading of the policy, written from its text alone; plain, slow, and naive on purpose.

It shares the words of the domain (contacts, causes, criteria) and none of its reasoning. Where it
and the service disagree, one of the two has misread the policy.
"""
