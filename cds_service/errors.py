"""The errors that this service raises.

ReferralCheckError              whatever goes wrong while a referral is checked
    RecordNotOfferedError       neither prefetch nor access: nothing can be said (412)
InvalidCriteriaError            a rule file is wrong; every fault with its path
InvalidSettingsError            a setting is wrong; every fault with its name
"""


class ReferralCheckError(Exception):
    """Whatever goes wrong while a referral is checked."""


class RecordNotOfferedError(ReferralCheckError):
    """The call offers neither the encounters nor the procedures, and no way to fetch them."""


class InvalidCriteriaError(Exception):
    """A rule file is wrong. `faults` holds every fault, each with file and path."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class InvalidSettingsError(Exception):
    """A setting is wrong. `faults` holds every fault, each with the name of the setting."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults
