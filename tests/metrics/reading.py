"""Reading /metrics as Prometheus does."""

from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample


def exposition(app: FastAPI) -> str:
    """The text of /metrics."""
    answer = TestClient(app).get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert answer.headers["cache-control"] == "no-store"
    return str(answer.text)


def samples(app: FastAPI) -> list[Sample]:
    """Every sample that is told."""
    families = text_string_to_metric_families(exposition(app))
    return [sample for family in families for sample in family.samples]


def value(app: FastAPI, name: str, **labels: str) -> float:
    """The sum over the samples of a name that have these labels."""
    return sum(
        sample.value
        for sample in samples(app)
        if sample.name == name and labels.items() <= sample.labels.items()
    )
