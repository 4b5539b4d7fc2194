"""The table: which cards, how many are specific and right, whom a warning hits, who gets none."""

from collections import Counter
from collections.abc import Iterable, Sequence

from tools.synthetic_practice.answers import Answer


def table(given: Sequence[Answer]) -> str:
    """Counts over all referrals, as text."""
    rows = [("card", "referrals", "specific", "right", "specific and right")]
    kinds = Counter(each.kind for each in given)
    for kind, number in kinds.most_common():
        ours = [each for each in given if each.kind == kind]
        rows.append(_row(kind, number, ours))
    rows.append(_row("all", len(given), given))
    return "\n".join([*_aligned(rows), "", *_aims(given)])


def _row(kind: str, number: int, ours: Iterable[Answer]) -> tuple[str, str, str, str, str]:
    told = [(each.is_specific, each.is_right) for each in ours if each.card is not None]
    return (
        kind,
        str(number),
        str(sum(specific for specific, _ in told)),
        str(sum(right for _, right in told)),
        str(sum(specific and right for specific, right in told)),
    )


def _aligned(rows: list[tuple[str, str, str, str, str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join([row[0].ljust(widths[0]), *_to_the_right(row[1:], widths[1:])]) for row in rows
    ]


def _to_the_right(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [cell.rjust(width) for cell, width in zip(cells, widths, strict=True)]


def _aims(given: Sequence[Answer]) -> list[str]:
    applicable = [each for each in given if each.truth.is_applicable]
    met = [each for each in applicable if each.truth.meets_the_numbers]
    warnings = [each for each in given if each.is_warning]
    wrong = sum(each.is_warning_of_met_care for each in given)
    silent = sum(each.is_silence for each in applicable)
    numbers = (
        ("the criteria apply", len(applicable), len(given), ""),
        ("of these: the real care meets the numbers", len(met), len(applicable), ""),
        ("warnings that hit a patient whose real care met", wrong, len(warnings), "under 5 %"),
        ("patients whose real care met, and who got a warning", wrong, len(met), "under 5 %"),
        ("applicable referrals without a card", silent, len(applicable), "under 1 %"),
    )
    return [
        f"{what}: {_share(number, whole)}" + (f" (aim: {aim})" if aim else "")
        for what, number, whole, aim in numbers
    ]


def _share(number: int, whole: int) -> str:
    return f"{number} of {whole}" + (f", {100 * number / whole:.1f} %" if whole else "")
