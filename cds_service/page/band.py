"""One band of the timeline: what was found for one criterion, and what it is judged to be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from textwrap import wrap
from typing import Protocol

from cds_service.cards import phrases
from cds_service.domain.adding_up import as_known
from cds_service.domain.assessment import Assessment, CriterionFinding, Outcome
from cds_service.domain.criteria import CriterionId, Threshold
from cds_service.domain.ledger import LedgerEntry, Standing, Tally
from cds_service.domain.runs import unbroken
from cds_service.page.contact_lines import ContactLine
from cds_service.page.drawing import Box, Drawing, Extent, Line, Shape, Words, stacked
from cds_service.page.numbers import is_partial, number_cells, verdict
from cds_service.page.texts import Texts

_BAR = 34  # from the top of a band to its bar
_OVER_LANES = 26
_LANE_APART = 14
_LEAST_BASE = 82
_LEAST_HEIGHT = 124
_ROOM_OF_A_LABEL = 96
_NAME_LENGTH = 22
_LETTER = 8  # the width of one, rounded up
_COLUMN = 884


class Places(Protocol):
    """Where days and contacts lie."""

    @property
    def left(self) -> int:
        """Where the axis begins."""

    def x(self, day: date) -> int:
        """Where a day lies."""

    def extent(self, line: ContactLine) -> Extent:
        """From where to where a contact lies."""


@dataclass(frozen=True, slots=True)
class Band:
    """A criterion with everything that its band is drawn from."""

    finding: CriterionFinding
    assessment: Assessment
    axis: Places
    texts: Texts
    shows_thresholds: bool


@dataclass(frozen=True, slots=True)
class Run:
    """Certain contacts without a pause between them, as a bar."""

    entries: tuple[LedgerEntry, ...]
    first: date
    last: date


def draw_band(  # noqa: PLR0913, PLR0917 - what there is, where it goes
    drawing: Drawing,
    marks: dict[int, Shape],
    band: Band,
    own: Sequence[ContactLine],
    twice: Sequence[ContactLine],
    top: int,
) -> int:
    """Draw a band from `top` on; where the next one begins.

    `own` are the contacts that stand in it; `twice` those that stand elsewhere and count here too.
    """
    lanes = _lanes(own, twice)
    stacks = {name: stacked([band.axis.extent(x) for x in lane]) for name, lane in lanes.items()}
    heights = {
        name: stacks[name].height + _LANE_APART * (1 if _has_room(band, lane, lanes) else 2)
        for name, lane in lanes.items()
    }
    height = sum(heights.values())
    base = top + max(_BAR + _OVER_LANES + height, _LEAST_BASE)
    y = base - 7
    for name, lane in reversed(lanes.items()):
        for line, offset in zip(lane, stacks[name].offsets, strict=True):
            _mark(drawing, marks, band, line, y - offset, is_again=line in twice)
        if len(lanes) > 1:
            _lane_name(drawing, band, lane, y, y - stacks[name].height - 9)
        y -= heights[name]
    drawing.lines.append(Line(band.axis.left, base, 860, base, "base"))
    bottom = _under_the_line(drawing, marks, band, own, base)
    _bars(drawing, band, top + _BAR, base)
    _name(drawing, band, lanes, top)
    bottom = max(bottom, top + _LEAST_HEIGHT)
    _numbers(drawing, band, own, top)
    drawing.lines.append(Line(0, bottom, 1096, bottom, "edge"))
    return bottom


def _lanes(
    own: Sequence[ContactLine], twice: Sequence[ContactLine]
) -> dict[str, list[ContactLine]]:
    """What counts, by discipline; each discipline has a lane of its own."""
    lanes: dict[str, list[ContactLine]] = {}
    counted = [line for line in own if line.row.standing is Standing.CERTAIN]
    for line in (*counted, *twice):
        lanes.setdefault(line.discipline, []).append(line)
    return lanes


def _has_room(band: Band, lane: Sequence[ContactLine], lanes: dict[str, list[ContactLine]]) -> bool:
    """Whether the name of a lane fits before or behind its marks, or needs none."""
    return len(lanes) == 1 or bool(_room(band, lane))


def _room(band: Band, lane: Sequence[ContactLine]) -> str:
    """`end` for before the marks, `start` for behind them; empty where neither has room."""
    first = min(band.axis.extent(line)[0] for line in lane)
    last = max(band.axis.extent(line)[1] for line in lane)
    width = len(lane[0].discipline) * _LETTER
    if first - band.axis.left > width:
        return "end"
    return "start" if band.axis.x(band.assessment.lookback.last) - last > width else ""


def _lane_name(
    drawing: Drawing, band: Band, lane: Sequence[ContactLine], y: int, over: int
) -> None:
    first = min(band.axis.extent(line)[0] for line in lane)
    last = max(band.axis.extent(line)[1] for line in lane)
    places = {
        "end": Words(first - 9, y + 4, lane[0].discipline, "small end halo"),
        "start": Words(last + 9, y + 4, lane[0].discipline, "small halo"),
        "": Words(first - 4, over, lane[0].discipline, "small halo"),
    }
    drawing.words.append(places[_room(band, lane)])


def _under_the_line(
    drawing: Drawing,
    marks: dict[int, Shape],
    band: Band,
    own: Sequence[ContactLine],
    base: int,
) -> int:
    """Possible contacts on the first line under the base, those not counted on the second."""
    y = base + 11
    for standing in (Standing.POSSIBLE, Standing.NOT_COUNTED):
        lines = [line for line in own if line.row.standing is standing]
        stack = stacked([band.axis.extent(line) for line in lines])
        for line, offset in zip(lines, stack.offsets, strict=True):
            _mark(drawing, marks, band, line, y + offset)
        y += (stack.height if lines else 0) + 16
    return y


def _mark(  # noqa: PLR0913 - what there is, where it goes
    drawing: Drawing,
    marks: dict[int, Shape],
    band: Band,
    line: ContactLine,
    y: int,
    *,
    is_again: bool = False,
) -> None:
    """A mark: of a course on its first day, of a vague day in the middle of what it may be."""
    first, last = band.axis.extent(line)
    x = first if line.contact.is_course else (first + last) // 2
    if last > first:
        drawing.lines.append(Line(first, y, last, y, "span"))
    if is_again:
        drawing.shapes.append(Shape("a", x, y))
        return
    marks[id(line)] = Shape(line.symbol, x, y)
    is_counted = line.row.standing is Standing.CERTAIN
    if line.contact.is_course and line.contact.sessions is None and is_counted:
        said = band.texts.page.say("table.number_unknown")
        drawing.words.append(Words(last + 7, y + 4, said, "small halo"))


def _runs(band: Band) -> list[Run]:
    """The certain contacts in runs without a pause, each with its first and last day."""
    ledger, criterion = band.finding.ledger, band.finding.criterion
    entries = [as_known(each) for each in ledger.certain_entries]
    if not entries:
        return []
    runs = unbroken(entries, criterion.pause - 1)
    if len(runs) == 1 and ledger.certain.first and ledger.certain.last:
        return [Run(tuple(entries), ledger.certain.first, ledger.certain.last)]
    return list(_as_bars(runs))


def _as_bars(runs: Sequence[Sequence[LedgerEntry]]) -> Iterator[Run]:
    for run in runs:
        first = min(entry.surely[0] for entry in run)
        last = max(entry.surely[1] for entry in run)
        if first <= last:
            yield Run(tuple(run), first, last)


def _bars(drawing: Drawing, band: Band, y: int, base: int) -> None:
    axis, criterion = band.axis, band.finding.criterion
    runs = _runs(band)
    for run in runs:
        first, last = axis.x(run.first), axis.x(run.last)
        days = (run.last - run.first).days
        look = "long" if days >= criterion.days else "brief"
        drawing.boxes.append(Box(first, y - 4, max(last - first, 2), 8, look))
        drawing.lines += [Line(x, y + 4, x, base, "drop") for x in (first, last)]
        _length(drawing, band, run, y, is_only=len(runs) == 1)
    for before, after in pairwise(runs):
        _pause(drawing, band, before.last, after.first, y)
    _stretch(drawing, band, y)
    if band.shows_thresholds and runs:
        _thresholds(drawing, band, max(runs, key=_worth), y)


def _worth(run: Run) -> tuple[int, int]:
    return (run.last - run.first).days, len(run.entries)


def _length(drawing: Drawing, band: Band, run: Run, y: int, *, is_only: bool) -> None:
    weeks = phrases.weeks((run.last - run.first).days, band.texts.cards)
    said = band.texts.page.say("picture.length", weeks=weeks)
    first, last = band.axis.x(run.first), band.axis.x(run.last)
    if not is_only:
        drawing.words.append(Words((first + last) // 2, y - 8, said, "strong mid halo"))
    elif first - band.axis.left > _ROOM_OF_A_LABEL and not _may_start_before(band, run):
        drawing.words.append(Words(first - 7, y + 5, said, "strong end halo"))
    elif band.axis.x(band.assessment.lookback.last) - last > _ROOM_OF_A_LABEL:
        drawing.words.append(Words(last + 7, y + 5, said, "strong halo"))
    else:
        drawing.words.append(Words((first + last) // 2, y - 8, said, "strong mid halo"))


def _may_start_before(band: Band, run: Run) -> bool:
    days = [each.days.first for each in band.finding.ledger.possible_entries if each.days]
    return band.finding.outcome is not Outcome.MET and min(days, default=run.first) < run.first


def _pause(drawing: Drawing, band: Band, before: date, after: date, y: int) -> None:
    """A pause of twelve weeks or more, said on the bar so that nobody reads across it."""
    start, end = band.axis.x(before), band.axis.x(after)
    weeks = (after - before).days // phrases.DAYS_IN_A_WEEK
    middle = (start + end) // 2
    drawing.lines.append(Line(start, y, end, y, "pause"))
    said = band.texts.page.say("picture.pause", weeks=weeks)
    drawing.words.append(Words(middle, y + 15, said, "strong mid halo"))
    word = band.texts.page.say("picture.pause_word")
    drawing.words.append(Words(middle, y + 28, word, "small mid halo"))


def _stretch(drawing: Drawing, band: Band, y: int) -> None:
    """How far possible contacts would stretch what is certain."""
    ledger = band.finding.ledger
    days = [
        day
        for entry in ledger.possible_entries
        if entry.days
        for day in (entry.days.first, entry.days.last)
    ]
    if not days or band.finding.outcome is Outcome.MET:
        return
    first, last = band.axis.x(min(days)), band.axis.x(max(days))
    certain = ledger.certain
    if certain.first is None or certain.last is None:
        drawing.lines.append(Line(first, y, last, y, "stretch"))
        return
    if first < band.axis.x(certain.first):
        drawing.lines.append(Line(first, y, band.axis.x(certain.first), y, "stretch"))
    if last > band.axis.x(certain.last):
        drawing.lines.append(Line(band.axis.x(certain.last), y, last, y, "stretch"))


def _thresholds(drawing: Drawing, band: Band, run: Run, y: int) -> None:
    """Where the required weeks are over, and the session that makes the required number."""
    criterion, axis, say = band.finding.criterion, band.axis, band.texts.page.say
    day = run.first + timedelta(days=criterion.days)
    end = axis.x(band.assessment.lookback.last)
    if day <= band.assessment.lookback.last + timedelta(days=28):
        x = axis.x(day)
        drawing.lines.append(Line(x, y - 9, x, y + 9, "threshold"))
        said = say("picture.threshold", min_weeks=phrases.minimum_weeks(criterion))
        is_near = end - 34 < x < end + 4
        words = Words(end - 4, y - 20, said, "strong end halo")
        drawing.words.append(words if is_near else Words(x, y - 20, said, "strong mid halo"))
    singles = sorted(
        {(e.days.first, e.disciplines) for e in run.entries if e.days and not e.is_course},
        key=lambda each: each[0],
    )
    if len(singles) >= criterion.sessions and not any(e.is_course for e in run.entries):
        x = axis.x(singles[criterion.sessions - 1][0])
        drawing.lines.append(Line(x, y + 7, x, y + 24, "nth"))
        said = say("picture.nth", n=criterion.sessions)
        drawing.words.append(Words(x + 4, y + 18, said, "strong halo"))


def _name(drawing: Drawing, band: Band, lanes: dict[str, list[ContactLine]], top: int) -> None:
    criterion, say = band.finding.criterion, band.texts.page.say
    drawing.words.append(Words(0, top + 20, phrases.part(criterion.id, band.texts.cards), "strong"))
    name = next(iter(lanes)) if len(lanes) == 1 else _who(criterion.id, band.texts)
    y = top + 40
    for part in wrap(name[:1].upper() + name[1:], _NAME_LENGTH, break_on_hyphens=False):
        drawing.words.append(Words(0, y, part, "name"))
        y += 18
    need = "need_all" if criterion.threshold is Threshold.ALL else "need_any"
    drawing.words += [
        Words(0, y + 2, say("picture.need", min_sessions=criterion.sessions), "small"),
        Words(
            0, y + 17, say(f"picture.{need}", min_weeks=phrases.minimum_weeks(criterion)), "small"
        ),
    ]


def _who(criterion: CriterionId, texts: Texts) -> str:
    return texts.cards.say(f"forms.who.{phrases.SHORT[criterion]}")


def _numbers(drawing: Drawing, band: Band, own: Sequence[ContactLine], top: int) -> None:
    """The verdict in a box, and found, needed and short under it."""
    key = verdict(band.finding, band.assessment)
    drawing.boxes.append(Box(_COLUMN, top + 8, 212, 26, f"verdict {key}"))
    said = band.texts.page.say(f"verdict.{key}")
    drawing.words.append(Words(_COLUMN + 106, top + 26, said, f"strong mid of-{key}"))
    for y, cells in zip(
        (54, 73), number_cells(band.finding, band.assessment, band.texts), strict=True
    ):
        drawing.words += [
            Words(_COLUMN, top + y, cells.name, "small"),
            Words(990, top + y, cells.found, "strong end"),
            Words(1046, top + y, cells.needed, "small end"),
            Words(1096, top + y, cells.short, "strong end"),
        ]
    y = 94
    for note in _notes(band, own):
        drawing.words.append(Words(_COLUMN, top + y, note, "small"))
        y += 15


def _notes(band: Band, own: Sequence[ContactLine]) -> Iterator[str]:
    say, ledger = band.texts.page.say, band.finding.ledger
    numbers = {
        name: sum(line.row.standing is standing for line in own)
        for name, standing in (
            ("possible", Standing.POSSIBLE),
            ("not_counted", Standing.NOT_COUNTED),
        )
    }
    said = [say(f"picture.{name}", n=number) for name, number in numbers.items() if number]
    if said:
        yield ", ".join(said)
    is_open = band.finding.outcome is not Outcome.MET
    if numbers["possible"] and is_open and not is_partial(band.finding, band.assessment):
        yield _with_possible(ledger.possible, band.texts)


def _with_possible(possible: Tally, texts: Texts) -> str:
    if possible.is_unbounded:
        return texts.page.say("picture.with_possible_unbounded", n=possible.sessions)
    weeks = phrases.weeks(possible.days, texts.cards)
    return texts.page.say("picture.with_possible", n=possible.sessions, weeks=weeks)
