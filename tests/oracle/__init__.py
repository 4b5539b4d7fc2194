"""A second, independent implementation of the policy, to hold the domain against.

It is written from the text of the policy and shares no rule with the domain: naive, slow, and as
near to the words as it can be. It has words of its own for what a record says (`entries`), so that
it can be read beside the policy without the domain. `agreement` translates between the two.
"""
