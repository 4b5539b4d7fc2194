"""Calls compute one after another; none waits longer than its own time."""

import threading
import time

import pytest

from cds_service.fhir_access.computing_turns import (
    WouldWaitError,
    computing,
    computing_at_once,
    waiting,
)


def plenty() -> float:
    return 30.0


def in_another_thread(remaining: float = 0.2) -> bool:
    """Whether another call has its turn without waiting for this one."""
    took: list[float] = []

    def take() -> None:
        begun = time.monotonic()
        with computing(lambda: remaining):
            took.append(time.monotonic() - begun)

    thread = threading.Thread(target=take)
    thread.start()
    thread.join()
    return took[0] < remaining


def test_one_computes_at_a_time() -> None:
    with computing(plenty):
        assert not in_another_thread()
    assert in_another_thread()


def test_who_waits_lets_others_compute_and_then_has_its_turn_again() -> None:
    with computing(plenty):
        with waiting():
            assert in_another_thread()
        assert not in_another_thread()
    assert in_another_thread()


def test_who_has_no_time_left_goes_on_and_takes_no_turn_from_the_other() -> None:
    with computing(plenty):
        assert not in_another_thread(0.0)
        assert not in_another_thread(0.0)
    assert in_another_thread()


def test_no_turn_after_a_wait_is_none_that_is_given_back() -> None:
    """The time of the first is over while it waits, and a second one computes by then."""
    left = [30.0]
    is_computing, end = threading.Event(), threading.Event()

    def compute() -> None:
        with computing(plenty):
            is_computing.set()
            end.wait(30)

    second = threading.Thread(target=compute)
    with computing(lambda: left[0]):
        with waiting():
            second.start()
            assert is_computing.wait(30)
            left[0] = 0.0
        with waiting():
            pass
    assert not in_another_thread()
    end.set()
    second.join()
    assert in_another_thread()


def test_an_error_ends_a_turn() -> None:
    with pytest.raises(KeyError), computing(plenty):
        raise KeyError
    with pytest.raises(KeyError), computing(plenty), waiting():
        raise KeyError
    assert in_another_thread()


def test_without_a_turn_there_is_nothing_to_give_up() -> None:
    with waiting():
        assert in_another_thread()
    assert in_another_thread()


def test_what_is_computed_at_once_has_its_turn_and_gives_it_back() -> None:
    with computing_at_once():
        assert not in_another_thread()
    assert in_another_thread()


def test_nothing_is_computed_at_once_while_another_computes() -> None:
    with computing(plenty), pytest.raises(WouldWaitError), computing_at_once():
        pytest.fail("there was no turn")
    assert in_another_thread()


def test_what_is_computed_at_once_stops_where_it_would_wait() -> None:
    with pytest.raises(WouldWaitError), computing_at_once(), waiting():
        pytest.fail("it waits")
    assert in_another_thread()
    with computing(plenty), waiting():
        assert in_another_thread()
