"""Small faults that can be put into a module: one change of its syntax tree each."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

_NOT_RUN: Final = frozenset({"annotation", "returns", "decorator_list"})
_COMPARISONS: Final[dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_ARITHMETIC: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_CALLS: Final = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault: the module with it, and what was changed where."""

    path: Path
    line: int
    change: str
    source: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.change}"


def mutants_of(path: Path, enums: dict[str, tuple[str, ...]]) -> tuple[Mutant, ...]:
    """Every fault that can be put into a module; `enums` are the closed lists whose members swap.

    Type hints, decorators and docstrings stay as they are.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return tuple(
        Mutant(path, line, change, source) for line, change, source in _changes(tree, enums)
    )


def closed_lists(paths: tuple[Path, ...]) -> dict[str, tuple[str, ...]]:
    """The members of every enumeration that these modules define, in order."""
    found = {}
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and _is_enum(node):
                found[node.name] = tuple(
                    target.id
                    for item in node.body
                    if isinstance(item, ast.Assign)
                    for target in item.targets
                    if isinstance(target, ast.Name)
                )
    return found


def _is_enum(node: ast.ClassDef) -> bool:
    names = {base.id for base in node.bases if isinstance(base, ast.Name)}
    return bool(names & {"Word", "StrEnum", "IntEnum", "Enum"})


def _changes(tree: ast.Module, enums: dict[str, tuple[str, ...]]) -> Iterator[tuple[int, str, str]]:
    for parent, place, child in list(_sites(tree)):
        for new in chain(_expressions(child, enums), _statements(child)):
            _put(parent, place, new)
            source = ast.unparse(ast.fix_missing_locations(tree))
            _put(parent, place, child)
            yield getattr(child, "lineno", 0), f"{_text(child)}  ->  {_text(new)}", source


Place = tuple[str, int | None]


def _sites(node: ast.AST) -> Iterator[tuple[ast.AST, Place, ast.AST]]:
    """Every node that runs, with where it hangs in the tree."""
    for name, value in ast.iter_fields(node):
        if name in _NOT_RUN:
            continue
        for index, child in enumerate(value) if isinstance(value, list) else ((None, value),):
            if isinstance(child, ast.AST) and not _is_docstring(child):
                yield node, (name, index), child
                yield from _sites(child)


def _is_docstring(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _put(parent: ast.AST, place: Place, new: ast.AST) -> None:
    name, index = place
    if index is None:
        setattr(parent, name, new)
    else:
        getattr(parent, name)[index] = new


def _expressions(  # noqa: C901 one case per sort of node
    node: ast.AST, enums: dict[str, tuple[str, ...]]
) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(left=left, ops=[operator, *rest], comparators=others):
            for other in _COMPARISONS.get(type(operator), ()):
                yield ast.Compare(left, [other(), *rest], others)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _ARITHMETIC:
            yield ast.BinOp(left, _ARITHMETIC[type(operator)](), right)
        case ast.IfExp(body=body, orelse=orelse):
            yield body
            yield orelse
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords) if name in _CALLS:
            yield ast.Call(ast.Name(_CALLS[name]), args, keywords)
        case ast.BoolOp():
            yield from _conditions(node)
        case ast.Constant():
            yield from _constants(node)
        case ast.Attribute(value=ast.Name(id=name) as owner, attr=member) if name in enums:
            members = enums[name]
            if member in members:
                next_member = members[(members.index(member) + 1) % len(members)]
                yield ast.Attribute(owner, next_member)


def _conditions(node: ast.BoolOp) -> Iterator[ast.AST]:
    """`and` for `or` and the other way, and each part left out."""
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    for at in range(len(node.values)):
        kept = [*node.values[:at], *node.values[at + 1 :]]
        yield kept[0] if len(kept) == 1 else ast.BoolOp(node.op, kept)


def _constants(node: ast.Constant) -> Iterator[ast.AST]:
    """The other truth value, and the numbers beside a number."""
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int):
        yield ast.Constant(node.value + 1)
        yield ast.Constant(node.value - 1)


def _statements(node: ast.AST) -> Iterator[ast.stmt]:
    match node:
        case ast.Return(value=ast.Compare() | ast.BoolOp() as value):
            yield ast.Return(ast.UnaryOp(ast.Not(), value))
        case ast.Return(value=ast.Constant(value=None)):
            return
        case ast.Return(value=ast.expr()):
            yield ast.Return(ast.Constant(None))
        case ast.If(test=test, body=body, orelse=orelse):
            yield ast.If(ast.Constant(value=False), body, orelse)
            yield ast.If(ast.Constant(value=True), body, orelse)
            yield ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.Expr() | ast.AugAssign() | ast.Continue() | ast.Break():
            yield ast.Pass()


def _text(node: ast.AST) -> str:
    """A node on one line; of an `if` only its head."""
    if isinstance(node, ast.If):
        return f"if {ast.unparse(node.test)}"
    return " ".join(ast.unparse(node).split())
