"""How much the tests try: `dev`, in every run, or `thorough`, by `make thorough`.

IMSR_TESTS names the profile. `dev` tries the same examples in every run, so the same code gets the
same verdict; `thorough` draws new ones, more of them, and every combination where `dev` takes a
covering part.
"""

import os
from typing import Final

from hypothesis import HealthCheck, settings

PROFILE: Final = os.environ.get("IMSR_TESTS", "dev")
IS_THOROUGH: Final = PROFILE == "thorough"
TIMES: Final = 10
"""So many times the examples of `dev` are drawn in `thorough`."""

settings.register_profile("dev", deadline=None, derandomize=True)
settings.register_profile(
    "thorough",
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile(PROFILE)


def examples(number: int, *, thorough: int | None = None) -> int:
    """How many examples are drawn: `number` in `dev`, else `thorough` or ten times as many."""
    return (thorough or number * TIMES) if IS_THOROUGH else number
