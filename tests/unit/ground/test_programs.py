"""Which servers are chosen, and what is done about the leftovers of a crash."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gis.ground import broker, cluster, dpkg, packages, paths, say, users


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state directory of the test's own."""
    monkeypatch.setattr(paths, "state", lambda: tmp_path)
    return tmp_path


def unpack(prefix: Path, major: int) -> None:
    """What an unpacked PostGIS looks like to the search."""
    folder = prefix / f"usr/lib/postgresql/{major}/bin"
    extension = prefix / f"usr/share/postgresql/{major}/extension"
    folder.mkdir(parents=True)
    extension.mkdir(parents=True)
    (folder / "initdb").touch()
    (extension / "postgis-3.control").touch()
    packages._name_alternatives(prefix)


def test_a_private_postgis_is_found_newest_first(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANGGE_PRIVATE", "1")
    for major in (15, 17, 9):
        unpack(paths.prefix(), major)
    assert [(each.major, each.private) for each in cluster.find()] == [(17, True), (15, True)]


def test_a_cluster_keeps_its_major_version(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANGGE_PRIVATE", "1")
    for major in (15, 17):
        unpack(paths.prefix(), major)
    paths.data().mkdir()
    (paths.data() / "PG_VERSION").write_text("15\n")
    assert cluster.ensure_programs().major == 15
    (paths.data() / "PG_VERSION").write_text("14\n")
    with pytest.raises(say.GroundError, match="PostgreSQL 14"):
        cluster.ensure_programs()


def test_the_servers_listen_on_no_network(state: Path) -> None:
    postgres = cluster.program(cluster.Postgres(Path("/x"), 15, private=False))
    assert "listen_addresses=" in postgres.command
    assert "synchronous_commit=on" in postgres.command
    redis = list(broker.program((Path("/x/redis-server"), False)).command)
    assert redis[redis.index("--port") + 1] == "0"


def test_a_lock_file_of_a_dead_or_reused_pid_goes(state: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    for pid in (gone.pid, os.getpid()):
        paths.data().mkdir(exist_ok=True)
        lock = paths.data() / "postmaster.pid"
        lock.write_text(f"{pid}\n/somewhere\n")
        cluster.clear_stale()
        assert not lock.exists()


def test_a_directory_of_somebody_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "run"
    target.mkdir()
    monkeypatch.setattr(users, "service_uid", lambda: target.stat().st_uid + 1)
    with pytest.raises(say.GroundError, match="uid"):
        cluster.own_directory(target)


def test_a_link_in_the_place_of_a_directory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(users, "service_uid", os.geteuid)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "run").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(say.GroundError, match="run"):
        cluster.own_directory(tmp_path / "run")


def test_nobody_at_the_socket_is_no_answer(state: Path) -> None:
    assert not cluster.answers()
    assert not broker.answers()


def test_private_packages_count_as_absent_and_others_do_not() -> None:
    for name in ("postgresql-15", "libgdal32", "redis-server", "libpq5", "proj-data"):
        assert packages.PRIVATE.match(name), name
    for name in ("libc6", "python3", "libssl3", "adduser"):
        assert not packages.PRIVATE.match(name), name
    assert packages.NOT_NEEDED.match("libllvm14")


def test_without_apt_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "have_apt", lambda: False)
    with pytest.raises(say.GroundError, match="DATABASE_URL"):
        packages.install("PostGIS", ["postgresql-15-postgis-3"], group="postgis")


STATUS = """Package: libgdal32
Version: 1

Package: gdal-bin
Depends: libgdal32 (= 1), libc6 | libc

Package: viewer
Pre-Depends: gdal-bin:any

Package: lib-other
Provides: libc (= 2)

Package: editor
Depends: libc6 | libc
"""


def test_a_list_without_packages_has_no_broken_ones_left() -> None:
    left = dpkg.without(STATUS, re.compile("^libgdal"))
    assert re.findall(r"^Package: (\S+)", left, re.MULTILINE) == ["lib-other", "editor"]
