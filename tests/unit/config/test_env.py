"""What the environment says, and that a missing secret stops the start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from gis.config import env

ROOT = Path(__file__).resolve().parents[3]
LONG = "x" * 32


@pytest.fixture
def unset(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("WG_TEST", "WG_TEST_FILE"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("value", "told"), [("1", True), ("Yes", True), (" on ", True), ("0", False), ("no", False)]
)
def test_a_flag_is_read(unset: pytest.MonkeyPatch, value: str, told: bool) -> None:
    unset.setenv("WG_TEST", value)
    assert env.flag("WG_TEST", default=not told) is told


@pytest.mark.parametrize("default", [True, False])
def test_an_empty_flag_is_the_default(unset: pytest.MonkeyPatch, default: bool) -> None:
    unset.setenv("WG_TEST", "")
    assert env.flag("WG_TEST", default=default) is default


def test_names_are_parted_by_commas(unset: pytest.MonkeyPatch) -> None:
    unset.setenv("WG_TEST", " a.example , ,b.example,")
    assert env.names("WG_TEST") == ["a.example", "b.example"]


def test_a_secret_is_asked_for_by_name_outside_the_demo(unset: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match="WG_TEST"):
        env.secret("WG_TEST", demo=False, make_demo=lambda: "demo")
    assert env.secret("WG_TEST", demo=True, make_demo=lambda: "demo") == "demo"


def test_a_short_secret_is_refused_outside_the_demo(unset: pytest.MonkeyPatch) -> None:
    unset.setenv("WG_TEST", "short")
    with pytest.raises(ImproperlyConfigured, match="32"):
        env.secret("WG_TEST", demo=False, make_demo=str)
    unset.setenv("WG_TEST", LONG)
    assert env.secret("WG_TEST", demo=False, make_demo=str) == LONG


def test_a_secret_may_lie_in_a_file(unset: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{LONG}\n", encoding="utf-8")
    unset.setenv("WG_TEST_FILE", str(tmp_path / "secret"))
    assert env.secret("WG_TEST", demo=False, make_demo=str) == LONG


def test_a_database_address_is_taken_apart() -> None:
    told = env.database("postgresql://wang:p%40ss@db.example:5433/grid?sslmode=require")
    assert (told["USER"], told["PASSWORD"], told["HOST"]) == ("wang", "p@ss", "db.example")
    assert (told["PORT"], told["NAME"], told["OPTIONS"]) == ("5433", "grid", {"sslmode": "require"})
    assert env.database("postgresql://wangge@/w?host=/var/run/w")["HOST"] == "/var/run/w"
    with pytest.raises(ImproperlyConfigured, match="mysql"):
        env.database("mysql://db/grid")


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    """Load the settings as a new process outside the demo would."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    words = [sys.executable, "-c", "from django.conf import settings; print(settings.DEMO)"]
    return subprocess.run(
        words,
        env={**kept, "DJANGO_SETTINGS_MODULE": "gis.config.settings", **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_real_installation_does_not_start_without_its_secret() -> None:
    refused = start(DATABASE_URL="postgresql://w@db/w")
    assert refused.returncode != 0
    assert "WANGGE_SECRET_KEY" in refused.stderr


def test_with_its_secrets_it_starts_and_is_no_demo() -> None:
    secrets = {"WANGGE_SECRET_KEY": LONG, "WANGGE_VAULT_KEY": LONG}
    started = start(DATABASE_URL="postgresql://w@db/w", **secrets)
    assert started.stdout.strip() == "False", started.stderr


def test_celery_takes_a_unix_socket_by_another_name() -> None:
    assert env.broker("unix:///run/r.sock?db=3") == "redis+socket:///run/r.sock?virtual_host=3"
    assert env.broker("redis://r:6379/0") == "redis://r:6379/0"


def test_secrets_that_may_be_missing(unset: pytest.MonkeyPatch) -> None:
    assert env.optional_secrets("WG_TEST", demo=False) == []
    unset.setenv("WG_TEST", f"{LONG}, y{LONG}")
    assert env.optional_secrets("WG_TEST", demo=False) == [LONG, f"y{LONG}"]
    unset.setenv("WG_TEST", f"{LONG},short")
    with pytest.raises(ImproperlyConfigured, match="WG_TEST"):
        env.optional_secrets("WG_TEST", demo=False)
