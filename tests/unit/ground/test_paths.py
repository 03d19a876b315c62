"""The private services are found where the clone may be, and sockets fit the kernel."""

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from gis.config import env
from gis.ground import paths


def test_a_long_path_gets_a_short_socket_directory(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 110)
    place = paths.sockets(deep)
    assert len(f"{place}/.s.PGSQL.5432".encode()) <= 107
    assert place != deep / "run"


def test_a_short_path_keeps_the_sockets_with_the_clone(tmp_path: Path) -> None:
    assert paths.sockets(Path("/srv/wangge/var")) == Path("/srv/wangge/var/run")


def test_bytes_count_and_not_characters() -> None:
    base = Path("/srv") / ("网" * 30)
    assert paths.sockets(base) != base / "run"


def test_settings_read_the_private_address_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "state", lambda: Path("/srv/a b/网格"))
    database = env.database(paths.database_url())
    assert database["HOST"] == "/srv/a b/网格/run"
    assert database["NAME"] == "wangge"
    assert database["USER"] == "wangge"


def test_celery_reaches_the_same_socket_and_number() -> None:
    url = env.broker(paths.redis_url(3))
    assert url == f"redis+socket://{paths.sockets()}/redis.sock?virtual_host=3"
    assert dict(parse_qsl(urlsplit(paths.redis_url(3)).query)) == {"db": "3"}


def test_another_broker_is_left_as_it_is() -> None:
    assert env.broker("redis://:x@host:6379/1") == "redis://:x@host:6379/1"


def test_a_closed_parent_is_seen(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    inner = tmp_path / "clone"
    inner.mkdir()
    assert not paths.open_to_others(inner)


def test_the_demo_secret_is_made_once_and_kept_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "VAR", tmp_path)
    first = paths.demo_secret()
    assert len(first) >= 32
    assert paths.demo_secret() == first
    files = [*(tmp_path / "secrets").iterdir()]
    assert [file.stat().st_mode & 0o777 for file in files] == [0o600]
