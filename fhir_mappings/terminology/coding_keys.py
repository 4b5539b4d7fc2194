"""Which code of which code system a coding means, whatever address the sender used for the system.

Dutch data names one code system by a URL, by its OID and by older URLs; the NamingSystems hold
these. Official test data sends UZI role codes under the Vektis system, so codes of these two are
told apart by their shape (`dd.ddd` is UZI, `dddd` is COD016).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from fhir_mappings.reading.concepts import Coding

Key = tuple[str, str]

UZI = "http://fhir.nl/fhir/NamingSystem/uzi-rolcode"
COD016 = "urn:oid:2.16.840.1.113883.2.4.6.7"
NHG_14 = "https://referentiemodel.nhg.org/tabellen/nhg-tabel-14-contactwijze"
PLAIN_TEXT = "https://imsr-cds.nl/fhir/NamingSystem/plain-text"

_UZI_SHAPE = re.compile(r"\d\d\.\d\d\d")
_COD016_SHAPE = re.compile(r"\d\d\d\d")


def normal_code(system: str, code: str) -> str:
    """The code as our tables write it: NHG table 14 has two digits, data sends `3` and `03`."""
    if system == NHG_14 and code.isdecimal():
        return code.lstrip("0").zfill(2)
    return code


@dataclass(frozen=True, slots=True)
class CodingKeys:
    """The preferred address of every code system that is known by several."""

    preferred: Mapping[str, str]

    def key(self, coding: Coding) -> Key:
        """System and code as our tables write them; of an unknown system as they came."""
        system = self._preferred(coding.system.strip())
        code = coding.code.strip()
        if system == COD016 and _UZI_SHAPE.fullmatch(code):
            system = UZI
        elif system == UZI and _COD016_SHAPE.fullmatch(code):
            system = COD016
        return system, normal_code(system, code)

    def _preferred(self, system: str) -> str:
        """The preferred address of a code system, also under the other of http and https."""
        found = self.preferred.get(system)
        if found is None and system.startswith("http"):
            name = system.partition("://")[2].rstrip("/")
            others = (f"http://{name}", f"https://{name}")
            found = next((self.preferred[each] for each in others if each in self.preferred), None)
        return system if found is None else found
