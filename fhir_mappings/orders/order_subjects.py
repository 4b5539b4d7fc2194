"""Whom an order, or a reason of it, is about."""

from fhir_mappings.orders.draft_orders import OrderResources, Resource, member, text_of
from fhir_mappings.reading.references import Target


def is_of_another(resource: Resource, patient_id: str, resources: OrderResources) -> bool:
    """Whether the subject is certainly not this patient; an absent subject is tolerated.

    A subject that is a group, a place or a device is another one too. The base of an absolute
    reference is not compared: what decides is the id.
    """
    value = resource.get("subject")
    reference = resources.read(value)
    subject = resources.resolve(reference, resource)
    if subject is not None:
        return not _is_patient(subject, patient_id)
    if reference.target is Target.RECORD:
        return reference.key != f"Patient/{patient_id}"
    kind, _, id_ = text_of(member(value, "reference")).partition("/_history/")[0].rpartition("/")
    return kind.rpartition("/")[2] == "Patient" and id_ != patient_id


def _is_patient(subject: Resource, patient_id: str) -> bool:
    """Whether a resource at hand is this patient; without an id it may be."""
    if subject.get("resourceType") != "Patient":
        return False
    return text_of(subject.get("id")).lstrip("#") in {patient_id, ""}
