"""Instructions of one call, counted by valgrind's callgrind: the same on a busy machine.

python -m tools.bench.instructions            # fixed part, and part of each contact
python -m tools.bench.instructions --at-most 21000000 400000   # exit code 1 above that
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import Final

_CALLS: Final = (10, 40)
_CONTACTS: Final = (20, 220)
_COLLECTED: Final = re.compile(r"Collected : (\d+)")


class ValgrindMissingError(Exception):
    """There is no valgrind on this machine."""


@dataclass(frozen=True, slots=True)
class Instructions:
    """What one call takes: so much whatever its record holds, and so much for each contact."""

    fixed: float
    per_contact: float


def instructions() -> Instructions:
    """Counted from calls with two sizes of record, so that the start does not count.

    Raises ValgrindMissingError where it cannot be counted.
    """
    program = shutil.which("valgrind")
    if program is None:
        raise ValgrindMissingError("valgrind is not installed (Debian package `valgrind`)")
    small, large = (_of_one_call(program, contacts) for contacts in _CONTACTS)
    per_contact = (large - small) / (_CONTACTS[1] - _CONTACTS[0])
    return Instructions(small - per_contact * _CONTACTS[0], per_contact)


def _of_one_call(program: str, contacts: int) -> float:
    few, many = (_collected(program, contacts, calls) for calls in _CALLS)
    return (many - few) / (_CALLS[1] - _CALLS[0])


def _collected(program: str, contacts: int, calls: int) -> int:
    command = (
        program,
        "--tool=callgrind",
        "--callgrind-out-file=/dev/null",
        sys.executable,
        "-m",
        "tools.bench.in_process",
        str(contacts),
        str(calls),
    )
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found = _COLLECTED.search(done.stderr)
    if found is None:
        raise RuntimeError("callgrind did not say what it collected")
    return int(found[1])


def main() -> int:
    """Print the numbers; exit code 1 where they are above what is allowed."""
    found = instructions()
    sys.stdout.write(
        f"{found.fixed / 1e6:.1f} M instructions per call + {found.per_contact / 1e6:.3f} M"
        " per contact\n"
    )
    if "--at-most" not in sys.argv:
        return 0
    fixed, per_contact = map(float, sys.argv[sys.argv.index("--at-most") + 1 :][:2])
    return int(found.fixed > fixed or found.per_contact > per_contact)


if __name__ == "__main__":
    sys.exit(main())
