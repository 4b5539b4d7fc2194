"""An EHR and a browser at a site that trusts it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.smart.browser import Browser, PageSite
from tests.smart.ehr import SmartEhr, running


@pytest.fixture
def ehr() -> Iterator[SmartEhr]:
    """An EHR that does everything right until a test says otherwise."""
    with running(SmartEhr()) as started:
        yield started


@pytest.fixture
def site(tmp_path: Path, ehr: SmartEhr) -> PageSite:
    """A site that trusts it."""
    return PageSite(tmp_path, ehr)


@pytest.fixture
def browser(site: PageSite) -> Browser:
    """A browser at one worker of the site."""
    return Browser(site.app())
