"""A new client in the file of trusted clients: checked as the start checks it, then added.

The file is an operator's own, with comments in it: the entry is put below what is there.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import yaml

from cds_service.clients.clients_file import ClientEntry, read_entries
from cds_service.clients.from_settings import load_trusted_clients
from cds_service.errors import InvalidClientsError
from cds_service.settings.settings import Settings
from cds_service.yaml_text import UnreadableYamlError, read_yaml

_INDENT = re.compile(r"^clients:[^\n]*\n(?:\s*(?:#[^\n]*)?\n)*( *)- ", re.MULTILINE)


def entry_text(members: Mapping[str, object]) -> str:
    """The entry as YAML, to be put below `clients:`; what is empty is left out."""
    entry = {name: members[name] for name in ClientEntry.model_fields if members.get(name)}
    plain = {name: list(each) if isinstance(each, tuple) else each for name, each in entry.items()}
    return yaml.safe_dump([plain], sort_keys=False, allow_unicode=True, width=1000)


def add_entry(file: Path, text: str, settings: Settings, *, is_written: bool) -> None:
    """Check a file with the entry added to it; write it only where that is asked for.

    Raises InvalidClientsError for every fault of the file, or of the file with the entry.
    """
    if file.exists():
        read_entries(file)
    content = _content(file, text)
    with _beside(file, content) as trial:
        _refuse_other_forms(trial, file)
        try:
            load_trusted_clients(trial, settings)
        except InvalidClientsError as error:
            faults = (fault.replace(str(trial), str(file)) for fault in error.faults)
            raise InvalidClientsError(tuple(faults)) from None
        if is_written:
            trial.replace(file)


def _refuse_other_forms(trial: Path, file: Path) -> None:
    """YAML can be written in ways below which nothing can be put, such as JSON."""
    try:
        read_yaml(trial)
    except UnreadableYamlError:
        fault = f"{file}: is written in a way that only a person can add to"
        raise InvalidClientsError((fault,)) from None


def _content(file: Path, text: str) -> str:
    """The file with the entry below what is there, as far to the right."""
    if not file.exists():
        return "clients:\n" + _indented(text, "  ")
    content = file.read_text(encoding="utf-8").rstrip("\n") + "\n"
    found = _INDENT.search(content)
    return content + _indented(text, found.group(1) if found else "  ")


def _indented(text: str, indent: str) -> str:
    return "".join(f"{indent}{line}\n" for line in text.splitlines())


@contextmanager
def _beside(file: Path, content: str) -> Iterator[Path]:
    """A file in the same folder, from which relative paths lead to the same places."""
    descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    trial = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(content)
        if file.exists():
            shutil.copymode(file, trial)
        yield trial
    finally:
        trial.unlink(missing_ok=True)
