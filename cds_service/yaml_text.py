"""YAML to plain values, without the surprises of YAML.

Rule files and the file of clients need mappings, lists, words, numbers and dates. Everything else
is refused before a value is built: aliases and anchors (a small file may unfold into gigabytes),
tags, merge keys, keys that stand twice (YAML keeps the last one, silently), deep nesting, large
files.
"""

from pathlib import Path
from typing import Any

import yaml

MAX_BYTES = 65_536
MAX_DEPTH = 20

_SHIPPED_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

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
        return _PlainLoader(text).values()
    except (yaml.YAMLError, ValueError) as error:
        raise UnreadableYamlError((_in_words(error),)) from error


def read_shipped_yaml(text: str) -> Any:
    """The values of a text that ships with the service: texts of cards, their order.

    By the parser in C where PyYAML has it. It needs a tenth of the time, but shows no places.
    """
    return yaml.load(text, Loader=_SHIPPED_LOADER)  # noqa: S506 - both are safe loaders


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


class _PlainLoader(yaml.SafeLoader):
    """PyYAML's safe loader, which gathers what we refuse besides, each fault with its place."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._faults: list[str] = []
        self._path: list[object] = []
        self._paths: dict[yaml.Node, Steps] = {}

    def values(self) -> object:
        """The plain values; nothing is built of a text with tricks in it."""
        node = self.get_single_node()
        if node is None:
            raise UnreadableYamlError(("is empty",))
        self._raise_faults()
        values: object = self.construct_object(node)
        self._raise_faults()
        return values

    def compose_document(self) -> yaml.Node | None:
        """The one document of the text, and no other behind it."""
        node = super().compose_document()
        if not self.check_event(yaml.StreamEndEvent):
            self._fault(self._next(), "holds a second document")
            self._raise_faults()
        return node

    def compose_node(self, parent: yaml.Node | None, index: object) -> yaml.Node | None:
        """A node. `index` is its number in a list, or the node of its key in a mapping."""
        event = self._next()
        self._refuse_tricks(event)
        event.anchor = None  # type: ignore[attr-defined]
        step = [] if parent is None else [index.value if isinstance(index, yaml.Node) else index]
        self._path += step
        if isinstance(event, yaml.AliasEvent):
            self.get_event()  # type: ignore[no-untyped-call]
            node: yaml.Node | None = yaml.ScalarNode("tag:yaml.org,2002:null", "")
        else:
            node = super().compose_node(parent, index)  # type: ignore[arg-type]
        if node is not None:
            self._paths[node] = tuple(map(str, self._path))
        del self._path[len(self._path) - len(step) :]
        return node

    def construct_object(self, node: yaml.Node, deep: bool = True) -> Any:  # noqa: ARG002, FBT001, FBT002
        """The value of a node and, in the order of the text, of all within it."""
        try:
            return super().construct_object(node, deep=True)
        except (ArithmeticError, ValueError, yaml.YAMLError):
            where = place(self._paths[node])
            self._faults.append(f"{where}: cannot be read as a word, a number or a date")
            return None

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = True) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        """A mapping whose keys are words, each of them once."""
        keys: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if key.tag != "tag:yaml.org,2002:str":
                where = place((*self._paths[node], f"line {line}"))
                self._faults.append(f"{where}: a key must be a word")
            elif key.value in keys:
                where = place((*self._paths[node], key.value))
                self._faults.append(f"{where}: appears twice, again in line {line}")
            else:
                keys[key.value] = (key, value)
        node.value = list(keys.values())
        return super().construct_mapping(node, deep)

    def _refuse_tricks(self, event: yaml.Event) -> None:
        if len(self._path) >= MAX_DEPTH and isinstance(event, yaml.CollectionStartEvent):
            self._fault(event, f"is nested deeper than {MAX_DEPTH} levels")
            self._raise_faults()
        if getattr(event, "anchor", None) is not None:
            self._fault(event, "anchors and aliases are not allowed")
        if getattr(event, "tag", None) is not None:
            self._fault(event, "tags are not allowed")

    def _fault(self, event: yaml.Event, text: str) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 0
        self._faults.append(f"line {line}: {text}")

    def _next(self) -> yaml.Event:
        event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call]
        return event

    def _raise_faults(self) -> None:
        if self._faults:
            raise UnreadableYamlError(tuple(self._faults))


def _in_words(error: Exception) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"line {error.problem_mark.line + 1}: is not YAML: {error.problem}"
    return "is not YAML"
