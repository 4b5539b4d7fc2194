"""The numbers of a run as one JSON document. Pure."""

from typing import Any

from cds_service.population.run import Result


def summary_json(result: Result, fingerprint: dict[str, Any]) -> dict[str, Any]:
    """All numbers, and what of the export was not whole.

    These are the numbers as they are, for who made the run; report and MeasureReport leave out
    small ones.
    """
    return {
        "run": fingerprint,
        "counts": result.counts.as_json(),
        "losses": result.losses,
        "missing": list(result.missing),
        "incomplete": sorted(result.gaps.missing | result.gaps.partial),
    }
