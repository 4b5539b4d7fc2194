"""Rule files with one thing wrong: our own text, changed in one place."""

from pathlib import Path

from cds_service.criteria_files.folder import OUR_FOLDER

NAME = "imsr-persistent-pain.2026-04-20.r2.yaml"
OURS = (OUR_FOLDER / NAME).read_text(encoding="utf-8")
FIRST_NAME = "imsr-persistent-pain.2026-04-20.r1.yaml"
FIRST = (OUR_FOLDER / FIRST_NAME).read_text(encoding="utf-8")
"""Revision 1, which is never changed: it follows the first reading of the policy."""


def changed(old: str, new: str) -> str:
    """Our rule file with the first occurrence of a text replaced."""
    if old not in OURS:
        raise ValueError(f"not in the rule file: {old}")
    return OURS.replace(old, new, 1)


def write(folder: Path, text: str, name: str = NAME) -> Path:
    """A rule file of this text in a folder."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def revision(date_of_effect: str, number: int) -> tuple[str, str]:
    """The name and text of another revision, alike but for its date and number."""
    text = changed("effective_from: 2026-04-20", f"effective_from: {date_of_effect}")
    text = text.replace("revision: 2", f"revision: {number}", 1)
    return f"imsr-persistent-pain.{date_of_effect}.r{number}.yaml", text
