"""The two terminology tables as they were written, and what every value of them means.

The tables are copies of the clinical material, kept apart from the artefacts of the service: what
is expected here comes from the column `category` and the literal tables of this folder alone.
"""

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_DATA: Final = Path(__file__).parents[1] / "data"

COD016: Final = "urn:oid:2.16.840.1.113883.2.4.6.7"
UZI: Final = "http://fhir.nl/fhir/NamingSystem/uzi-rolcode"
PLACES: Final = "http://nictiz.nl/fhir/NamingSystem/organization-type"
SNOMED: Final = "http://snomed.info/sct"
NUCC: Final = "http://nucc.org/provider-taxonomy"
HL7_ROLES: Final = "http://terminology.hl7.org/CodeSystem/practitioner-role"
SERVICES: Final = "http://terminology.hl7.org/CodeSystem/service-type"
HL7_PLACES: Final = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
CONTACT_FORMS: Final = "https://referentiemodel.nhg.org/tabellen/nhg-tabel-14-contactwijze"
LETTERS: Final = "urn:oid:2.16.840.1.113883.2.4.4.30.69"
ALLIED_CLAIMS: Final = (
    "VEKTIS prestatiecodelijst 012 (paramedische hulp, COD192-VEK2); FHIR system URI: none seen"
)
GP_CLAIMS: Final = (
    "VEKTIS prestatiecodelijst 008 (huisartsenhulp, COD322-NZA); FHIR system URI: none seen"
)

PROFESSIONS: Final = frozenset(
    {
        "fysiotherapeut",
        "oefentherapeut",
        "ergotherapeut",
        "psychosomatisch",
        "psycholoog",
        "poh-ggz",
        "ggz-verpleegkundige",
        "verpleegkundige",
        "negative",
        "review:any",
        "review:fysiotherapeut",
        "review:oefentherapeut",
        "review:ergotherapeut",
        "review:psycholoog",
        "review:poh-ggz",
        "fysiotherapeut;review:psychosomatisch",
        "oefentherapeut;review:psychosomatisch",
        "referral-target:rehab",
    }
)
PROFESSIONS_WITH_PLACE: Final = frozenset(
    {
        "fysiotherapeut;setting:eerstelijns",
        "fysiotherapeut;setting:tweedelijns",
        "ergotherapeut;setting:eerstelijns",
        "ergotherapeut;setting:tweedelijns",
        "psycholoog;setting:tweedelijns",
        "review:psycholoog;setting:tweedelijns",
        "negative;setting:eerstelijns",
    }
)
SETTINGS: Final = frozenset(
    {
        "setting:eerstelijns",
        "setting:tweedelijns",
        "setting:rehab",
        "setting:overig",
        "review:setting",
    }
)
CLASSES: Final = frozenset({"class:neutral", "class:exclude"})
SESSIONS: Final = frozenset(
    {
        "session",
        "session;kind:asynchronous",
        "session;kind:remote",
        "session;kind:unclear",
        "session:fysiotherapeut",
        "session:fysiotherapeut;kind:intake",
        "session:fysiotherapeut;kind:screening",
        "session:oefentherapeut",
        "session:psychosomatisch",
        "session:ergotherapeut",
        "session:ergotherapeut;kind:intake",
        "session:ergotherapeut;kind:screening",
        "session:ergotherapeut;kind:remote",
        "session:ergotherapeut;kind:group",
        "session:psycholoog",
        "session:psycholoog;kind:group",
        "session:poh-ggz",
        "session:poh-ggz;kind:remote",
        "session:poh-ggz;kind:asynchronous",
        "session:poh-ggz;kind:group",
        "not-a-session",
    }
)
INDICATIONS: Final = frozenset(
    {"indication:include", "indication:duration", "indication:review", "indication:exclude"}
)
REFERRALS: Final = frozenset(
    {
        "referral:rehab",
        "referral:imsr",
        "referral:consult",
        "referral:generic",
        "referral:other",
        "referral:section",
        "review:referral-target:rehab",
    }
)
CATEGORIES: Final = (
    PROFESSIONS | PROFESSIONS_WITH_PLACE | SETTINGS | CLASSES | SESSIONS | INDICATIONS | REFERRALS
)
"""The closed list: no other value may stand in the column `category`."""


@dataclass(frozen=True, slots=True)
class Row:
    """One code (or, under TEXT, a line of words) and what it was found to mean."""

    system: str
    code: str
    display: str
    category: str
    verified: str

    @property
    def key(self) -> tuple[str, str]:
        return self.system, self.code

    @property
    def words(self) -> tuple[str, ...]:
        """The words of a TEXT row."""
        return tuple(word.strip() for word in self.display.split("|"))


LEFT_OUT: Final = {
    (ALLIED_CLAIMS, "1750"): "no source; a site that uses the code adds it to its own tables",
    (HL7_ROLES, "physio"): "no published version of the code system was seen to hold it",
    (HL7_ROLES, "dentist"): "no published version of the code system was seen to hold it",
    (HL7_ROLES, "speech"): "no published version of the code system was seen to hold it",
}
"""Rows without a source that the service leaves out, as if no table knew the code."""

_ADDRESSES_WITHOUT_ALIAS: Final = {
    "Sanday": ("Sanday", "https://imsr-cds.nl/fhir/NamingSystem/sanday-roles"),
    ALLIED_CLAIMS: (
        "urn:oid:2.16.840.1.113883.2.4.3.11.22.192",
        "https://imsr-cds.nl/fhir/NamingSystem/vektis-cod192",
    ),
    GP_CLAIMS: (
        "urn:oid:2.16.840.1.113883.2.4.3.11.22.322",
        "https://imsr-cds.nl/fhir/NamingSystem/nza-cod322",
    ),
}
"""Lists for which no address was seen anywhere: an OID by analogy, and one of our own."""


def _read(name: str) -> list[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ALIASES: Final = _read("system-aliases.csv")
ROWS: Final = tuple(
    Row(line["system"], line["code"], line["display"], line["category"], line["verified"])
    for line in _read("role-codes.csv")
)


def addresses(system: str) -> tuple[str, ...]:
    """Every address under which a code system of the table is met."""
    if system in _ADDRESSES_WITHOUT_ALIAS:
        return _ADDRESSES_WITHOUT_ALIAS[system]
    groups = {line["group"] for line in ALIASES if line["system"] == system}
    found = [line["system"] for line in ALIASES if line["group"] in groups]
    return tuple(dict.fromkeys((system, *found)))


def rows(wanted: Callable[[Row], bool]) -> tuple[Row, ...]:
    """The rows of the table that are shipped and wanted."""
    return tuple(row for row in ROWS if row.key not in LEFT_OUT and wanted(row))


def with_addresses(found: Iterable[Row]) -> list[tuple[Row, str]]:
    """Each row under each address of its code system."""
    return [(row, address) for row in found for address in addresses(row.system)]


def name(value: object) -> str:
    """The id of a test: code and category, or the address."""
    return f"{value.code}={value.category}" if isinstance(value, Row) else str(value)
