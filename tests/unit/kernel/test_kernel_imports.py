"""What importing the kernel costs."""

import subprocess
import sys


def test_importing_loads_no_framework_and_no_compiler() -> None:
    code = (
        "import sys, gis.kernel.snap, gis.kernel.datum\n"
        "print([name for name in ('django', 'celery', 'numba') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
