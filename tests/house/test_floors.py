"""The pure packages stand alone: each could be its own distribution."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PURE = [name for name in ("base", "triage", "tlog") if (ROOT / "src/ngoma" / name).is_dir()]

IMPORT_ALL = """
import importlib, pkgutil, sys
sys.modules["django"] = None
package = importlib.import_module("ngoma.{name}")
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)
allowed = {{"ngoma", "ngoma.base", "ngoma.{name}"}}
loaded = {{".".join(m.split(".")[:2]) for m in sys.modules if m.startswith("ngoma")}}
print(sorted(loaded - allowed))
"""


@pytest.mark.parametrize("name", PURE)
def test_pure_package_needs_neither_django_nor_the_house(name: str) -> None:
    run = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL.format(name=name)], capture_output=True, text=True
    )
    assert (run.stderr, run.stdout.strip()) == ("", "[]")


def test_every_pure_package_is_held_to_it() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = settings["tool"]["importlinter"]["contracts"]
    held = next(c for c in contracts if c["type"] == "forbidden")["source_modules"]
    assert held == [f"ngoma.{name}" for name in PURE]
