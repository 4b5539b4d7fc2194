"""Fixtures for all tests, what is told at their end, and the rule that CI skips nothing."""

import os
import sys
from collections.abc import Generator, Iterator
from uuid import uuid4

import pytest

from cds_service.demo.local_hapi import LocalHapiUnavailableError, local_hapi
from tests.faults.tally import summed
from tests.kit import not_run

# jsonschema looks for it at import, which then takes three seconds for grammars of addresses that
# no schema here names
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

NO_SKIPS = os.environ.get("IMSR_NO_SKIPS", "") not in ("", "0")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under IMSR_NO_SKIPS=1 a skipped test has failed: what is not run proves nothing."""
    report = yield
    if NO_SKIPS and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which IMSR_NO_SKIPS forbids: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A module skipped as a whole has failed as well."""
    report = yield
    if NO_SKIPS and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped, which IMSR_NO_SKIPS forbids: {report.longrepr}"
    return report


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """What the runs against faulty servers have shown, of all processes; and what was not run."""
    told = [each for word in ("passed", "failed") for each in terminalreporter.stats.get(word, [])]
    for way, tally in summed(each for each in told if each.when == "call").items():
        terminalreporter.write_sep("-", f"fault runs {way}")
        for line in tally.lines():
            terminalreporter.write_line(line)
    terminalreporter.write_sep("-", "not run")
    for line in not_run.lines(config, terminalreporter.stats.get("skipped", [])):
        terminalreporter.write_line(line)


@pytest.hookimpl(tryfirst=True)  # before xdist, which writes the group into the id
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of one HAPI server run in one process, so that it is started once.

    A module that starts servers of its own is a group. A group of more tests is handed out before
    those of fewer, so the servers start first, beside the tests of the other process.
    """
    for item in items:
        if item.get_closest_marker("hapi"):
            used = getattr(item, "fixturenames", ())
            shared = [server for server in ("hapi", "small_hapi") if server in used]
            group = shared[0] if shared else item.nodeid.partition("::")[0]
            item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def hapi(pytestconfig: pytest.Config) -> Iterator[str]:
    """The base URL of a real HAPI FHIR R4 server, started once per run.

    Its data lives as long as the run: give each test its own patients (`fresh_id`).
    """

    def say(text: str) -> None:
        terminal = pytestconfig.pluginmanager.get_plugin("terminalreporter")
        if terminal is not None:
            terminal.write_line(f"\nhapi: {text}")

    try:
        with local_hapi(say=say) as server:
            yield server.base_url
    except LocalHapiUnavailableError as unavailable:
        pytest.skip(f"no HAPI server: {unavailable.why}")


@pytest.fixture
def fresh_id() -> str:
    """An id that no other test has used, fit for a resource on the shared HAPI server."""
    return f"t{uuid4().hex[:20]}"
