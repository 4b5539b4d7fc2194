"""The heading: the outcome, and the one thing that decides it; never a promise."""

from cds_service.cards.card import CardKind
from cds_service.cards.caveats import caveat, caveat_flag
from cds_service.cards.choice import choose
from cds_service.cards.context import CardContext
from cds_service.cards.rows import cells
from cds_service.cards.summary import deciding_facts
from cds_service.domain.assessment import Assessment
from cds_service.page.numbers import verdict
from cds_service.page.texts import Texts

_SILENT = {
    CardKind.NOT_APPLICABLE_MINOR,
    CardKind.NOT_APPLICABLE_DIAGNOSIS,
    CardKind.ONE_TIME_CONSULT,
}
_HIDDEN_ROW = "c2"


def heading(
    assessment: Assessment,
    context: CardContext | None,
    texts: Texts,
    *,
    is_for_gp: bool,
    hides_psychological_care: bool,
) -> str:
    """The heading; `context` is None where no card would ever be shown.

    Without psychological care the outcome as a whole is not said: it would tell of that care.
    """
    if context is None or context.kind in _SILENT:
        kind = choose(assessment)
        return texts.page.say(f"heading.{kind or 'not_applicable'}")
    if hides_psychological_care:
        words = {
            name: texts.page.say(f"verdict.{verdict(assessment.findings[row], assessment)}")
            for name, row in (("c1_result", 0), ("o2_result", 2))
        }
        return texts.page.say("heading.hidden", **words)
    key, values = deciding_facts(context)
    if not is_for_gp:
        values |= _as_told_to_others(key, context, texts)
    if isinstance(who := values.get("who"), str):
        values["who"] = who[:1].lower() + who[1:]
    return texts.page.say(f"heading.{_key(key, texts)}", **values).replace("**", "")


def _as_told_to_others(key: str, context: CardContext, texts: Texts) -> dict[str, str | int]:
    """What the GP is told of "your" statement, another reader is told of the referrer's."""
    if key == "met_caveat" and caveat(context) and caveat_flag(context) is None:
        return {"caveat": texts.page.say("stated_part_by_referrer")}
    is_stated = deciding_facts(context)[1].get("basis") == texts.cards.say("forms.basis.stated")
    return {"basis": texts.page.say("stated_by_referrer")} if key == "met" and is_stated else {}


def _key(key: str, texts: Texts) -> str:
    """The text of the summary, or the plainer one that the page has in its place."""
    name, *variations = key.split(":")
    for variation in variations:
        if f"heading.{name}:{variation}" in texts.page:
            return f"{name}:{variation}"
    if f"heading.{name}" in texts.page:
        return name
    return name.rpartition("_")[0]  # `interrupted_c1`: the criterion is one of the values


def criterion_lines(
    assessment: Assessment, texts: Texts, *, hides_psychological_care: bool
) -> list[str]:
    """One line of numbers per criterion, as the list of a card says them."""
    if not assessment.options:
        return []
    said = texts.cards.say("parts.list", **cells(assessment, texts.cards)).replace("**", "")
    lines = [line.removeprefix("- ") for line in said.splitlines()]
    return [lines[0], lines[2]] if hides_psychological_care else lines
