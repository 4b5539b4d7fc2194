"""What is kept of a page can be opened with its key, as its row, and in no other way."""

from cds_service.smart.sealing import Sealing

SEALING = Sealing(b"a-key-of-the-test-that-is-long-enough")
CONTENT = {"access_token": "secret", "until": 7.5}


def test_it_opens_as_its_row_and_as_no_other() -> None:
    sealed = SEALING.seal("row", CONTENT)
    assert SEALING.open("row", sealed) == {"access_token": "secret", "until": 7.5}
    assert SEALING.open("another row", sealed) is None


def test_another_key_opens_nothing() -> None:
    sealed = SEALING.seal("row", CONTENT)
    assert Sealing(b"another-key-of-the-test-long-enough").open("row", sealed) is None


def test_one_changed_bit_is_noticed() -> None:
    sealed = SEALING.seal("row", CONTENT)
    for place in range(len(sealed)):
        changed = bytes(each ^ 1 if at == place else each for at, each in enumerate(sealed))
        assert SEALING.open("row", changed) is None
    assert SEALING.open("row", b"") is None


def test_nothing_is_sealed_twice_alike() -> None:
    assert SEALING.seal("row", CONTENT) != SEALING.seal("row", CONTENT)
    assert b"secret" not in SEALING.seal("row", CONTENT)
