"""The timeline: a band for each criterion, a mark for each contact, thresholds in sight.

The shapes, places and colours of the marks say the same thing three times, so that nothing is lost
in grey print. Nothing is counted here: numbers and verdicts are those of the assessment.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cds_service.cards import phrases
from cds_service.domain.assessment import Assessment, CriterionFinding
from cds_service.domain.criteria import CriterionId
from cds_service.domain.pointers import Pointer, PointerKind
from cds_service.page.band import Band, draw_band
from cds_service.page.contact_lines import ContactLine
from cds_service.page.drawing import Box, Drawing, Extent, Line, Shape, Words, stacked
from cds_service.page.texts import Texts

WIDTH = 1100
LEFT, RIGHT = 200, 860
"""Where the time axis begins and ends; before it the names, behind it the numbers."""

UNDATED_WIDTH = 100
TOP = 46
_BEFORE, _AFTER = timedelta(days=92), timedelta(days=35)
_QUARTERS = (1, 4, 7, 10)
_SHORTEST_NAME = 3


@dataclass(frozen=True, slots=True)
class Axis:
    """Days to places: from three months before the window to five weeks after the referral."""

    first: date
    last: date
    left: int
    right: int = RIGHT

    def x(self, day: date) -> int:
        """Where a day lies; what lies outside the axis stands at its edge."""
        part = (day - self.first).days / (self.last - self.first).days
        place = round(self.left + part * (self.right - self.left))
        return min(max(place, self.left + 5), self.right - 5)

    def extent(self, line: ContactLine) -> Extent:
        """Where a contact lies; one without a date in the strip before the axis."""
        if line.days is None:
            middle = (LEFT + self.left) // 2
            return middle, middle
        return self.x(line.days.first), self.x(line.days.last)


@dataclass(frozen=True, slots=True)
class Timeline:
    """The picture. `marks` stand in the order of the lines, one for each."""

    width: int
    height: int
    drawing: Drawing
    marks: tuple[Shape, ...]

    @property
    def marks_by_shape(self) -> list[tuple[str, str]]:
        """The places of all marks of a shape as one text, for a line that is seen at its points.

        It takes a third of the bytes of a mark by itself. What counts is drawn last, on top.
        """
        again = [shape for shape in self.drawing.shapes if shape.id == "a"]
        return [
            (shape, " ".join(f"{mark.x},{mark.y}" for mark in found))
            for shape in "axprqsc"
            if (found := [mark for mark in (*self.marks, *again) if mark.id == shape])
        ]


def timeline(
    assessment: Assessment,
    lines: Sequence[ContactLine],
    texts: Texts,
    *,
    shows_thresholds: bool,
    without: CriterionId | None = None,
) -> Timeline:
    """The picture of one assessment; `shows_thresholds` for those who judge, not who refer."""
    axis = _axis(assessment, lines)
    drawing, marks, bottom = Drawing(), dict[int, Shape](), TOP
    for finding in _shown(assessment, without):
        band = Band(finding, assessment, axis, texts, shows_thresholds=shows_thresholds)
        own = [line for line in lines if line.criterion is finding.criterion.id]
        twice = [
            line
            for line in lines
            if line.also_counts and finding.criterion.id is CriterionId.ALLIED_HEALTH_THERAPY
        ]
        bottom = draw_band(drawing, marks, band, own, twice, bottom)
    bottom = _others(drawing, marks, axis, lines, texts, bottom)
    bottom = _pointers(drawing, axis, _drawn(assessment.pointers, without), texts, bottom)
    _frame(drawing, assessment, axis, texts, bottom)
    ordered = tuple(marks[id(line)] for line in lines)
    return Timeline(WIDTH, bottom + 40, drawing, ordered)


def _shown(assessment: Assessment, without: CriterionId | None) -> Iterable[CriterionFinding]:
    return (each for each in assessment.findings if each.criterion.id is not without)


def _axis(assessment: Assessment, lines: Sequence[ContactLine]) -> Axis:
    has_undated = any(line.days is None for line in lines)
    return Axis(
        assessment.lookback.first - _BEFORE,
        assessment.lookback.last + _AFTER,
        LEFT + UNDATED_WIDTH if has_undated else LEFT,
    )


def _others(  # noqa: PLR0913, PLR0917 - what there is, where it goes
    drawing: Drawing,
    marks: dict[int, Shape],
    axis: Axis,
    lines: Sequence[ContactLine],
    texts: Texts,
    top: int,
) -> int:
    """Care that no criterion asks for: it is in the record, so it is in sight."""
    others = [line for line in lines if line.criterion is None]
    if not others:
        return top
    drawing.words.append(Words(0, top + 20, texts.page.say("picture.others"), "name"))
    drawing.words.append(Words(0, top + 36, texts.page.say("picture.others_need"), "small"))
    drawing.words.append(
        Words(884, top + 24, texts.page.say("picture.not_counted", n=len(others)), "small")
    )
    stack = stacked([axis.extent(line) for line in others])
    for line, offset in zip(others, stack.offsets, strict=True):
        marks[id(line)] = Shape(line.symbol, sum(axis.extent(line)) // 2, top + 16 + offset)
    return max(top + 46, top + stack.height + 30)


def _drawn(pointers: Iterable[Pointer], without: CriterionId | None) -> list[Pointer]:
    """Letters and referrals, each once, oldest first; words of the draft have no day of theirs."""
    found = {
        (each.date, each.kind): each
        for each in pointers
        if each.kind is not PointerKind.DRAFT_TEXT and each.criterion is not without
    }
    return [found[key] for key in sorted(found)]


def _pointers(
    drawing: Drawing, axis: Axis, pointers: Sequence[Pointer], texts: Texts, top: int
) -> int:
    if not pointers:
        return top
    drawing.lines.append(Line(0, top, WIDTH - 4, top, "edge"))
    drawing.words.append(Words(0, top + 20, texts.page.say("picture.pointers"), "name"))
    drawing.words.append(Words(0, top + 36, texts.page.say("picture.pointers_need"), "small"))
    places = [axis.x(each.date) for each in pointers]
    stack = stacked([(place, place + 6) for place in places])
    for each, place, offset in zip(pointers, places, stack.offsets, strict=True):
        shape = "e" if each.kind is PointerKind.LETTER else "f"
        drawing.shapes.append(Shape(shape, place, top + 18 + offset * 12 // 9))
    return max(top + 46, top + stack.height * 12 // 9 + 32)


def _frame(drawing: Drawing, assessment: Assessment, axis: Axis, texts: Texts, bottom: int) -> None:
    """Window, referral and quarters, behind everything else."""
    start, end = axis.x(assessment.lookback.first), axis.x(assessment.lookback.last)
    height = bottom - TOP
    drawing.outside += [
        Box(axis.left, TOP, start - axis.left, height, "outside"),
        Box(end, TOP, axis.right - end, height, "outside"),
    ]
    for day in _quarters(axis):
        x, is_year = axis.x(day), day.month == 1
        drawing.behind.append(Line(x, TOP, x, bottom + 6, "year" if is_year else "quarter"))
        name = texts.cards.say(f"months.{day.month}")[:_SHORTEST_NAME]
        drawing.words.append(Words(x, bottom + 19, name, "small mid"))
    for year in dict.fromkeys(day.year for day in _quarters(axis)):
        first = next(day for day in _quarters(axis) if day.year == year)
        drawing.words.append(Words(axis.x(first), bottom + 35, str(year), "strong mid"))
    if axis.left > LEFT:
        drawing.words.append(
            Words(
                (LEFT + axis.left) // 2, bottom + 19, texts.page.say("picture.undated"), "small mid"
            )
        )
    drawing.lines += [
        Line(0, TOP, WIDTH - 4, TOP, "edge"),
        Line(0, bottom, WIDTH - 4, bottom, "edge"),
        Line(start, TOP - 22, start, bottom, "start"),
        Line(end, TOP - 22, end, bottom, "referral"),
        Line(start, TOP - 10, end, TOP - 10, "bracket"),
    ]
    _headings(drawing, assessment, texts, start, end)


def _headings(drawing: Drawing, assessment: Assessment, texts: Texts, start: int, end: int) -> None:
    say = texts.page.say
    since = phrases.day(assessment.lookback.first, texts.cards)
    referred = phrases.day(assessment.lookback.last, texts.cards)
    years = phrases.years(assessment.criteria.lookback_years, texts.cards)
    drawing.words += [
        Words(start + 6, 14, say("picture.since", date=since), "small"),
        Words(end - 6, 14, say("picture.referral", date=referred), "strong end"),
        Words((start + end) // 2, TOP - 6, years, "small mid halo"),
        Words(990, TOP - 8, say("picture.found"), "small end"),
        Words(1046, TOP - 8, say("picture.needed"), "small end"),
        Words(1096, TOP - 8, say("picture.short"), "small end"),
    ]


def _quarters(axis: Axis) -> list[date]:
    years = range(axis.first.year, axis.last.year + 1)
    days = (date(year, month, 1) for year in years for month in _QUARTERS)
    margin = timedelta(days=6)
    return [day for day in days if axis.first + margin < day < axis.last - margin]
