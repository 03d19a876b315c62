"""`python -m tests.bench`: every benchmark of this folder, one after another, in one run.

A benchmark is a module `bench_<subject>.py` with `main() -> None`. Words on the command line name
the subjects to run; without words all are run.
"""

import importlib
import os
import platform
import sys
import time
from pathlib import Path

FOLDER = Path(__file__).parent


def subjects() -> list[str]:
    """What can be measured, in alphabetical order."""
    return sorted(file.stem.removeprefix("bench_") for file in FOLDER.glob("bench_*.py"))


def main(wanted: list[str]) -> int:
    known = subjects()
    if unknown := sorted(set(wanted) - set(known)):
        print(f"没有这些基准 (no such benchmarks): {', '.join(unknown)}; 有 (there are): {known}")
        return 2
    print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} CPU")
    for subject in wanted or known:
        print(f"\n== {subject}", flush=True)
        began = time.perf_counter()
        importlib.import_module(f"tests.bench.bench_{subject}").main()
        print(f"== {subject}: {time.perf_counter() - began:.1f} s", flush=True)
    return 0


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis.config.settings")
    django.setup()
    sys.exit(main(sys.argv[1:]))
