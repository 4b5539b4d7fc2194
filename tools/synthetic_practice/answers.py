"""What the service says of a referral, held against the truth."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from fastapi.testclient import TestClient

from cds_service.app import create_app
from cds_service.settings.settings import read_settings
from cds_service.synthetic_practice.patients import REFERRAL_DAY, Patient
from cds_service.synthetic_practice.referrals import hook_call
from tools.synthetic_practice.truth import Truth, truth

Json = dict[str, Any]
_EXTENSION: Final = "nl.imsr-cds.assessments"


@dataclass(frozen=True, slots=True)
class Answer:
    """The first card for a referral, its assessment, and the truth beside them."""

    patient: Patient
    truth: Truth
    card: Json | None
    assessment: Json

    @property
    def kind(self) -> str:
        """The outcome with its causes, and how strongly the card speaks."""
        if self.card is None:
            return "no card"
        because = ", ".join(self.assessment.get("because", []))
        outcome = self.assessment["outcome"] + (f" ({because})" if because else "")
        return f"{self.card['indicator']}: {outcome}"

    @property
    def criteria(self) -> dict[str, Json]:
        """Each criterion by its id; empty where the criteria do not apply."""
        return {
            criterion["id"]: criterion
            for option in self.assessment.get("options", [])
            for criterion in option["criteria"]
        }

    @property
    def is_specific(self) -> bool:
        """Whether it says anything about this patient's care, or that the criteria do not apply."""
        if self.assessment.get("outcome") == "not_applicable":
            return True
        shows = any(
            each["outcome"] != "indeterminate" or each["sessions"].get("possible", 1) != 0
            for each in self.criteria.values()
            if each["id"] != "psychosomatic-therapy"
        )
        return shows or bool(self.assessment.get("pointers"))

    @property
    def is_right(self) -> bool:
        """Whether nothing that it states is untrue."""
        if self.assessment.get("outcome") == "not_applicable":
            return not self.truth.is_applicable
        return all(
            each["outcome"] == "indeterminate"
            or each["id"] == "psychosomatic-therapy"  # without a trace: worded "not found"
            or (each["outcome"] == "met") == self.truth.criteria[each["id"]]
            for each in self.criteria.values()
        )

    @property
    def is_warning(self) -> bool:
        """Whether the card is one that asks for attention at signing."""
        return self.card is not None and self.card["indicator"] == "warning"

    @property
    def is_warning_of_met_care(self) -> bool:
        """A warning about a patient to whom the criteria apply and whose real care met them."""
        return self.is_warning and self.truth.is_applicable and self.truth.meets_the_numbers

    @property
    def is_silence(self) -> bool:
        """No card, although the criteria apply."""
        return self.card is None and self.truth.is_applicable


def answers(patients: Iterable[Patient]) -> Iterator[Answer]:
    """What the service of this repository answers, in process, on the day of the referrals."""
    settings = read_settings(
        {"IMSR_MODE": "development", "IMSR_TODAY": REFERRAL_DAY.isoformat()},
    )
    client = TestClient(create_app(settings))
    for patient in patients:
        response = client.post("/cds-services/imsr-order-sign", json=hook_call(patient))
        response.raise_for_status()
        body = response.json()
        assessments = body.get("extension", {}).get(_EXTENSION, [])
        yield Answer(
            patient=patient,
            truth=truth(patient),
            card=next(iter(body["cards"]), None),
            assessment=assessments[0] if assessments else {},
        )
