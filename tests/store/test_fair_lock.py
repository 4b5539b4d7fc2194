"""Who asks first is served first, and nobody waits for ever."""

import threading
import time

import pytest

from cds_service.store.fair_lock import FairLock


def test_the_lock_is_given_in_the_order_in_which_it_was_asked_for() -> None:
    lock, order = FairLock(), []

    def take(number: int) -> None:
        with lock.hold(10):
            order.append(number)

    with lock.hold(10):
        threads = [threading.Thread(target=take, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
            time.sleep(0.02)
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4, 5]


def test_a_lock_that_is_not_given_in_time_is_not_waited_for() -> None:
    lock = FairLock()
    with lock.hold(1):
        with pytest.raises(TimeoutError), lock.hold(0.05):
            raise AssertionError
        with pytest.raises(TimeoutError), lock.hold(0):
            raise AssertionError
    with lock.hold(0):
        pass


def test_an_error_releases_the_lock() -> None:
    lock = FairLock()
    with pytest.raises(KeyError), lock.hold(0):
        raise KeyError
    with lock.hold(0):
        pass
