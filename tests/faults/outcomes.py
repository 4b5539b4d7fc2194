"""What an answer says, and whether it says more than the complete record supports."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

EXTENSION: Final = "nl.imsr-cds.assessments"
_DECIDED: Final = {"met", "not_met", "not_applicable"}

Said = Mapping[str, str]
"""Outcomes by place: `overall`, an option or a criterion, each with the order it is about."""


def said(body: Mapping[str, Any]) -> Said:
    """All outcomes of an answer."""
    return dict(_places(body))


def _places(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for assessment in body.get("extension", {}).get(EXTENSION, []):
        order = assessment["referral"]
        yield f"{order} overall", assessment["outcome"]
        for option in assessment.get("options", []):
            yield f"{order} {option['id']}", option["outcome"]
            for criterion in option["criteria"]:
                yield f"{order} {criterion['id']}", criterion["outcome"]


def too_strong(complete: Said, faulty: Said) -> list[str]:
    """The places where a faulty server led to more than the complete record supports.

    Where the complete record makes the criteria not applicable there are no options to compare
    with. A lost date of birth then leaves `met` as it is (policy 1.5: unknown applicability
    weakens anything else).
    """
    return [
        f"{place}: {outcome}, but {complete.get(place)}"
        for place, outcome in faulty.items()
        if outcome in _DECIDED and not _is_supported(place, outcome, complete)
    ]


def _is_supported(place: str, outcome: str, complete: Said) -> bool:
    if complete.get(place) == outcome:
        return True
    order = place.partition(" ")[0]
    if complete.get(f"{order} overall") != "not_applicable":
        return False
    return outcome == "met" or not place.endswith(" overall")
