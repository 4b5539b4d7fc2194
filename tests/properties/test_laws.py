"""The laws of the criteria, each on random records with awkward days."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cds_service.criteria_files import load_criteria
from cds_service.domain.assessment import Assessment, Completeness, Outcome, RecordPart
from cds_service.domain.contacts import Contact, ContactKind, ContactStatus, Subject
from cds_service.domain.criteria import (
    CriterionId,
    ReadingKey,
    ReferralCriteria,
    Threshold,
)
from cds_service.domain.judging import assess_contacts
from cds_service.domain.ledger import CriterionLedger, Standing
from cds_service.domain.lookback import DayRange, LookbackPeriod
from cds_service.domain.referral import Indication, Person, Referral, ReferralKind
from cds_service.domain.treatments import treatments_of
from tests.kit.effort import examples
from tests.properties.resolutions import resolved
from tests.properties.strategies import (
    completeness,
    contacts,
    months,
    odd_contacts,
    persons,
    plain_contacts,
    records,
    referral_days,
    referrals,
)

CRITERIA = load_criteria().revisions[-1]
ADULT = Person(born=DayRange.on(date(1980, 5, 17)))
COMPLETE = Completeness()
GAPS = (
    frozenset({RecordPart.ENCOUNTERS}),
    frozenset({RecordPart.PROCEDURES}),
    frozenset({RecordPart.ENCOUNTERS, RecordPart.PROCEDURES}),
)
C1 = CriterionId.ALLIED_HEALTH_THERAPY
C2 = CriterionId.PSYCHOLOGICAL_CARE

law = settings(
    max_examples=examples(100),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def referral_on(day: date, indication: Indication = Indication.PAIN) -> Referral:
    return Referral("ServiceRequest/draft-1", day, ReferralKind.IMSR, indication)


def judge(
    record: Iterable[Contact],
    day: date,
    *,
    referral: Referral | None = None,
    person: Person = ADULT,
    gaps: Completeness = COMPLETE,
    criteria: ReferralCriteria = CRITERIA,
) -> Assessment:
    return assess_contacts(
        record, referral or referral_on(day), criteria, person=person, completeness=gaps
    )


def parts(assessment: Assessment) -> list[CriterionLedger]:
    return [finding.ledger for option in assessment.options for finding in option.findings]


def outcomes(assessment: Assessment) -> list[Outcome]:
    return [finding.outcome for option in assessment.options for finding in option.findings]


def said(assessment: Assessment) -> object:
    """Everything that is said, but for the list of contacts."""
    return (
        assessment.outcome,
        assessment.causes,
        assessment.flags,
        [
            (finding.outcome, finding.causes, finding.ledger.certain, finding.ledger.possible)
            for option in assessment.options
            for finding in option.findings
        ],
    )


@law
@given(st.data())
def test_further_care(data: st.DataObject) -> None:
    """A further contact that took place never turns met into anything else, nor lowers a tally."""
    day = data.draw(referral_days)
    record = data.draw(records(day))
    further = data.draw(plain_contacts(day)).but(source="Encounter/further")
    less, more = judge(record, day), judge([*record, further], day)
    for before, after in zip(parts(less), parts(more), strict=True):
        assert after.certain.sessions >= before.certain.sessions
        assert after.certain.days >= before.certain.days
        assert after.possible.days >= before.possible.days
        assert after.possible.is_unbounded or not before.possible.is_unbounded
        assert after.possible.is_unbounded or after.possible.sessions >= before.possible.sessions
    assert _met(less) <= _met(more)


def _met(assessment: Assessment) -> set[str]:
    met = {
        finding.criterion.id.value
        for option in assessment.options
        for finding in option.findings
        if finding.outcome is Outcome.MET
    }
    return met | {"outcome"} if assessment.outcome is Outcome.MET else met


NO_CARE: st.SearchStrategy[dict[str, object]] = st.sampled_from(
    (
        {"status": ContactStatus.VOID},
        {"status": ContactStatus.PLANNED},
        {"kind": ContactKind.NOTE},
        {"subject": Subject.OTHER_PATIENT},
    )
)


@law
@given(st.data())
def test_no_care(data: st.DataObject) -> None:
    """A cancelled, planned or erroneous contact, a memo, and another patient's change nothing."""
    day = data.draw(referral_days)
    record = data.draw(records(day))
    # a contact that is planned after the referral may be named by the flag `ongoing` (B10)
    kind_of_nothing: dict[str, object] = data.draw(NO_CARE)
    nothing = data.draw(contacts(day)).but(
        source="Encounter/nothing",
        **kind_of_nothing,
    )
    without, with_it = judge(record, day), judge([*record, nothing], day)
    assert said(replace(with_it, flags=())) == said(replace(without, flags=()))
    for part in parts(with_it):
        entry = next(each for each in part.entries if each.contact == nothing)
        assert entry.standing is Standing.NOT_COUNTED
    if "status" not in kind_of_nothing:
        assert with_it.flags == without.flags


@law
@given(st.data())
def test_order_and_repeats(data: st.DataObject) -> None:
    """Permuting or duplicating resources changes nothing."""
    day = data.draw(referral_days)
    record = data.draw(records(day))
    shuffled = data.draw(st.permutations([*record, *record[: len(record) // 2]]))
    assert said(judge(shuffled, day)) == said(judge(record, day))


@law
@given(st.data())
def test_moving_all_dates(data: st.DataObject) -> None:
    """Moving every date and the referral by the same number of days changes nothing."""
    day = date(2026, 6, 15)  # up to 28 February 2028 no lookback holds a 29 February
    record = data.draw(records(day))
    days = timedelta(days=data.draw(st.integers(1, 623)))
    moved = [
        each.but(days=each.days and DayRange(each.days.first + days, each.days.last + days))
        for each in record
    ]
    here, there = judge(record, day), judge(moved, day + days)
    assert outcomes(there) == outcomes(here)
    assert (there.outcome, there.causes) == (here.outcome, here.causes)
    assert [part.certain.days for part in parts(there)] == [
        part.certain.days for part in parts(here)
    ]


@law
@given(st.data())
def test_missing_data(data: st.DataObject) -> None:
    """Missing data never gives not_met, and never takes a met away."""
    day = data.draw(referral_days)
    record = data.draw(records(day))
    gaps = Completeness(data.draw(st.sampled_from(GAPS)))
    complete, incomplete = judge(record, day), judge(record, day, gaps=gaps)
    assert Outcome.NOT_MET not in outcomes(incomplete)
    assert incomplete.outcome is not Outcome.NOT_MET
    assert _met(incomplete) == _met(complete)


@settings(law, max_examples=examples(300))
@given(st.data())
def test_doubt_is_sound(data: st.DataObject) -> None:
    """Whatever the possible contacts turn out to be, a stated met or not_met stays true."""
    day = data.draw(referral_days)
    record = data.draw(records(day))
    window = LookbackPeriod.before(day, years=2)
    told = judge(record, day)
    world = data.draw(resolved(record, window))
    others_count = data.draw(st.sampled_from(("counts", "not")))
    criteria = CRITERIA.read_as(ReadingKey.OTHER_PSYCH_PROFESSIONS, others_count)
    as_84 = judge(world, day, criteria=criteria)
    as_77 = judge(world, day, criteria=criteria.read_as(ReadingKey.MIN_DAYS, "77"))
    for stated, strict, generous in zip(
        outcomes(told), outcomes(as_84), outcomes(as_77), strict=True
    ):
        if stated is Outcome.MET:
            assert strict is Outcome.MET
            assert generous is Outcome.MET
        if stated is Outcome.NOT_MET:
            assert strict is not Outcome.MET
            assert generous is not Outcome.MET


@law
@given(st.data())
def test_all_and_any(data: st.DataObject) -> None:
    """A criterion with `all` is never easier than with `any`."""
    day = data.draw(referral_days)
    record = data.draw(records(day))
    both_needed = judge(record, day, criteria=_with_threshold(Threshold.ALL))
    one_enough = judge(record, day, criteria=_with_threshold(Threshold.ANY))
    for hard, easy in zip(outcomes(both_needed), outcomes(one_enough), strict=True):
        assert hard <= easy


def _with_threshold(threshold: Threshold) -> ReferralCriteria:
    options = tuple(
        replace(
            option, criteria=tuple(replace(each, threshold=threshold) for each in option.criteria)
        )
        for option in CRITERIA.options
    )
    return replace(CRITERIA, options=options)


@law
@given(st.data())
def test_fewer_than_77_days(data: st.DataObject) -> None:
    """Fewer than 77 possible days decide nothing on the duration arm of a complete record."""
    day = data.draw(referral_days)
    record = data.draw(records(day))
    for option in judge(record, day).options:
        for finding in option.findings:
            possible, criterion = finding.ledger.possible, finding.criterion
            is_short = possible.days < 77
            if criterion.threshold is Threshold.ANY:
                is_short &= not possible.is_unbounded and possible.sessions < 6
            has_trace = finding.ledger.has_evidence or not criterion.nothing_found_is_unknown
            if is_short and has_trace:
                assert finding.outcome is Outcome.NOT_MET


@law
@given(st.data())
def test_without_a_usable_role(data: st.DataObject) -> None:
    """Removing a contact without a usable role gives no met, and takes none away."""
    day = data.draw(referral_days)
    record = data.draw(records(day))
    nobody = data.draw(odd_contacts(day)).but(source="Encounter/nobody", professions=frozenset())
    with_it, without = judge([*record, nobody], day), judge(record, day)
    for one, other in zip(outcomes(with_it), outcomes(without), strict=True):
        assert (one is Outcome.MET) == (other is Outcome.MET)
    assert (with_it.outcome is Outcome.MET) == (without.outcome is Outcome.MET)


@law
@given(day=referral_days, gaps=completeness)
def test_an_empty_record(day: date, gaps: Completeness) -> None:
    """An empty record never meets, and is never not_met on c1 or c2."""
    assessment = judge((), day, gaps=gaps)
    assert Outcome.MET not in outcomes(assessment)
    assert assessment.outcome is Outcome.INDETERMINATE
    assert assessment.finding(C1).outcome is Outcome.INDETERMINATE
    assert assessment.finding(C2).outcome is Outcome.INDETERMINATE


@law
@given(st.data())
def test_unknown_age_or_indication(data: st.DataObject) -> None:
    """Unknown age or indication never changes a criterion or an option."""
    day = data.draw(referral_days)
    record, gaps = data.draw(records(day)), data.draw(completeness)
    known = judge(record, day, gaps=gaps)
    indication = data.draw(st.sampled_from((Indication.PAIN, Indication.UNKNOWN)))
    unknown = judge(record, day, gaps=gaps, person=Person(), referral=referral_on(day, indication))
    assert [option.outcome for option in unknown.options] == [
        option.outcome for option in known.options
    ]
    assert [finding.causes for option in unknown.options for finding in option.findings] == [
        finding.causes for option in known.options for finding in option.findings
    ]
    assert (unknown.outcome is Outcome.MET) == (known.outcome is Outcome.MET)


@law
@given(st.data())
def test_because(data: st.DataObject) -> None:
    """`because` is empty exactly when the outcome is met or not_met."""
    day = data.draw(referral_days)
    assessment = judge(
        data.draw(records(day)),
        day,
        referral=data.draw(referrals(day)),
        person=data.draw(persons(day)),
        gaps=data.draw(completeness),
    )
    decided = (Outcome.MET, Outcome.NOT_MET)
    assert (not assessment.causes) == (assessment.outcome in decided)
    assert list(assessment.causes) == sorted(assessment.causes)
    for option in assessment.options:
        for finding in option.findings:
            assert (not finding.causes) == (finding.outcome in decided)
            assert list(finding.causes) == sorted(finding.causes)


@law
@given(st.data())
def test_outside_the_lookback(data: st.DataObject) -> None:
    """Nothing that lies outside the lookback matters."""
    day = data.draw(referral_days)
    record = data.draw(records(day))
    window = LookbackPeriod.before(day, years=2)
    outside = data.draw(contacts(day)).but(
        source="Encounter/outside",
        days=data.draw(st.sampled_from(_outside(window))),
        has_open_end=False,
        status=ContactStatus.TOOK_PLACE,
    )
    assert said(judge([*record, outside], day)) == said(judge(record, day))


def _outside(window: DayRange) -> Sequence[DayRange]:
    before, after = window.first - timedelta(days=1), window.last + timedelta(days=1)
    return (
        DayRange.on(before),
        DayRange.on(after),
        DayRange(before - timedelta(days=400), before),
        DayRange(after, after + timedelta(days=400)),
        months(before.replace(day=1) - timedelta(days=1)),
    )


@law
@given(st.data())
def test_options_are_kleenes_logic(data: st.DataObject) -> None:
    """An option is the least of its criteria, the outcome the best of the options."""
    day = data.draw(referral_days)
    assessment = judge(data.draw(records(day)), day, gaps=data.draw(completeness))
    c1, c2, o2 = outcomes(assessment)
    assert [option.outcome for option in assessment.options] == [min(c1, c2), o2]
    assert assessment.outcome == max(min(c1, c2), o2)


@law
@given(st.data())
def test_a_site_that_counts_more_meets_no_less(data: st.DataObject) -> None:
    """A reading by which more contacts count never takes a met away."""
    day = data.draw(referral_days)
    record = data.draw(records(day))
    key, value = data.draw(
        st.sampled_from(
            (
                (ReadingKey.ASYNCHRONOUS, "counts"),
                (ReadingKey.STATUS_UNKNOWN, "counts"),
                (ReadingKey.STATUS_OPEN, "counts"),
                (ReadingKey.SCREENING, "counts"),
                (ReadingKey.ABROAD, "counts"),
                (ReadingKey.HOSPITAL_ALLIED_HEALTH, "counts"),
                (ReadingKey.OTHER_PSYCH_PROFESSIONS, "counts"),
                (ReadingKey.MIN_DAYS, "77"),
                (ReadingKey.MIN_DAYS, "83"),
            )
        )
    )
    default, wider = judge(record, day), judge(record, day, criteria=CRITERIA.read_as(key, value))
    assert _met(default) <= _met(wider)


@law
@given(st.data())
def test_the_parts_of_a_number(data: st.DataObject) -> None:
    """The sessions per discipline never add up to more than the certain tally."""
    day = data.draw(referral_days)
    assessment = judge(data.draw(records(day)), day)
    for finding in assessment.findings:
        parts_of_it = treatments_of(finding)
        assert sum(each.sessions for each in parts_of_it) == finding.ledger.certain.sessions
        assert all(each.sessions > 0 for each in parts_of_it)
