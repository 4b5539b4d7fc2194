"""Number and period per discipline, to copy into the referral."""

from cds_service.cards import phrases
from cds_service.cards.wording import Wording
from cds_service.domain.assessment import Assessment
from cds_service.domain.treatments import Treatment, treatments


def courses(assessment: Assessment, wording: Wording) -> str:
    """`fysiotherapie 13 keer, 01-09-2025 tot en met 24-11-2025; POH-GGZ 7 keer, ...`."""
    return "; ".join(_say(treatment, wording) for treatment in treatments(assessment))


def _say(treatment: Treatment, wording: Wording) -> str:
    key = "course_unknown" if treatment.number_is_unknown else "course"
    names = (wording.say(f"disciplines.{name}") for name in treatment.categories)
    return wording.say(
        f"forms.{key}",
        n=treatment.sessions,
        discipline=wording.say("forms.or").join(names),
        first=phrases.day(treatment.first, wording),
        last=phrases.day(treatment.last, wording),
    )
