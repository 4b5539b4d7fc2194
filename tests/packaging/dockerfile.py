"""The instructions of the Dockerfile, read without Docker: the few forms that ours uses."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from tests.packaging.checkout import ROOT

DOCKERFILE = ROOT / "docker" / "Dockerfile"


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: its word (`RUN`) and the rest, continuation lines joined."""

    word: str
    rest: str

    def exec_form(self) -> list[str]:
        """The words of `["program", "argument"]`, of a CMD or the CMD of a HEALTHCHECK."""
        words: list[str] = json.loads(self.rest[self.rest.index("[") :])
        return words


def stages(file: Path = DOCKERFILE) -> list[list[Instruction]]:
    """The instructions of each stage, its FROM first."""
    code = "\n".join(
        line for line in file.read_text().splitlines() if not line.lstrip().startswith("#")
    )
    found: list[list[Instruction]] = []
    for line in re.sub(r"\\\n\s*", " ", code).splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            found.append([])
        if word:
            found[-1].append(Instruction(word, rest.strip()))
    return found


def only(stage: list[Instruction], word: str) -> Instruction:
    """The one instruction of this word."""
    (found,) = (instruction for instruction in stage if instruction.word == word)
    return found


def sources(instruction: Instruction) -> list[str]:
    """What a COPY takes from the context; nothing where it copies from another stage."""
    *taken, _ = instruction.rest.split()
    return [] if instruction.rest.startswith("--from=") else taken
