"""A number of seconds for one call, of which those of the caller itself are none."""

import pytest

from cds_service.fhir_access import Deadline
from tests.fhir_access.virtual_time import VirtualTime


@pytest.fixture
def time_() -> VirtualTime:
    return VirtualTime()


@pytest.fixture
def deadline(time_: VirtualTime) -> Deadline:
    return Deadline(4.0, time_.clock, time_.sleep)


def test_it_ends(deadline: Deadline, time_: VirtualTime) -> None:
    time_.sleep(1.5)
    assert (deadline.remaining(), deadline.expired) == (2.5, False)
    time_.sleep(2.5)
    assert (deadline.remaining(), deadline.expired) == (0.0, True)
    time_.sleep(1.0)
    assert (deadline.remaining(), deadline.seconds) == (0.0, 4.0)


def test_while_it_is_stopped_no_time_is_lost(deadline: Deadline, time_: VirtualTime) -> None:
    time_.sleep(1.0)
    with deadline.stopped():
        time_.sleep(20.0)
    assert deadline.remaining() == 3.0


def test_a_pause_ends_with_it(deadline: Deadline, time_: VirtualTime) -> None:
    deadline.pause(1.0)
    deadline.pause(60.0)
    assert (time_.clock(), deadline.expired) == (4.0, True)


def test_what_goes_wrong_while_it_is_stopped_starts_it_again(
    deadline: Deadline, time_: VirtualTime
) -> None:
    def break_off() -> None:
        time_.sleep(20.0)
        raise ConnectionError

    with pytest.raises(ConnectionError), deadline.stopped():
        break_off()
    assert deadline.remaining() == 4.0
    time_.sleep(1.0)
    assert deadline.remaining() == 3.0
