import pytest

from fhir_mappings.reading.concepts import UnreadableError
from fhir_mappings.reading.references import Reference, ReferenceReader, Target, base_of, same_base

BASE = "https://ehr.example.nl/fhir"
READER = ReferenceReader(
    BASE,
    {
        "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0": "Practitioner/7",
        "https://proxy.example/x/Practitioner/8": "Practitioner/8",
    },
)


@pytest.mark.parametrize(
    ("text", "target", "key"),
    [
        pytest.param("Practitioner/7", Target.RECORD, "Practitioner/7", id="relative"),
        pytest.param(f"{BASE}/Practitioner/7", Target.RECORD, "Practitioner/7", id="absolute"),
        pytest.param(
            "HTTPS://EHR.example.nl:443/fhir/Practitioner/7",
            Target.RECORD,
            "Practitioner/7",
            id="the same server in other letters",
        ),
        pytest.param("Practitioner/7/_history/2", Target.RECORD, "Practitioner/7", id="versioned"),
        pytest.param(
            f"{BASE}/Practitioner/7/_history/2",
            Target.RECORD,
            "Practitioner/7",
            id="absolute and versioned",
        ),
        pytest.param(
            "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0",
            Target.RECORD,
            "Practitioner/7",
            id="an entry of the Bundle",
        ),
        pytest.param(
            "https://proxy.example/x/Practitioner/8",
            Target.RECORD,
            "Practitioner/8",
            id="the full URL of an entry of the Bundle",
        ),
        pytest.param("#role-1", Target.CONTAINED, "#role-1", id="contained"),
        pytest.param("#", Target.CONTAINED, "#", id="the container itself"),
        pytest.param(
            "Practitioner?identifier=a|1",
            Target.ELSEWHERE,
            "Practitioner?identifier=a|1",
            id="a search",
        ),
        pytest.param("7", Target.ELSEWHERE, "7", id="a bare id"),
        pytest.param("", Target.NOWHERE, "", id="empty"),
        pytest.param(
            "Practitioner/7?x=1", Target.ELSEWHERE, "Practitioner/7?x=1", id="a read with a query"
        ),
        pytest.param(
            "Practitioner/../Patient/1",
            Target.ELSEWHERE,
            "Practitioner/../Patient/1",
            id="no path tricks",
        ),
        pytest.param(
            "Practitioner/" + "9" * 256,
            Target.RECORD,
            "Practitioner/" + "9" * 256,
            id="an id longer than FHIR allows, as it is written",
        ),
    ],
)
def test_a_reference_points_to_one_place(text: str, target: Target, key: str) -> None:
    found = READER.read({"reference": text}, "x")
    assert (found.target, found.key) == (target, key)


@pytest.mark.parametrize(
    ("text", "resource_type"),
    [
        pytest.param("https://other.example/fhir/Practitioner/7", "Practitioner", id="other"),
        pytest.param("https://ehr.example.nl/fhir2/Patient/7", "Patient", id="other path"),
        pytest.param("http://ehr.example.nl/fhir/Patient/7/_history/1", "Patient", id="scheme"),
        pytest.param("urn:uuid:1111", "", id="an entry that is not there"),
        pytest.param("https://ehr.example.nl/fhir/metadata", "", id="no resource"),
    ],
)
def test_what_lies_elsewhere_keeps_its_url_and_its_type(text: str, resource_type: str) -> None:
    found = READER.read({"reference": text}, "x")
    assert found == Reference(Target.ELSEWHERE, text, resource_type)


def test_without_a_base_every_url_is_elsewhere() -> None:
    found = ReferenceReader().read({"reference": f"{BASE}/Practitioner/7"}, "x")
    assert found.target is Target.ELSEWHERE


def test_what_stands_beside_the_reference_is_kept() -> None:
    value = {
        "type": "http://hl7.org/fhir/StructureDefinition/Practitioner",
        "identifier": {"system": "http://fhir.nl/fhir/NamingSystem/agb-z", "value": "04115923"},
        "display": " J. Jansen ",
    }
    assert READER.read(value, "x") == Reference(
        resource_type="Practitioner",
        display="J. Jansen",
        identifier="http://fhir.nl/fhir/NamingSystem/agb-z|04115923",
    )


def test_the_id_and_the_type_of_a_reference() -> None:
    found = READER.read({"reference": "Practitioner/a.B-7", "type": "Patient"}, "x")
    assert (found.id, found.resource_type) == ("a.B-7", "Practitioner")
    assert READER.read({"reference": "#p1"}, "x").id == "p1"
    assert READER.read(None, "x") == Reference()


@pytest.mark.parametrize(
    "value",
    ["Practitioner/7", ["Practitioner/7"], {"reference": 7}, {"display": {}}, {"identifier": "7"}],
)
def test_a_reference_of_a_wrong_type_is_unreadable(value: object) -> None:
    with pytest.raises(UnreadableError):
        READER.read(value, "x")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (BASE, "https://ehr.example.nl/fhir/", True),
        (BASE, "https://EHR.example.nl:443/fhir", True),
        (BASE, "https://ehr.example.nl/FHIR", False),
        (BASE, "https://ehr.example.nl:8443/fhir", False),
        ("https://a:x/fhir", "https://a:x/fhir", True),
        ("http://[x/fhir", BASE, False),
        ("", "", False),
    ],
)
def test_a_base_is_the_same_with_and_without_a_slash(
    one: str,
    other: str,
    expected: bool,  # noqa: FBT001
) -> None:
    assert same_base(one, other) is expected


@pytest.mark.parametrize(
    ("url", "base"),
    [
        (f"{BASE}/Encounter/e1", BASE),
        (f"{BASE}/Encounter/e1/_history/3", BASE),
        ("urn:uuid:1", ""),
        ("Encounter/e1", ""),
        ("", ""),
    ],
)
def test_the_base_of_a_full_url(url: str, base: str) -> None:
    assert base_of(url) == base
