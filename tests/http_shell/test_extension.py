from dataclasses import replace
from datetime import date

from cds_service.domain.assessment import (
    Assessment,
    Completeness,
    CriterionFinding,
    Flag,
    FlagId,
    OptionFinding,
    Outcome,
    RecordPart,
)
from cds_service.domain.causes import Cause
from cds_service.domain.criteria import (
    CriteriaOption,
    CriterionId,
    PolicySource,
    Reading,
    ReadingKey,
    ReferralCriteria,
    Threshold,
    TreatmentCriterion,
)
from cds_service.domain.ledger import CriterionLedger, Tally
from cds_service.domain.lookback import LookbackPeriod
from cds_service.domain.referral import Indication, Referral, ReferralKind
from cds_service.hooks.extension import assessment_json

SOURCE = PolicySource("003:15")


def criterion(identifier: CriterionId, threshold: Threshold) -> TreatmentCriterion:
    return TreatmentCriterion(
        id=identifier,
        sessions=6,
        days=84,
        possible_from=77,
        pause=84,
        threshold=threshold,
        nothing_found_is_unknown=True,
        source=SOURCE,
    )


ALLIED_HEALTH = criterion(CriterionId.ALLIED_HEALTH_THERAPY, Threshold.ALL)
PSYCHOLOGY = criterion(CriterionId.PSYCHOLOGICAL_CARE, Threshold.ANY)
PSYCHOSOMATIC = criterion(CriterionId.PSYCHOSOMATIC_THERAPY, Threshold.ALL)

CRITERIA = ReferralCriteria(
    id="imsr-persistent-pain",
    effective_from=date(2026, 4, 20),
    revision=1,
    lookback_years=2,
    minimum_age=18,
    options=(
        CriteriaOption("option-1", (ALLIED_HEALTH, PSYCHOLOGY)),
        CriteriaOption("option-2", (PSYCHOSOMATIC,)),
    ),
    readings=(Reading(ReadingKey.MIN_DAYS, "84", "as written", SOURCE),),
)

REFERRAL = Referral(
    order="ServiceRequest/draft-1",
    date=date(2026, 6, 15),
    kind=ReferralKind.IMSR,
    indication=Indication.PAIN,
    display="a text that must not be in it",
)


def finding(
    criterion: TreatmentCriterion,
    outcome: Outcome,
    certain: Tally,
    possible: Tally | None = None,
    causes: tuple[Cause, ...] = (),
) -> CriterionFinding:
    ledger = CriterionLedger(criterion, (), certain, possible or certain)
    return CriterionFinding(ledger, outcome, causes)


BORDERLINE = Assessment(
    referral=REFERRAL,
    criteria=CRITERIA,
    lookback=LookbackPeriod(date(2024, 6, 15), date(2026, 6, 15)),
    outcome=Outcome.INDETERMINATE,
    causes=(Cause.DURATION_BORDERLINE,),
    options=(
        OptionFinding(
            "option-1",
            Outcome.INDETERMINATE,
            (
                finding(
                    ALLIED_HEALTH,
                    Outcome.INDETERMINATE,
                    Tally(12, 77),
                    causes=(Cause.DURATION_BORDERLINE,),
                ),
                finding(PSYCHOLOGY, Outcome.MET, Tally(7, 49)),
            ),
        ),
        OptionFinding(
            "option-2", Outcome.NOT_MET, (finding(PSYCHOSOMATIC, Outcome.NOT_MET, Tally()),)
        ),
    ),
    flags=(Flag(FlagId.ONE_ARM, CriterionId.PSYCHOLOGICAL_CARE, arm="sessions"),),
)


def test_the_example_of_the_contract() -> None:
    assert assessment_json(BORDERLINE) == {
        "referral": "ServiceRequest/draft-1",
        "criteria": "imsr-persistent-pain|2026-04-20",
        "revision": 1,
        "referralDate": "2026-06-15",
        "lookback": {"start": "2024-06-15", "end": "2026-06-15"},
        "outcome": "indeterminate",
        "because": ["duration_borderline"],
        "options": [
            {
                "id": "option-1",
                "outcome": "indeterminate",
                "criteria": [
                    {
                        "id": "allied-health-therapy",
                        "outcome": "indeterminate",
                        "because": ["duration_borderline"],
                        "threshold": "all",
                        "sessions": {"certain": 12, "possible": 12, "required": 6},
                        "days": {"certain": 77, "possible": 77, "required": 84},
                    },
                    {
                        "id": "psychological-care",
                        "outcome": "met",
                        "threshold": "any",
                        "sessions": {"certain": 7, "possible": 7, "required": 6},
                        "days": {"certain": 49, "possible": 49, "required": 84},
                    },
                ],
            },
            {
                "id": "option-2",
                "outcome": "not_met",
                "criteria": [
                    {
                        "id": "psychosomatic-therapy",
                        "outcome": "not_met",
                        "threshold": "all",
                        "sessions": {"certain": 0, "possible": 0, "required": 6},
                        "days": {"certain": 0, "possible": 0, "required": 84},
                    }
                ],
            },
        ],
        "flags": [{"id": "one_arm", "criterion": "psychological-care", "arm": "sessions"}],
    }


def measures(assessment: Assessment) -> tuple[object, object]:
    """Sessions and days of the first criterion."""
    options = assessment_json(assessment)["options"]
    assert isinstance(options, list)
    first = options[0]["criteria"][0]
    return first["sessions"], first["days"]


def only(finding: CriterionFinding) -> Assessment:
    option = OptionFinding("option-1", finding.outcome, (finding,))
    return replace(BORDERLINE, options=(option,))


def test_a_course_without_a_number_has_no_bound_of_sessions() -> None:
    course = Tally(1, 90, is_unbounded=True)
    found = finding(ALLIED_HEALTH, Outcome.INDETERMINATE, Tally(1, 90), course)
    assert measures(only(found)) == (
        {"certain": 1, "unbounded": True, "required": 6},
        {"certain": 90, "possible": 90, "required": 84},
    )


def test_an_incomplete_record_has_no_bound_at_all() -> None:
    found = finding(ALLIED_HEALTH, Outcome.INDETERMINATE, Tally(5, 40))
    incomplete = replace(only(found), completeness=Completeness(frozenset({RecordPart.PROCEDURES})))
    assert measures(incomplete) == (
        {"certain": 5, "unbounded": True, "required": 6},
        {"certain": 40, "unbounded": True, "required": 84},
    )


def test_a_missing_patient_leaves_the_bounds() -> None:
    found = finding(ALLIED_HEALTH, Outcome.INDETERMINATE, Tally(5, 40), Tally(6, 84))
    ageless = replace(only(found), completeness=Completeness(frozenset({RecordPart.PATIENT})))
    assert measures(ageless) == (
        {"certain": 5, "possible": 6, "required": 6},
        {"certain": 40, "possible": 84, "required": 84},
    )


def test_where_the_criteria_do_not_apply_there_are_no_options() -> None:
    minor = replace(
        BORDERLINE, outcome=None, causes=(Cause.MINOR, Cause.DECEASED), options=(), flags=()
    )
    assert assessment_json(minor) == {
        "referral": "ServiceRequest/draft-1",
        "criteria": "imsr-persistent-pain|2026-04-20",
        "revision": 1,
        "referralDate": "2026-06-15",
        "lookback": {"start": "2024-06-15", "end": "2026-06-15"},
        "outcome": "not_applicable",
        "because": ["deceased", "minor"],
    }


def test_before_they_took_effect_no_criteria_are_named() -> None:
    early = replace(
        BORDERLINE,
        criteria=replace(
            CRITERIA, readings=(Reading(ReadingKey.MIN_DAYS, "77", "a site", SOURCE),)
        ),
        outcome=None,
        causes=(Cause.BEFORE_EFFECTIVE_DATE, Cause.MINOR),
        options=(),
        flags=(),
    )
    assert assessment_json(early) == {
        "referral": "ServiceRequest/draft-1",
        "referralDate": "2026-06-15",
        "lookback": {"start": "2024-06-15", "end": "2026-06-15"},
        "outcome": "not_applicable",
        "because": ["before_effective_date", "minor"],
    }


def test_readings_that_a_site_has_set_are_named() -> None:
    readings = (
        Reading(ReadingKey.MIN_DAYS, "77", "a site", SOURCE),
        Reading(ReadingKey.INTAKE, "counts", "default", SOURCE),
    )
    deviating = replace(BORDERLINE, criteria=replace(CRITERIA, readings=readings))
    assert assessment_json(deviating)["deviations"] == ["min-days=77"]


def test_flags_have_only_their_own_fields() -> None:
    flags = (
        Flag(FlagId.ONGOING, CriterionId.ALLIED_HEALTH_THERAPY, earliest=date(2026, 7, 1)),
        Flag(FlagId.EARLIER_IMSR, sessions=3, last=date(2025, 1, 2)),
        Flag(FlagId.NEAR_MISS, CriterionId.ALLIED_HEALTH_THERAPY, days=80, required=84),
        Flag(FlagId.INTERRUPTED, CriterionId.PSYCHOLOGICAL_CARE, weeks=14),
    )
    assert assessment_json(replace(BORDERLINE, flags=flags))["flags"] == [
        {"id": "ongoing", "criterion": "allied-health-therapy", "earliest": "2026-07-01"},
        {"id": "earlier_imsr", "sessions": 3, "last": "2025-01-02"},
        {"id": "near_miss", "criterion": "allied-health-therapy", "days": 80, "required": 84},
        {"id": "interrupted", "criterion": "psychological-care", "weeks": 14},
    ]
