"""Z1, Z4, U1: what the standard wants in words stands where a site looks for it."""
# ruff: noqa: N802 - a test is named after its item

from pathlib import Path

from cds_service.hooks.cds_hooks import Hook

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
SECURITY = (ROOT / "docker" / "SECURITY.md").read_text()


def section(text: str, heading: str) -> str:
    """The lines under a heading, up to the next one of any level."""
    return text.partition(f"{heading}\n")[2].partition("\n#")[0]


def test_Z1_the_six_risks_of_the_standard_have_a_measure() -> None:
    threats, hazards = section(SECURITY, "## Threats"), section(SECURITY, "## Clinical hazards")
    risks = {
        "somebody listens or forges on the way": threats,  # interception; a fake service
        "somebody who is no client": threats,  # a fake client
        "becomes markup or a link": threats,  # harmful suggestions and links
        "a page in a browser reads answers": threats,  # CORS
        "a stale answer of the FHIR server": hazards,  # outdated data
        "outdated criteria": hazards,
    }
    assert [risk for risk, text in risks.items() if risk not in text] == []


def test_Z4_a_site_can_read_how_patient_data_and_tokens_are_protected() -> None:
    for heading in (
        "## Where data flows",
        "## What is stored, and for how long",
        "## Keys and secrets",
        "## Threats",
        "## Clinical hazards",
    ):
        assert len(section(SECURITY, heading).strip()) > 500
    assert "(docker/SECURITY.md)" in README


def test_U1_capabilities_are_documented() -> None:
    supported = section(README, "### What of the standards is supported")
    assert "| CDS Hooks | 2.0.1" in supported
    assert all(f"`{hook}`" in supported for hook in Hook)
    assert "| FHIR | R4 (4.0.1)" in supported
