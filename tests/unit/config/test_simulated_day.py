"""A demonstration's day goes on, unless it is told to stand still; a real installation has none."""

import os
import subprocess
import sys

import pytest

ASK = (
    "from gis.config import settings as s;"
    "print(s.SIMULATE, sorted(n for n in s.CELERY_BEAT_SCHEDULE if n.startswith('simulate')))"
)
GOES_ON = "True ['simulate', 'simulate-handling', 'simulate-patrols']"


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"WANGGE_DEMO": "1"}, GOES_ON),
        ({"WANGGE_DEMO": "1", "SIMULATE": "1"}, GOES_ON),
        ({"WANGGE_DEMO": "1", "SIMULATE": "0"}, "False []"),
        ({"WANGGE_DEMO": "0", "SIMULATE": "1"}, "False []"),
    ],
)
def test_when_the_day_goes_on(environment: dict[str, str], told: str) -> None:
    kept = {name: value for name, value in os.environ.items() if name != "SIMULATE"}
    secrets = dict.fromkeys(("WANGGE_SECRET_KEY", "WANGGE_VAULT_KEY"), "x" * 40)
    ran = subprocess.run(
        [sys.executable, "-c", ASK],
        env={**kept, **secrets, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == told
