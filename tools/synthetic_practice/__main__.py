"""Make referrals, hold the service to them, print the table; or write the calls with the truth."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path

import click

from cds_service.synthetic_practice.assumptions import PRACTICE
from cds_service.synthetic_practice.patients import Patient, patients
from cds_service.synthetic_practice.referrals import hook_call
from tools.synthetic_practice.answers import Answer, answers
from tools.synthetic_practice.table import table
from tools.synthetic_practice.truth import truth


@click.command()
@click.option("--referrals", default=1000, show_default=True, help="How many referrals.")
@click.option("--seed", default=1, show_default=True, help="Another seed, another practice.")
@click.option("--show", default=0, show_default=True, help="Print so many cards as text.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write calls and truth, one JSON object a line, and ask nothing of the service.",
)
def main(referrals: int, seed: int, show: int, out: Path | None) -> None:
    """Let a made-up practice refer its patients, and print what the service says of them."""
    made = patients(referrals, seed=seed, assumptions=PRACTICE)
    if out is not None:
        with out.open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in _lines(made))
        return
    given = list(answers(made))
    for answer in islice(given, show):
        click.echo(_as_text(answer))
    click.echo(table(given))


def _lines(made: Iterator[Patient]) -> Iterator[str]:
    for patient in made:
        line = {"call": hook_call(patient), "truth": asdict(truth(patient))}
        yield json.dumps(line, ensure_ascii=False, separators=(",", ":"))


def _as_text(answer: Answer) -> str:
    care = "; ".join(
        f"{len(course.days)} x {course.discipline} {course.days[0]}..{course.days[-1]}"
        for course in answer.patient.courses
    )
    card = answer.card or {"summary": "(no card)", "detail": ""}
    return (
        f"--- patient {answer.patient.number}: {care or 'no care'}\n"
        f"really met: {[name for name, met in answer.truth.criteria.items() if met]}\n"
        f"{answer.kind}\n{card['summary']}\n\n{card.get('detail', '')}\n"
    )


if __name__ == "__main__":
    main()
