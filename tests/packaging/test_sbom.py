"""`make sbom`: a CycloneDX list of exactly what the image is made of."""

import json
import re
from pathlib import Path
from typing import Any

from tests.packaging.checkout import ROOT, run


def locked() -> set[tuple[str, str]]:
    """Names and versions that the image installs."""
    lock = (ROOT / "requirements" / "runtime.txt").read_text()
    found = re.findall(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==(\S+)", lock, re.MULTILINE)
    return {(_one_spelling(name), version) for name, version in found}


def _one_spelling(name: str) -> str:
    return re.sub(r"[._]", "-", name.lower())


def sbom(file: Path) -> dict[str, Any]:
    done = run(["make", "--old-file=setup", "sbom", f"SBOM={file}"], folder=ROOT)
    assert done.returncode == 0, done.stderr
    made: dict[str, Any] = json.loads(file.read_text())
    return made


def test_the_sbom_holds_what_is_locked_for_the_image_and_nothing_else(tmp_path: Path) -> None:
    made = sbom(tmp_path / "sbom.json")
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    assert made["metadata"]["component"]["name"] == "imsr-cds"
    components = {(_one_spelling(each["name"]), each["version"]) for each in made["components"]}
    assert components == locked()
    assert "fastapi" in {name for name, _ in components}
    assert all(each["purl"].startswith("pkg:pypi/") for each in made["components"])
    assert [each["name"] for each in made["components"] if not each.get("licenses")] == []
    assert made["dependencies"] != []
