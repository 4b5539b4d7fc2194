"""A service in a process of its own that can be left without descriptors.

It writes its URL; `use up` on its standard input takes every descriptor, `give back` frees them.
Each is answered with a line.
"""

import os
import resource
import sys
from pathlib import Path

from cds_service.app import create_app
from cds_service.cli.running_service import running_service
from tests.contract.services import settings


def main() -> None:
    """Serve until the standard input ends."""
    with running_service(create_app(settings()), "127.0.0.1", 0) as url:
        _say(url)
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        taken: list[int] = []
        for line in sys.stdin:
            if line.strip() == "use up":
                most = max(int(each.name) for each in Path("/dev/fd").iterdir()) + 1
                resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
                taken = _all_that_are_left()
            else:
                for descriptor in taken:
                    os.close(descriptor)
                resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            _say("done")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _all_that_are_left() -> list[int]:
    found: list[int] = []
    while True:
        try:
            found.append(os.dup(0))
        except OSError:
            return found


if __name__ == "__main__":
    main()
