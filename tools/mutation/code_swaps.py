"""A fault put into a module that is loaded already, by the code of its functions."""

import ast
import gc
from collections.abc import Iterator
from inspect import CO_OPTIMIZED
from pathlib import Path
from types import CodeType, FunctionType

from tools.mutation.mutants import Mutant


class NotInAFunctionError(Exception):
    """The fault is in what a module or a class does while it is loaded."""


def changed_functions(mutant: Mutant, original: str) -> dict[str, CodeType]:
    """The code of each function that the fault changes, by its qualified name.

    Raises NotInAFunctionError where other code is changed too.
    """
    before = dict(_codes(_compiled(ast.unparse(ast.parse(original)), mutant.path)))
    after = dict(_codes(_compiled(mutant.source, mutant.path)))
    changed = {
        _function_of(name)
        for name, code in after.items()
        if name not in before or _own(code) != _own(before[name])
    }
    functions = {name: code for name, code in after.items() if _is_function(name, code)}
    if not changed or not changed <= set(functions):
        raise NotInAFunctionError
    return {name: functions[name] for name in changed}


def swap(module: str, codes: dict[str, CodeType]) -> None:
    """Give the functions of a module other code.

    Raises NotInAFunctionError if one is not found, or has made functions already: those keep
    their code, like the entries of a table that was made while the module was loaded.
    """
    found = set()
    for function in [each for each in gc.get_objects() if isinstance(each, FunctionType)]:
        name = function.__code__.co_qualname
        if function.__module__ != module:
            continue
        if "<locals>" in name and _function_of(name) in codes:
            raise NotInAFunctionError
        if name in codes:
            function.__code__ = codes[name]
            found.add(name)
    if found != set(codes):
        raise NotInAFunctionError


def _compiled(source: str, path: Path) -> CodeType:
    return compile(source, str(path), "exec")


def _codes(code: CodeType) -> Iterator[tuple[str, CodeType]]:
    """The code objects within one, by qualified name and, where that is not enough, number."""
    seen: dict[str, int] = {}
    waiting = [code]
    while waiting:
        each = waiting.pop(0)
        number = seen[each.co_qualname] = seen.get(each.co_qualname, 0) + 1
        yield each.co_qualname if number == 1 else f"{each.co_qualname}#{number}", each
        waiting += [const for const in each.co_consts if isinstance(const, CodeType)]


def _own(code: CodeType) -> tuple[object, ...]:
    """What a code object does itself, without those within it and without line numbers."""
    constants = [
        (type(const), const) for const in code.co_consts if not isinstance(const, CodeType)
    ]
    return code.co_code, code.co_names, code.co_varnames, code.co_freevars, repr(constants)


def _function_of(name: str) -> str:
    """The function or method that a code object is part of: what stands before `<locals>`."""
    return name.partition(".<locals>")[0].partition("#")[0]


def _is_function(name: str, code: CodeType) -> bool:
    """Not a module, the body of a class, a lambda or a comprehension at the top of a module."""
    return bool(code.co_flags & CO_OPTIMIZED) and "<" not in name and "#" not in name
