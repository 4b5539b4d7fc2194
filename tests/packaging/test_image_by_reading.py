"""What reading tells of the image: linters, and our own rules. Nothing is built here."""

import yaml

from tests.packaging.checkout import ROOT, SCRIPTS, run
from tests.packaging.dockerfile import DOCKERFILE, only, sources, stages

DOCKER = ROOT / "docker"
COMPOSE = yaml.safe_load((DOCKER / "compose.yaml").read_text())


def test_hadolint_has_nothing_to_say() -> None:
    linted = run(
        [str(SCRIPTS / "hadolint"), "--failure-threshold", "style", str(DOCKERFILE)], folder=DOCKER
    )
    assert (linted.returncode, linted.stdout) == (0, "")


def test_compose_file_fits_the_schema_of_the_compose_specification() -> None:
    schema = ("--builtin-schema", "vendor.compose-spec")
    checked = run(
        [str(SCRIPTS / "check-jsonschema"), *schema, "compose.yaml"],
        folder=DOCKER,
    )
    assert checked.returncode == 0, checked.stdout


def test_compose_lint_finds_nothing_but_the_exceptions_with_a_reason() -> None:
    rules = ("--config", "compose-lint.yaml", "--strict-config", "--fail-on", "low")
    linted = run(
        [str(SCRIPTS / "compose-lint"), "check", *rules, "compose.yaml"],
        folder=DOCKER,
    )
    assert linted.returncode == 0, linted.stdout


def test_the_image_runs_as_a_numbered_user_who_is_not_root() -> None:
    assert only(stages()[-1], "USER").rest == "10001:10001"


def test_the_last_stage_installs_nothing_and_takes_only_the_finished_environment() -> None:
    last = stages()[-1]
    assert [step.word for step in last if step.word in ("RUN", "ADD")] == []
    assert only(last, "COPY").rest == "--from=build /opt/imsr-cds /opt/imsr-cds"


def test_all_that_the_image_copies_exists_and_reaches_the_build() -> None:
    copied = {source for step in stages()[0] if step.word == "COPY" for source in sources(step)}
    ignore_file = (DOCKER / "Dockerfile.dockerignore").read_text().splitlines()
    let_in = {line.removeprefix("!") for line in ignore_file if line.startswith("!")}
    assert "*" in ignore_file  # everything else stays out: .git, .venv, tests
    assert copied == let_in
    assert [source for source in copied if not (ROOT / source).exists()] == []


def test_compose_builds_the_dockerfile_that_is_tested_here() -> None:
    build = COMPOSE["services"]["service"]["build"]
    assert (DOCKER / build["context"]).resolve() == ROOT
    assert (ROOT / build["dockerfile"]) == DOCKERFILE


def test_compose_opens_ports_on_loopback_only() -> None:
    services = COMPOSE["services"].values()
    ports = [port for service in services for port in service.get("ports", [])]
    assert ports == ["127.0.0.1:8090:8080"]


def test_demo_patients_are_loaded_into_the_hapi_of_the_compose_file() -> None:
    load = COMPOSE["services"]["demo-patients"]
    assert load["image"] == COMPOSE["services"]["service"]["image"]
    assert load["command"][-2:] == ["--server", "http://127.0.0.1:8090/fhir"]


def test_the_command_of_the_demo_load_exists() -> None:
    *words, _, _ = COMPOSE["services"]["demo-patients"]["command"]
    assert words == ["imsr-cds", "demo", "load"]
    helped = run([str(SCRIPTS / "imsr-cds"), "demo", "load", "--help"], folder=ROOT)
    assert helped.returncode == 0, helped.stderr
    assert "--server" in helped.stdout
