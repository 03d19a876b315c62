#!/usr/bin/env python3
"""Django's command line; goes over to the project's own environment from any other Python."""

import os
import sys
from pathlib import Path


def _enter_environment() -> None:
    """`python3 manage.py …` works from any shell: hand over to `.venv` when Django is not here."""
    venv_python = Path(__file__).resolve().parent / ".venv" / "bin" / "python"
    try:
        import django  # noqa: F401
    except ImportError:
        if not venv_python.exists():
            sys.exit("没有 .venv，请先运行 make run。(run `make run` first)")
        os.execv(venv_python, [str(venv_python), *sys.argv])  # noqa: S606


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis.config.settings")
    _enter_environment()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
