"""The import contract holds, and is able to fail."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.shape.tree import ROOT, files

LINT = Path(sys.executable).parent / "lint-imports"


def lint(root: Path) -> tuple[int, str]:
    done = subprocess.run(
        [LINT, "--no-cache"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    return done.returncode, done.stdout + done.stderr


def test_imports_run_one_way() -> None:
    code, said = lint(ROOT)
    assert code == 0, said


def test_a_planted_import_is_found(tmp_path: Path) -> None:
    packages = ("gis/", "grids/", "patrols/", "incidents/", "maps/")
    for path in [p for package in packages for p in files(".py", under=package)]:
        (tmp_path / path.parent).mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / "grids/choices.py").open("a") as planted:
        planted.write("\nimport incidents.apps\n")
    with (tmp_path / "gis/kernel/errors.py").open("a") as planted:
        planted.write("\nimport django.conf\n")
    code, said = lint(tmp_path)
    assert code == 1, said
    assert "Imports run one way BROKEN" in said
    assert "The kernel knows no framework BROKEN" in said
