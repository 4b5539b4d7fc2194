"""Letters, own referrals and the words of the draft: named, never counted (policy 2.6)."""

from dataclasses import replace
from datetime import date

from cds_service.domain.contacts import TherapistCategory
from cds_service.domain.pointers import Pointer, PointerKind
from cds_service.domain.referral import Indication
from tests.domain.judged import C1, C2, REFERRAL, REFERRAL_DATE, judge, spread

PHYSIO = TherapistCategory.PHYSIOTHERAPIST
OLD = Pointer(PointerKind.REFERRAL, C1, date(2025, 1, 14), PHYSIO)
NEW = Pointer(PointerKind.LETTER, C1, date(2025, 6, 2), PHYSIO)
WORDS = Pointer(PointerKind.DRAFT_TEXT, C1, REFERRAL_DATE, PHYSIO)


def test_they_are_named_newest_first_and_once() -> None:
    assert judge([]).with_pointers([OLD, NEW, OLD]).pointers == (NEW, OLD)


def test_words_of_the_draft_are_named_only_where_the_criterion_is_not_met() -> None:
    other = Pointer(PointerKind.DRAFT_TEXT, C2, REFERRAL_DATE)
    told = judge(spread("2025-02-03", 84, 7)).with_pointers([WORDS, other, NEW])
    assert told.pointers == (other, NEW)


def test_they_change_nothing_else() -> None:
    assessment = judge(spread("2025-02-03", 28, 3))
    told = assessment.with_pointers([OLD, NEW, WORDS])
    assert replace(told, pointers=()) == assessment


def test_where_the_criteria_do_not_apply_nothing_is_named() -> None:
    elsewhere = judge([], referral=replace(REFERRAL, indication=Indication.OTHER))
    assert elsewhere.with_pointers([NEW]).pointers == ()
