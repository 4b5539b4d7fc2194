"""The places of those who call at once, shared fairly: one client never has them all.

A client whose FHIR server is slow keeps each of its places for as long as a call may take. Without
a share of its own it would soon have every place, and nobody else could call.
"""

from collections import Counter

from cds_service.errors import TooManyCallsError


class FairShare:
    """How many calls of each client are at work. Only the event loop counts: no lock."""

    def __init__(self, most_of_one: int) -> None:
        self._most_of_one = most_of_one
        self._at_work: Counter[str] = Counter()

    def place(self) -> "Place":
        """The place of one call, which nobody has yet."""
        return Place(self)

    def take(self, client: str) -> None:
        """Count a call in. Raises TooManyCallsError where the client has its share already."""
        if self._at_work[client] >= self._most_of_one:
            raise TooManyCallsError
        self._at_work[client] += 1

    def give_back(self, client: str) -> None:
        """Count a call out."""
        self._at_work[client] -= 1
        if not self._at_work[client]:
            del self._at_work[client]


class Place:
    """The place of one call."""

    def __init__(self, share: FairShare) -> None:
        self._share = share
        self._client: str | None = None

    def take(self, client: str) -> None:
        """Take it for a client; where nobody is told apart (development mode), for nobody.

        Raises TooManyCallsError where the client has its share already.
        """
        if client:
            self._share.take(client)
            self._client = client

    def give_back(self) -> None:
        """Leave it, if it was taken."""
        if self._client is not None:
            self._share.give_back(self._client)
            self._client = None


def most_of_one(most: int, setting: int, *, clients: int) -> int:
    """The share of one client in so many places; `setting` 0: as is usual for so many clients."""
    if setting:
        return min(setting, most)
    return most if clients <= 1 else max(1, most * 3 // 4)
