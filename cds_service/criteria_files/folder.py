"""A folder of rule files, one per date of effect and revision; the date of the referral chooses."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cds_service.criteria_files.rule_file import parse
from cds_service.domain.criteria import ReferralCriteria
from cds_service.errors import InvalidCriteriaError
from cds_service.yaml_text import UnreadableYamlError, read_yaml

OUR_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class CriteriaFiles:
    """Every revision of the criteria that this service knows; at least one."""

    revisions: tuple[ReferralCriteria, ...]  # by date of effect, then revision

    def in_force(self, on: date) -> ReferralCriteria:
        """The criteria for a referral of that day.

        The latest date of effect on or before the day, in its highest revision. Before the first
        date of effect the first criteria are named; that they do not apply yet, the domain says
        (`before_effective_date`).
        """
        begun = [each for each in self.revisions if each.effective_from <= on]
        dated = begun or [
            each
            for each in self.revisions
            if each.effective_from == self.revisions[0].effective_from
        ]
        return dated[-1]


def load_criteria(folder: Path | None = None) -> CriteriaFiles:
    """Every rule file of a folder; without one, the files that come with the service.

    A site's own folder (`IMSR_CRITERIA_DIR`) replaces ours and is checked in the same way; where
    its numbers are not those of our file in force on that date, the criteria say so. Any fault in
    any file raises `InvalidCriteriaError` with all of them.
    """
    where = OUR_FOLDER if folder is None else folder
    paths, faults = _rule_files(where)
    revisions: list[ReferralCriteria] = []
    for path in paths:
        criteria, faults_of_file = _read(path)
        faults.extend(faults_of_file)
        if criteria is not None:
            revisions.append(criteria)
    if len({each.id for each in revisions}) > 1:
        faults.append(f"{where.name}: holds criteria of more than one id")
    if faults:
        raise InvalidCriteriaError(tuple(faults))
    ordered = sorted(revisions, key=lambda each: (each.effective_from, each.revision))
    if folder is None:
        return CriteriaFiles(tuple(ordered))
    ours = load_criteria()
    return CriteriaFiles(
        tuple(each.held_against(ours.in_force(each.effective_from)) for each in ordered)
    )


def lint(path: Path) -> tuple[str, ...]:
    """Every fault of one rule file, with the file and the path in it; none when it is right."""
    return _read(path)[1]


def _rule_files(folder: Path) -> tuple[list[Path], list[str]]:
    """The rule files of a folder, and what is wrong with the folder itself.

    A file named `.yml` would be forgotten silently, so it is a fault.
    """
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return [], [f"{folder.name}: is no folder that can be read"]
    faults = [
        f"{entry.name}: a rule file must end in .yaml"
        for entry in entries
        if entry.suffix.lower() in {".yaml", ".yml"} and entry.suffix != ".yaml"
    ]
    paths = [entry for entry in entries if entry.suffix == ".yaml"]
    if not paths:
        faults.append(f"{folder.name}: holds no rule file")
    return paths, faults


def _read(path: Path) -> tuple[ReferralCriteria | None, tuple[str, ...]]:
    """The criteria of one file, or its faults."""
    try:
        values = read_yaml(path)
    except UnreadableYamlError as error:
        return None, tuple(f"{path.name}: {fault}" for fault in error.faults)
    file, faults = parse(values)
    if file is None:
        return None, tuple(f"{path.name}: {fault}" for fault in faults)
    if path.name != file.file_name:
        return None, (f"{path.name}: must be named {file.file_name}, as its content says",)
    return file.value(), ()
