"""A reader of files and a sweep of time limits, really killed in the middle, more than once."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from gis.ledger.models import StreamEvent
from incidents.models import Report
from incidents.services import news
from incidents.services.tables import load_tables
from tests.factories import District
from tests.loop import make_case
from tests.partners import an_order, make_partner
from tests.shape.tree import ROOT
from tests.streams import database_url

PATIENCE_S = 60.0
SWEEP = """
from datetime import timedelta
from django.utils import timezone
from incidents.services import deadlines
deadlines.BATCH = 2
deadlines.sweep(now=timezone.now() + timedelta(days=90))
"""


def start(*words: str) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ, "DATABASE_URL": database_url(), "WANGGE_DEMO": "1",
        "WANGGE_SECRET_KEY": settings.SECRET_KEY, "WANGGE_VAULT_KEY": settings.VAULT_KEYS[0],
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), *words],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip


def kill_at(child: subprocess.Popen[bytes], done: Callable[[], int], count: int) -> bool:
    """Kill `child` as soon as `count` are done; False when it ended before."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if child.poll() is not None:
            return False
        if done() >= count:
            child.send_signal(signal.SIGKILL)
            child.wait(timeout=PATIENCE_S)
            return True
        time.sleep(0.005)
    pytest.fail("nothing was done")


def finish(child: subprocess.Popen[bytes]) -> None:
    _out, wrong = child.communicate(timeout=2 * PATIENCE_S)
    assert child.returncode == 0, wrong.decode()


def test_each_row_of_a_file_is_kept_once(town: District, tmp_path: Path) -> None:
    load_tables(ROOT / "fixtures" / "laoshan")
    make_partner("hotline")
    folder = tmp_path / "hotline" / "in"
    folder.mkdir(parents=True)
    names = list(an_order())
    lines = [",".join(names)]
    for number in range(200):
        row = an_order(orderNo=f"RX{number}")
        lines.append(",".join(str(row[name]) for name in names))
    (folder / "a.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    os.utime(folder / "a.csv", (1, 1))
    words = ("drop_files", "--folder", str(tmp_path))
    killed = sum(kill_at(start(*words), Report.objects.count, count) for count in (1, 60, 140))
    assert killed == 3
    assert (folder / "a.csv").exists()
    finish(start(*words))
    assert Report.objects.count() == 200
    assert Report.objects.values("external_id").distinct().count() == 200
    assert [one.name for one in (tmp_path / "hotline" / "done").iterdir()] == ["a.csv"]


def test_each_limit_that_runs_out_is_told_once(town: District) -> None:
    now = timezone.now() - timedelta(hours=1)
    cases = {make_case(town, now=now).number for _ in range(40)}
    told = StreamEvent.objects.filter(topic=news.OVERDUE)
    killed = sum(kill_at(start("shell", "-c", SWEEP), told.count, count) for count in (1, 15))
    assert killed >= 1
    finish(start("shell", "-c", SWEEP))
    counted = Counter(row.payload["incident"] for row in told)
    assert counted == dict.fromkeys(cases, 1)
