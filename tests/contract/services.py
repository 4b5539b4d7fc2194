"""The service under test: whole, or its HTTP shell round a checker of the test's own."""

from collections.abc import Callable
from datetime import date

from cds_service.app import create_app
from cds_service.assessing import ExplainedAssessment
from cds_service.hooks.cds_hooks import HookAnswer, HookCall
from cds_service.settings.client_options import Anybody
from cds_service.settings.settings import Settings, read_settings
from cds_service.web.routes import Collaborators, http_interface
from tests.contract.calls import TODAY
from tests.contract.checked_client import CheckedClient

TEMPLATES = {"patient": "Patient/{{context.patientId}}"}


def settings(**environ: str) -> Settings:
    """Development mode on the day of the referral, and what a test sets besides."""
    return read_settings({"IMSR_MODE": "development", "IMSR_TODAY": TODAY, **environ})


def service(**environ: str) -> CheckedClient:
    """The whole service."""
    return CheckedClient(create_app(settings(**environ)))


class Checker:
    """A checker that remembers its calls and answers, or raises, what the test says."""

    def __init__(self, answer: Callable[[HookCall], HookAnswer] | None = None) -> None:
        self.calls: list[HookCall] = []
        self._answer = answer or (lambda _: HookAnswer())

    def answer(self, call: HookCall) -> HookAnswer:
        """The answer of the test."""
        self.calls.append(call)
        return self._answer(call)

    def explain(self, call: HookCall) -> tuple[ExplainedAssessment, ...]:
        """Nothing: what is asked for is remembered."""
        self.calls.append(call)
        return ()

    @property
    def call(self) -> HookCall:
        """The only call that came through."""
        (call,) = self.calls
        return call


def shell(checker: Checker | None = None, **environ: str) -> CheckedClient:
    """The HTTP shell alone, in production form where the test sets another mode."""
    return _shell(checker or Checker(), settings(**environ))


def production_shell(checker: Checker, **environ: str) -> CheckedClient:
    """The HTTP shell in production mode, to which anybody is let in by the test."""
    return _shell(checker, read_settings(environ))


def _shell(checker: Checker, settings: Settings) -> CheckedClient:
    collaborators = Collaborators(
        checker=checker,
        prefetch_templates=lambda *_: TEMPLATES,
        today=lambda: date(2026, 6, 15),
        callers=Anybody(settings.client_options),
    )
    return CheckedClient(http_interface(settings, collaborators))
