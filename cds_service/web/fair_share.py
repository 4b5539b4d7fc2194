"""The places of those who call at once, shared fairly: one client never has them all.

A client whose FHIR server is slow keeps each of its places for as long as a call may take. Without
a share of its own it would soon have every place, and nobody else could call.
"""

from collections import Counter

from cds_service.errors import TooManyCallsError

_LOBBY = 2  # times as many places as there are behind it


class FairShare:
    """The calls that are at work, by client. Only the event loop counts: no lock.

    Who calls is known only after authentication. Until then a call stands in a lobby with places
    of its own: those of a client that has its share already must not fill the house.
    """

    def __init__(self, most: int, most_of_one: int) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._at_work: Counter[str] = Counter()
        self._recognised = self._arrived = 0

    @property
    def at_work(self) -> int:
        """How many calls have a place, in the lobby or behind it."""
        return self._arrived

    @property
    def _in_lobby(self) -> int:
        return self._arrived - self._recognised

    def arrive(self) -> "Place":
        """The place of one call in the lobby. Raises TooManyCallsError."""
        if self._recognised >= self._most or self._in_lobby >= _LOBBY * self._most:
            raise TooManyCallsError
        self._arrived += 1
        return Place(self)

    def take(self, client: str) -> None:
        """Count a call of the lobby in. Raises TooManyCallsError.

        Where nobody is told apart (development mode), `client` is empty and has no share.
        """
        is_served = bool(client) and self._at_work[client] >= self._most_of_one
        if is_served or self._recognised >= self._most:
            raise TooManyCallsError
        self._at_work[client] += 1
        self._recognised += 1

    def leave(self, client: str | None) -> None:
        """Count a call out; `client` None: it never left the lobby."""
        self._arrived -= 1
        if client is not None:
            self._recognised -= 1
            self._at_work[client] -= 1
            if not self._at_work[client]:
                del self._at_work[client]


class Place:
    """The place of one call."""

    def __init__(self, share: FairShare) -> None:
        self._share = share
        self._client: str | None = None

    def take(self, client: str) -> None:
        """Go on from the lobby as a client. Raises TooManyCallsError."""
        self._share.take(client)
        self._client = client

    def leave(self) -> None:
        """Give it back."""
        self._share.leave(self._client)


def most_of_one(most: int, setting: int, *, clients: int) -> int:
    """The share of one client in so many places; `setting` 0: as is usual for so many clients."""
    if setting:
        return min(setting, most)
    return most if clients <= 1 else max(1, most * 3 // 4)
