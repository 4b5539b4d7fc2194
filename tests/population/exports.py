"""Exports for tests: folders of NDJSON, runs over them, and what came out."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq
from click.testing import CliRunner, Result

from cds_service.cli import main
from tests.builders.codes import Json

TYPES: Final = (
    "Patient",
    "Encounter",
    "Procedure",
    "ServiceRequest",
    "PractitionerRole",
    "Organization",
)
PHYSIO: Final = {
    "resourceType": "PractitionerRole",
    "id": "physio",
    "specialty": [
        {"coding": [{"system": "http://fhir.nl/fhir/NamingSystem/uzi-rolcode", "code": "04.000"}]}
    ],
    "organization": {"reference": "Organization/practice"},
}
PSYCHOLOGIST: Final = {
    "resourceType": "PractitionerRole",
    "id": "psychologist",
    "specialty": [
        {"coding": [{"system": "http://fhir.nl/fhir/NamingSystem/uzi-rolcode", "code": "25.000"}]}
    ],
    "organization": {"reference": "Organization/practice"},
}
PRACTICE: Final = {
    "resourceType": "Organization",
    "id": "practice",
    "type": [
        {
            "coding": [
                {"system": "http://nictiz.nl/fhir/NamingSystem/organization-type", "code": "Z3"}
            ]
        }
    ],
}
SPREAD: Final = ("01-06", "01-27", "02-17", "03-10", "03-24", "04-07")
"""Six days over thirteen weeks of 2026."""


def patient(number: int) -> Json:
    return {"resourceType": "Patient", "id": f"p{number}", "birthDate": "1980-05-01"}


def referral(number: int, day: str = "2026-06-15", order: str = "r") -> Json:
    return {
        "resourceType": "ServiceRequest",
        "id": f"p{number}-{order}",
        "status": "active",
        "intent": "order",
        "subject": {"reference": f"Patient/p{number}"},
        "authoredOn": day,
        "code": {"text": "Interdisciplinaire medisch specialistische revalidatie (iMSR)"},
        "reasonCode": [
            {"coding": [{"system": "http://hl7.org/fhir/sid/icpc-1-nl", "code": "A01.01"}]}
        ],
    }


def encounters(number: int, role: str, days: Iterable[str] = SPREAD) -> list[Json]:
    return [
        {
            "resourceType": "Encounter",
            "id": f"p{number}-{role}-{day}",
            "status": "finished",
            "class": {
                "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
                "code": "AMB",
            },
            "subject": {"reference": f"Patient/p{number}"},
            "period": {"start": f"2026-{day}", "end": f"2026-{day}"},
            "participant": [{"individual": {"reference": f"PractitionerRole/{role}"}}],
            "serviceProvider": {"reference": "Organization/practice"},
        }
        for day in days
    ]


def treated(number: int) -> list[Json]:
    """A patient who is referred, with physiotherapy and psychology enough: met."""
    return [
        patient(number),
        *encounters(number, "physio"),
        *encounters(number, "psychologist"),
        referral(number),
    ]


def little_treated(number: int) -> list[Json]:
    """A patient who is referred, with physiotherapy of three sessions: not met."""
    return [
        patient(number),
        *encounters(number, "physio", SPREAD[:3]),
        *encounters(number, "psychologist"),
        referral(number),
    ]


def write_export(folder: Path, resources: Iterable[Mapping[str, Any]]) -> Path:
    """The resources and the directory as NDJSON, with an empty file for each other type."""
    folder.mkdir(parents=True, exist_ok=True)
    lines: dict[str, list[str]] = {kind: [] for kind in TYPES}
    for each in (*resources, PHYSIO, PSYCHOLOGIST, PRACTICE):
        lines.setdefault(each["resourceType"], []).append(json.dumps(each))
    for kind, own in lines.items():
        (folder / f"{kind}.ndjson").write_text("".join(f"{line}\n" for line in own))
    return folder


def add_line(folder: Path, kind: str, line: bytes) -> None:
    with (folder / f"{kind}.ndjson").open("ab") as file:
        file.write(line)


def run(source: Path, out: Path, *options: str) -> Result:
    """`imsr-cds population run`, in this process."""
    key = out.with_name("key")
    if not key.exists():
        key.write_text("0123456789abcdef0123456789abcdef")
    given = ["population", "run", str(source), "--out", str(out), "--workers", "1"]
    return CliRunner().invoke(
        main, [*given, "--key-file", str(key), *options], catch_exceptions=False
    )


def rows(out: Path, table: str) -> list[dict[str, Any]]:
    """All rows of a table, in the order of the files."""
    files = sorted((out / table).glob("*.parquet"))
    return [row for file in files for row in pq.read_table(file).to_pylist()]


def outcomes(out: Path) -> list[tuple[str, list[str]]]:
    """Outcome and causes of each referral, sorted."""
    return sorted((row["outcome"], row["because"]) for row in rows(out, "outcomes"))
