"""Finds what code and tests cite of the documents, and where the documents have it."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
POLICY = "cds_service/criteria_files/POLICY.md"
CONFORMANCE = "docs/conformance.md"
INTERFACE = "docs/interface.md"
HAPI = "docs/hapi.md"
FOLDERS = ("cds_service", "fhir_mappings", "tests", "tools", "docker")
SUFFIXES = frozenset({".py", ".yaml", ".csv", ".json", ".md"})
GONE = (
    r"house(?:-2)?\.md|hapi-behaviour|readers-and-cards|terminology, (?:\d|section)"
    r"|cards-r2|policy-r2|policy\.md"
)
"""Names of documents that the repository does not hold."""

_ROW = r"[A-DP]\d+a?\b"
_PART = r"(?:,? (?:Where|Professions|Which profession)(?:, \d{1,2}\b(?![.:]))?|, \d{1,2}\b(?![.:]))"
_SECTION = rf"\d\.\d+{_PART}?"
_ITEM = r"[A-Z]\d+\b|\d\.\d"
_AND = r"(?:,| and| to|;)? "
_LIST = {
    POLICY: rf"\bpolicy (?:row )?((?:{_ROW}|{_SECTION})(?:{_AND}(?:{_ROW}|{_SECTION}))*)",
    CONFORMANCE: rf"\bconformance (?:items? )?((?:{_ITEM})(?:{_AND}(?:{_ITEM}))*)",
    INTERFACE: r"\binterface\.md(, (?:section )?[A-Z][\w -]+)?",
    HAPI: r"\bhapi\.md(, [A-Z][\w -]+)?",
}
_ONE = {POLICY: rf"{_ROW}|{_SECTION}", CONFORMANCE: _ITEM}
_BARE = {
    POLICY: r"\([A-D]\d+a?(?:, [A-D]\d+a?)*\)",
    CONFORMANCE: r"\([A-Z]\d+(?:, [A-Z]\d+)*\)",
}
_LINE_OF_TEXT = r"\b00[03]:\d+"


@dataclass(frozen=True, slots=True)
class Citation:
    """Where it stands, which document, and the anchor there that it means."""

    where: str
    document: str
    anchor: str


@cache
def texts() -> dict[str, str]:
    """What is searched, by path: files without line breaks, so that a citation may run over."""
    found = {}
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            is_ours = path.suffix in SUFFIXES and not name.startswith(
                ("tests/architecture/", POLICY)
            )
            if is_ours and "target" not in path.parts and "__pycache__" not in path.parts:
                found[name] = in_one_line(path)
    return found


def in_one_line(path: Path) -> str:
    """The text of a file without its line breaks and the `#` of comments."""
    text = path.read_text(encoding="utf-8")
    return re.sub(r"\s*\n\s*(?:# ?)?", " ", text)


@cache
def anchors(document: str) -> frozenset[str]:
    """Every `<a id>` of a document, and the anchors of its headings as GitHub makes them."""
    text = (ROOT / document).read_text(encoding="utf-8")
    named = re.findall(r'<a id="([^"]+)">', text)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return frozenset([*named, *(slug(heading) for heading in headings)])


def slug(heading: str) -> str:
    """The anchor of a heading."""
    plain = re.sub(r"<[^>]+>", "", heading).lower()
    return re.sub(r"[^\w -]", "", plain).strip().replace(" ", "-")


@cache
def citations() -> tuple[Citation, ...]:
    """Everything that is cited, with the anchor that it needs."""
    return tuple(_citations())


def _citations() -> Iterator[Citation]:
    for name, text in texts().items():
        for document, pattern in _LIST.items():
            for match in re.finditer(pattern, text):
                for anchor in _anchors_of(document, match[1] or ""):
                    yield Citation(name, document, anchor)
        meant = _document_of_bare(name)
        for bare in re.findall(_BARE[meant], text) if name.endswith(".py") else ():
            for one in re.findall(r"[A-Z]\d+a?", bare):
                yield Citation(name, meant, one.lower())
        for line in re.findall(_LINE_OF_TEXT, text):
            yield Citation(name, POLICY, line)


def _anchors_of(document: str, cited: str) -> Iterator[str]:
    if document in {INTERFACE, HAPI}:
        if cited:
            yield slug(cited.removeprefix(", ").removeprefix("section "))
        return
    ones = re.findall(_ONE[document], cited)
    yield from (_anchor(one) for one in ones)
    for first, last in re.findall(r"([A-Z]\d+) to ([A-Z]\d+)", cited):
        for number in range(int(first[1:]), int(last[1:]) + 1):
            yield f"{first[0]}{number}".lower()


def _anchor(cited: str) -> str:
    """`2.4, Which profession, 2` is `2.4-2`; `2.4 Where` is `2.4-where`; `B12` is `b12`."""
    numbered = re.fullmatch(r"(\d\.\d+),? (?:Which profession, )?(\d+)", cited)
    if numbered:
        return f"{numbered[1]}-{numbered[2]}"
    return cited.replace(",", "").replace(" ", "-").lower()


def _document_of_bare(name: str) -> str:
    """Ids without a document: of the protocol where it is spoken, of the policy elsewhere."""
    protocol = ("cds_service/hooks", "cds_service/web", "cds_service/clients", "tests/contract")
    return CONFORMANCE if name.startswith((*protocol, "cds_service/settings")) else POLICY


@cache
def functions_of(path: str) -> frozenset[str]:
    """The names of functions and classes of a module of tests; none if there is no such file."""
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    return frozenset(
        node.name
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    )
