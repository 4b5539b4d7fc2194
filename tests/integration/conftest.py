"""A second HAPI server for the whole folder: small pages, few includes, impatient connections."""

from collections.abc import Iterator

import pytest

from cds_service.demo.local_hapi import HapiSwitches, LocalHapiUnavailableError, local_hapi

SMALL = HapiSwitches(max_page_size=5, max_includes=6, idle_millis=3000, heap="768m")


@pytest.fixture(scope="session")
def small_hapi() -> Iterator[str]:
    """The base URL of a HAPI server that gives five matches and six includes a page.

    It closes a connection that was idle for three seconds, also one on which it works that long.
    """
    try:
        with local_hapi(SMALL, say=lambda _: None) as server:
            yield server.base_url
    except LocalHapiUnavailableError as unavailable:
        pytest.skip(f"no HAPI server: {unavailable.why}")
