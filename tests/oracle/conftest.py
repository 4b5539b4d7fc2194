"""Every judge of a record, for tests that hold each of them to the same expectations."""

import pytest

from tests.properties.judges import JUDGES, Judge


@pytest.fixture(params=JUDGES.values(), ids=list(JUDGES))
def judge(request: pytest.FixtureRequest) -> Judge:
    """The second reading, and the domain."""
    made: Judge = request.param
    return made
