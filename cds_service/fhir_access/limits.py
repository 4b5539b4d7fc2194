"""How much may be fetched, how much at once, and how long it is kept."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Bounds of all that is fetched. Sizes are bytes after unzipping; durations are seconds."""

    answer_bytes: int = 16 * 2**20  # one answer; 500 Encounters are about 0.4 MB
    nesting: int = 64  # levels of objects and arrays in one answer
    call_bytes: int = 64 * 2**20  # all answers of one hook call; 10 000 contacts are about 8 MB
    call_values: int = 1_000_000  # JSON values of them; 10 000 contacts are some 400 000
    pages: int = 100  # of one search
    at_once: int = 8  # requests of one hook call that run at the same time
    workers: int = 64  # requests of the whole process that run at the same time
    workers_of_one: int = 32  # of them for one client, so that others never wait behind it
    waiting: int = 1024  # requests of the whole process that wait for a worker
    servers: int = 64  # base URLs that are remembered, with their connections
    directory_seconds: float = 300.0  # how long roles, people, places and organisations are kept
    directory_entries: int = 10_000
    directory_bytes: int = 64 * 2**20  # of memory, more or less; 10 000 roles are about 30 MB
    idle_seconds: float = 20.0  # HAPI's Jetty closes a connection after 30 seconds of silence
    retry_seconds: float = 0.1  # the pause before the one retry, where the server names none
    few: int = 4  # up to this many resources of a type are read one by one
    ids_per_search: int = 150  # 210 UUIDs reach the usual limit of 8 KiB for a request line
    id_characters: int = 6000  # the same limit for servers with long ids
    single_reads: int = 20  # what searches by id did not bring is read, up to this many
    circuit_failures: int = 5  # in a row, until a server counts as dead; 0: never
    circuit_seconds: float = 60.0  # the time in which they must happen
    circuit_pause_seconds: float = 15.0  # how long a dead server is left alone
    failure_after_seconds: float = 1.0  # a server that was given less time has not failed
