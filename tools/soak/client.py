"""A light client: its own work must not decide what is measured on a small machine."""

import asyncio
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tools.soak.calls import Call, fault_of

_PATIENCE: Final = 30.0  # seconds; then the call has hung
_OK: Final = 200


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of one call. `status` 0: no answer at all; `fault`: see `calls.fault_of`."""

    status: int
    seconds: float
    fault: str = ""
    retry_after: str = ""


class Client:
    """Calls over connections that stay open; each is used by one call at a time."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def call(self, call: Call) -> Reply:
        """Send a call and await its answer; an idle connection that was closed is no failure."""
        begun = time.perf_counter()
        try:
            async with asyncio.timeout(_PATIENCE):
                status, headers, body = await self._exchange(call.wire)
        except (OSError, EOFError, TimeoutError, asyncio.IncompleteReadError):
            return Reply(0, time.perf_counter() - begun)
        seconds = time.perf_counter() - begun
        fault = fault_of(call, body) if status == _OK else ""
        return Reply(status, seconds, fault, headers.get("retry-after", ""))

    def close(self) -> None:
        """Close what is idle."""
        while self._idle:
            self._idle.pop()[1].close()

    async def _exchange(self, wire: bytes) -> tuple[int, dict[str, str], bytes]:
        while self._idle:
            reader, writer = self._idle.pop()
            if not (reader.at_eof() or writer.is_closing()):
                try:
                    return await self._send(reader, writer, wire)
                except (ConnectionError, asyncio.IncompleteReadError) as error:
                    if getattr(error, "partial", b""):
                        raise
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        return await self._send(reader, writer, wire)

    async def _send(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wire: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        try:
            writer.write(wire)
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            named = (line.partition(":") for line in head[1:] if line)
            headers = {name.lower(): value.strip() for name, _, value in named}
            body = await reader.readexactly(int(headers["content-length"]))
        except BaseException:
            writer.close()
            raise
        if headers.get("connection", "").lower() == "close":
            writer.close()
        else:
            self._idle.append((reader, writer))
        return int(head[0].split(" ")[1]), headers, body


async def one_by_one(client: Client, calls: Iterator[Call], number: int) -> list[Reply]:
    """So many calls, each after the answer to the last one."""
    return [await client.call(next(calls)) for _ in range(number)]


async def at_once(
    client: Client, calls: Iterator[Call], *, callers: int, seconds: float
) -> list[Reply]:
    """So many callers, each of whom calls again as soon as it has its answer."""
    end = time.monotonic() + seconds

    async def keep_calling() -> list[Reply]:
        replies = []
        while time.monotonic() < end:
            replies.append(await client.call(next(calls)))
        return replies

    rounds = await asyncio.gather(*(keep_calling() for _ in range(callers)))
    return list(itertools.chain.from_iterable(rounds))


async def at_rate(
    client: Client, calls: Iterator[Call], *, per_second: float, seconds: float
) -> list[Reply]:
    """Calls at a fixed rate, whether answers come or not: doctors do not wait for each other."""
    begun = time.monotonic()
    waiting: set[asyncio.Task[None]] = set()
    replies: list[Reply] = []

    async def send(call: Call) -> None:
        replies.append(await client.call(call))

    for number in range(round(per_second * seconds)):
        await asyncio.sleep(max(0.0, begun + number / per_second - time.monotonic()))
        task = asyncio.create_task(send(next(calls)))
        waiting.add(task)
        task.add_done_callback(waiting.discard)
    await asyncio.gather(*waiting)
    return replies
