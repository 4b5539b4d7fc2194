"""A referral that nobody has written yet, to see what the record would show if one were made."""

from datetime import date


def assumed_referral(patient_id: str, day: date, identifier: str) -> dict[str, object]:
    """A Bundle with one draft order for persistent pain, as a call of order-sign holds it."""
    order = {
        "resourceType": "ServiceRequest",
        "id": identifier,
        "status": "draft",
        "intent": "order",
        "subject": {"reference": f"Patient/{patient_id}"},
        "code": {"text": "iMSR"},
        "reasonCode": [{"text": "aanhoudende pijn"}],
        "authoredOn": day.isoformat(),
    }
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": order}]}
