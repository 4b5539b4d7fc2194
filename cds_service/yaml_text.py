"""YAML to plain values, without the surprises of YAML.

Rule files and the file of clients need mappings, lists, words, numbers and dates. Everything else
is refused before a value is built: aliases and anchors (a small file may unfold into gigabytes),
tags, merge keys, keys that stand twice (YAML keeps the last one, silently), deep nesting, large
files.
"""

from collections.abc import Iterator
from pathlib import Path

import yaml

MAX_BYTES = 65_536
MAX_DEPTH = 20

Steps = tuple[str | int, ...]


class UnreadableYamlError(Exception):
    """The text is no YAML that we accept. `faults` say why, each with the place."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def read_yaml(path: Path) -> object:
    """The plain values of a file: dict, list, str, int, float, bool, date or None."""
    text = _text(path)
    try:
        _refuse_tricks(text)
        return _plain_values(text)
    except (yaml.YAMLError, ValueError) as error:
        raise UnreadableYamlError((_in_words(error),)) from error


def place(path: Steps) -> str:
    """`options.0.criteria.1.sessions`, as faults name a place."""
    return ".".join(str(part) for part in path)


def _text(path: Path) -> str:
    """The text of a file of bearable size."""
    try:
        if not path.is_file():
            raise UnreadableYamlError(("is not a file",))
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise UnreadableYamlError(("cannot be read",)) from error
    if len(content) > MAX_BYTES:
        raise UnreadableYamlError((f"is larger than {MAX_BYTES} bytes",))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableYamlError(("is not UTF-8 text",)) from error


def _refuse_tricks(text: str) -> None:
    """Look at the events of the parser, which builds nothing and does not recurse."""
    faults = tuple(_tricks(text))
    if faults:
        raise UnreadableYamlError(faults)


def _tricks(text: str) -> Iterator[str]:
    depth = 0
    documents = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 0
        depth += _step(event)
        if depth > MAX_DEPTH:
            yield f"line {line}: is nested deeper than {MAX_DEPTH} levels"
            return
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
        if documents > 1:
            yield f"line {line}: holds a second document"
            return
        if getattr(event, "anchor", None) is not None:
            yield f"line {line}: anchors and aliases are not allowed"
        if getattr(event, "tag", None) is not None:
            yield f"line {line}: tags are not allowed"


def _step(event: yaml.Event) -> int:
    """How an event changes the depth of nesting."""
    if isinstance(event, yaml.CollectionStartEvent):
        return 1
    return -1 if isinstance(event, yaml.CollectionEndEvent) else 0


def _plain_values(text: str) -> object:
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            raise UnreadableYamlError(("is empty",))
        faults: list[str] = []
        values = _plain(loader, node, (), faults)
    finally:
        loader.dispose()
    if faults:
        raise UnreadableYamlError(tuple(faults))
    return values


def _plain(loader: yaml.SafeLoader, node: yaml.Node, path: Steps, faults: list[str]) -> object:
    if isinstance(node, yaml.MappingNode):
        return _mapping(loader, node, path, faults)
    if isinstance(node, yaml.SequenceNode):
        return [
            _plain(loader, item, (*path, number), faults) for number, item in enumerate(node.value)
        ]
    try:
        value: object = loader.construct_object(node)
    except (ArithmeticError, ValueError, yaml.YAMLError):
        faults.append(f"{place(path)}: cannot be read as a word, a number or a date")
        return None
    return value


def _mapping(
    loader: yaml.SafeLoader, node: yaml.MappingNode, path: Steps, faults: list[str]
) -> dict[str, object]:
    """A mapping whose keys are words, each of them once."""
    values: dict[str, object] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if key_node.tag != "tag:yaml.org,2002:str":
            faults.append(f"{place((*path, f'line {line}'))}: a key must be a word")
            continue
        key = str(key_node.value)
        if key in values:
            faults.append(f"{place((*path, key))}: stands twice, again in line {line}")
            continue
        values[key] = _plain(loader, value_node, (*path, key), faults)
    return values


def _in_words(error: Exception) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"line {error.problem_mark.line + 1}: is not YAML: {error.problem}"
    return "is not YAML"
