"""The numbers of a run as a FHIR R4 MeasureReport, with the same ones left out as in the report.

A number that is left out is absent with the reason `masked`
(http://terminology.hl7.org/CodeSystem/data-absent-reason).
"""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from fhir.resources.R4B.measurereport import MeasureReport

from cds_service.population.published import Cell, Published

MEASURE: Final = "https://imsr-cds.nl/fhir/Measure/imsr-persistent-pain"
_POPULATION: Final = "http://terminology.hl7.org/CodeSystem/measure-population"
_ABSENT: Final = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
Json = dict[str, Any]


def measure_report(published: Published, run: Mapping[str, Any]) -> str:
    """The MeasureReport as JSON text; `run` is the member `run` of the summary.

    Group `outcome`: of all referrals (initial population) those to which the criteria apply
    (denominator) and those that meet them (numerator), by outcome. One group per criterion: of
    the referrals to which the criteria apply, by outcome of the criterion. Nothing is said of
    when it was made, so that the same run gives the same bytes.
    """
    whole = _group(
        "outcome",
        {
            "initial-population": published.referrals,
            "denominator": published.applicable,
            "numerator": published.outcomes["met"],
        },
        published.outcomes,
    )
    criteria = [
        _group(
            criterion,
            {"initial-population": published.applicable, "numerator": cells["met"]},
            cells,
        )
        for criterion, cells in published.criteria.items()
    ]
    first, last = _period(published, run)
    report = {
        "resourceType": "MeasureReport",
        "status": "complete",
        "type": "summary",
        "measure": MEASURE,
        "period": {"start": first.isoformat(), "end": last.isoformat()},
        "group": [whole, *criteria],
    }
    return MeasureReport.model_validate(report).model_dump_json(indent=2) + "\n"


def _period(published: Published, run: Mapping[str, Any]) -> tuple[date, date]:
    """The months of the referrals; without any the day of the run."""
    months = sorted(published.months)
    if not months:
        day = date.fromisoformat(run["asOf"])
        return day, day
    first = date.fromisoformat(f"{months[0]}-01")
    last = date.fromisoformat(f"{months[-1]}-01")
    return first, last.replace(day=monthrange(last.year, last.month)[1])


def _group(name: str, populations: Mapping[str, Cell], strata: Mapping[str, Cell]) -> Json:
    return {
        "code": {"text": name},
        "population": [_population(code, number) for code, number in populations.items()],
        "stratifier": [
            {
                "code": [{"text": "outcome"}],
                "stratum": [
                    {
                        "value": {"text": outcome},
                        "population": [_population("initial-population", number)],
                    }
                    for outcome, number in strata.items()
                ],
            }
        ],
    }


def _population(code: str, number: Cell) -> Json:
    coded = {"code": {"coding": [{"system": _POPULATION, "code": code}]}}
    if number is None:
        masked = {"extension": [{"url": _ABSENT, "valueCode": "masked"}]}
        return {**coded, "_count": masked}
    return {**coded, "count": number}
