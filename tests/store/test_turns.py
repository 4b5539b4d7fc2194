"""Who asks first is served first, and nobody waits for ever."""

import threading
import time

import pytest

from cds_service.store.turns import Turns


def test_turns_come_in_the_order_in_which_they_were_asked_for() -> None:
    turns, order = Turns(), []

    def take(number: int) -> None:
        with turns.turn(10):
            order.append(number)

    with turns.turn(10):
        threads = [threading.Thread(target=take, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
            time.sleep(0.02)
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4, 5]


def test_a_turn_that_does_not_come_is_given_up() -> None:
    turns = Turns()
    with turns.turn(1):
        with pytest.raises(TimeoutError), turns.turn(0.05):
            raise AssertionError
        with pytest.raises(TimeoutError), turns.turn(0):
            raise AssertionError
    with turns.turn(0):
        pass


def test_an_error_in_a_turn_passes_it_on() -> None:
    turns = Turns()
    with pytest.raises(KeyError), turns.turn(0):
        raise KeyError
    with turns.turn(0):
        pass
