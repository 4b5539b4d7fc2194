"""The made-up practice as a FHIR Bulk Data export: one NDJSON file per type, plain or gzip.

The same number of patients and the same seed give the same bytes.
"""

import gzip
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import IO, Final

import msgspec

from cds_service.synthetic_practice.assumptions import Assumptions
from cds_service.synthetic_practice.patients import REFERRAL_DAY, Patient, moved, patients
from cds_service.synthetic_practice.referrals import reasons_of, sent_order
from cds_service.synthetic_practice.resources import Json, every_role, resources

TYPES: Final = (
    "Patient",
    "Encounter",
    "Procedure",
    "Condition",
    "ServiceRequest",
    "QuestionnaireResponse",
    "PractitionerRole",
    "Practitioner",
    "Organization",
    "Location",
)
"""The files; one is empty where the practice holds nothing of a type, which says: there is none."""

_CLINICAL: Final = "http://terminology.hl7.org/CodeSystem/condition-clinical"
_PROGRESS_EACH: Final = 100


def write_export(  # noqa: PLR0913 - one name for each thing that is chosen
    folder: Path,
    number: int,
    *,
    seed: int,
    assumptions: Assumptions,
    is_compressed: bool = False,
    progress: Callable[[int], None] = lambda _: None,
) -> None:
    """Write the record of so many patients into a folder that exists.

    `progress` is told how many patients were written since it was last told.
    """
    encode = msgspec.json.Encoder().encode
    with ExitStack() as stack:
        files = {each: stack.enter_context(_file(folder, each, is_compressed)) for each in TYPES}

        def write(resource: Json) -> None:
            files[resource["resourceType"]].write(encode(resource) + b"\n")

        for resource in every_role():
            write(resource)
        for patient in patients(number, seed=seed, assumptions=assumptions):
            days = Random(f"{seed}/{patient.number}/day").randint(*assumptions.days_of_referral)  # noqa: S311 no secret
            for resource in _record(patient, days):
                write(resource)
            if patient.number % _PROGRESS_EACH == 0:
                progress(_PROGRESS_EACH)
        progress(number % _PROGRESS_EACH)


@contextmanager
def _file(folder: Path, resource_type: str, is_compressed: bool) -> Iterator[IO[bytes]]:  # noqa: FBT001
    path = folder / f"{resource_type}.ndjson{'.gz' if is_compressed else ''}"
    with path.open("wb") as raw:
        if not is_compressed:
            yield raw
            return
        # neither a name nor a time in it, so that the bytes stay the same
        with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=raw, mtime=0) as packed:
            yield packed  # type: ignore[misc]


def _record(patient: Patient, days: int) -> Iterator[Json]:
    """What the export holds of a patient who is referred so many days after the usual day."""
    theirs = moved(patient, days)
    day = REFERRAL_DAY + timedelta(days=days)
    record = resources(theirs)
    yield record.patient
    yield from record.encounters
    yield from record.own_referrals
    for at, reason in enumerate(reasons_of(patient.wish)):
        yield {
            "resourceType": "Condition",
            "id": f"p{patient.number}-condition-{at}",
            "clinicalStatus": {"coding": [{"system": _CLINICAL, "code": "active"}]},
            "code": reason,
            "subject": {"reference": f"Patient/p{patient.number}"},
            "recordedDate": day.isoformat(),
        }
    yield sent_order(theirs, day)
