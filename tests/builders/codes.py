"""Codings and concepts as FHIR writes them, and the code systems with their other names."""

from collections.abc import Mapping
from typing import Any, Final

Json = dict[str, Any]

UZI: Final = "http://fhir.nl/fhir/NamingSystem/uzi-rolcode"
UZI_OID: Final = "urn:oid:2.16.840.1.113883.2.4.15.111"
COD016: Final = "urn:oid:2.16.840.1.113883.2.4.6.7"
COD016_VEKTIS: Final = "http://ei.vektis.nl/codelijsten/COD016-VEKT"
COD016_NUTS: Final = (
    "http://nuts-foundation.github.io/nl-generic-functions-ig/CodeSystem/agb-specialismen"
)
ORGANIZATION_TYPE: Final = "http://nictiz.nl/fhir/NamingSystem/organization-type"
SNOMED: Final = "http://snomed.info/sct"
NHG14: Final = "https://referentiemodel.nhg.org/tabellen/nhg-tabel-14-contactwijze"
ICPC: Final = "http://hl7.org/fhir/sid/icpc-1-nl"
ICPC_OID: Final = "urn:oid:2.16.840.1.113883.2.4.4.31.1"
ICPC_INTERNATIONAL: Final = "http://hl7.org/fhir/sid/icpc-1"
CONDITION_CLINICAL: Final = "http://terminology.hl7.org/CodeSystem/condition-clinical"
LOINC: Final = "http://loinc.org"
ORGANIZATION_KIND: Final = "http://terminology.hl7.org/CodeSystem/organization-type"
PARTICIPATION: Final = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
ICD10_CM: Final = "http://hl7.org/fhir/sid/icd-10-cm"
ACT_CODE: Final = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
ACT_CODE_STU3: Final = "http://hl7.org/fhir/v3/ActCode"
ACT_CODE_OID: Final = "urn:oid:2.16.840.1.113883.5.4"
LOCAL: Final = "https://epd.example.nl/codes/functies"
"""A code system that no table holds."""


def coding(system: str, code: str, display: str = "") -> Json:
    """One Coding."""
    value = {"system": system, "code": code}
    return {**value, "display": display} if display else value


def concept(*codings: Mapping[str, Any], text: str = "") -> Json:
    """One CodeableConcept."""
    value: Json = {"coding": [dict(item) for item in codings]} if codings else {}
    return {**value, "text": text} if text else value
