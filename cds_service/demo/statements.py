"""Care given elsewhere, as a referrer states it: the answers to the form of the service."""

from typing import Final

from cds_service.demo.care_providers import CareGiver, participant
from cds_service.demo.fhir_json import Json, coding, reference
from cds_service.demo.patients import REFERRAL_DATE, DemoPatient, Statement

_FORM: Final = "https://imsr-cds.nl/fhir/Questionnaire/imsr-treatment-elsewhere"
_CATEGORIES: Final = "https://imsr-cds.nl/fhir/CodeSystem/therapist-category"


def response(response_id: str, patient: DemoPatient, stated: Statement) -> Json:
    """The QuestionnaireResponse in which the GP stated one course."""
    answers = {
        "discipline": {"valueCoding": coding(_CATEGORIES, stated.discipline, stated.display)},
        "first-date": {"valueDate": stated.first.isoformat()},
        "last-date": {"valueDate": stated.last.isoformat()},
        "number": {"valueInteger": stated.number},
        "content": {"valueString": stated.content},
        "result": {"valueString": stated.result},
        "source": {"valueCoding": {"code": "patient", "display": "Patiënt"}},
    }
    items = [{"linkId": name, "answer": [answer]} for name, answer in answers.items()]
    return {
        "resourceType": "QuestionnaireResponse",
        "id": response_id,
        "questionnaire": _FORM,
        "status": "completed",
        "subject": reference("Patient", patient.id, patient.name),
        "authored": REFERRAL_DATE.isoformat(),
        "author": participant(CareGiver.GP),
        "item": [{"linkId": "course", "item": items}],
    }
