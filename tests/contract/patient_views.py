"""Literal calls of patient-view: a centre that has received a referral."""

from tests.contract.calls import PATIENT, Json, order, prefetch, searchset

SENT_ON = "2026-06-01"


def sent(identifier: str = "sent-1", day: str = SENT_ON, **elements: object) -> Json:
    """A referral for iMSR that the centre has received."""
    return order(identifier, **{"status": "active", "authoredOn": day, **elements})


def patient_view(*referrals: Json, **members: object) -> Json:
    """A call of the rehabilitation centre, with the record and these referrals."""
    body: Json = {
        "hook": "patient-view",
        "hookInstance": "0b8a4c0e-51c5-4c1b-9c59-5b1c7a0b6c55",
        "context": {"userId": "Practitioner/triage", "patientId": PATIENT},
        "prefetch": {**prefetch(), "referrals": searchset(list(referrals))},
        **members,
    }
    return {name: value for name, value in body.items() if value is not None}
