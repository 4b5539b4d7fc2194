"""The register: for every item of our conformance list a test, or one line why there is none."""

import ast
import csv
from pathlib import Path

HERE = Path(__file__).parent
ITEMS = "D14 R13 H13 P15 F10 C14 S10 Y4 L6 O4 B11 E6 T6 A20 X4 N3 Q3 Z5 U1"
"""The last item of each part of the list."""


def rows() -> list[dict[str, str]]:
    with (HERE / "register.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def functions(module: Path) -> set[str]:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_item_stands_there_once_and_in_order() -> None:
    expected = [f"{each[0]}{n}" for each in ITEMS.split() for n in range(1, int(each[1:]) + 1)]
    assert [row["item"] for row in rows()] == expected
    assert len(expected) == 162


def test_an_item_has_a_test_or_a_reason() -> None:
    for row in rows():
        assert bool(row["test"]) != bool(row["why none"]), row["item"]


def test_every_named_test_exists_and_bears_the_name_of_its_item() -> None:
    for row in rows():
        if row["test"]:
            module, _, name = row["test"].partition("::")
            assert name in functions(HERE / module), row["item"]
            assert name.startswith(f"test_{row['item']}_")


def test_no_test_bears_the_name_of_an_item_without_one() -> None:
    reasons = {row["item"] for row in rows() if row["why none"]}
    for module in HERE.glob("test_*.py"):
        named = {name.split("_")[1] for name in functions(module) if name.startswith("test_")}
        assert not named & reasons, module.name
