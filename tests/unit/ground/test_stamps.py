"""A step is repeated when what it was made from changed, and only then."""

from pathlib import Path

import pytest

from gis.ground import frontend, locks, paths, stamps, venv


def test_a_stamp_follows_the_content(tmp_path: Path) -> None:
    source, stamp = tmp_path / "lock", tmp_path / "deep" / "stamp"
    source.write_text("a")
    assert not stamps.fresh(stamp, stamps.digest(source))
    stamps.write(stamp, stamps.digest(source))
    assert stamps.fresh(stamp, stamps.digest(source))
    source.write_text("b")
    assert not stamps.fresh(stamp, stamps.digest(source))


def test_parts_do_not_run_together() -> None:
    assert stamps.digest("ab", "c") != stamps.digest("a", "bc")


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment directory and two locks, without anything installed."""
    home = tmp_path / "venv"
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "python").touch()
    (home / "pyvenv.cfg").write_text("version = 3.11.2\n")
    for name in ("run", "dev"):
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(paths, "VENV", home)
    monkeypatch.setattr(venv, "PYTHON", home / "bin" / "python")
    monkeypatch.setattr(venv, "STAMP", home / "stamp")
    monkeypatch.setattr(venv, "LOCKS", {name: tmp_path / name for name in ("run", "dev")})
    return tmp_path


def test_the_tests_environment_serves_the_site_too(environment: Path) -> None:
    stamps.write(venv.STAMP, venv._value("dev"))
    assert venv.satisfied("dev")
    assert venv.satisfied("run")


def test_the_sites_environment_is_not_enough_for_tests(environment: Path) -> None:
    stamps.write(venv.STAMP, venv._value("run"))
    assert venv.satisfied("run")
    assert not venv.satisfied("dev")


def test_another_lock_or_another_python_means_another_environment(environment: Path) -> None:
    stamps.write(venv.STAMP, venv._value("run"))
    (environment / "run").write_text("changed")
    assert not venv.satisfied("run")
    stamps.write(venv.STAMP, venv._value("run"))
    (environment / "venv" / "pyvenv.cfg").write_text("version = 3.12.1\n")
    assert not venv.satisfied("run")


def test_every_wanted_front_end_file_is_of_a_locked_package() -> None:
    locked = frontend.LOCK.read_text()
    for target, source in frontend.wanted().items():
        assert ".." not in target
        package = "/".join(source.split("/")[: 2 if source.startswith("@") else 1])
        assert f'"node_modules/{package}"' in locked
    assert "resolved" not in locked  # the lock names no host, so any mirror serves it


def test_an_altered_front_end_file_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "VENDOR", tmp_path)
    monkeypatch.setattr(frontend, "MANIFEST", tmp_path / "manifest.json")
    assert frontend.problems() == ["manifest.json"]
    file = tmp_path / "a.js"
    file.write_text("1")
    lock = stamps.digest(frontend.PACKAGE, frontend.LOCK)
    frontend.MANIFEST.write_text(
        f'{{"lock": "{lock}", "files": {{"a.js": "{stamps.digest(file)}"}}}}'
    )
    assert frontend.problems() == []
    file.write_text("2")
    assert frontend.problems() == ["a.js"]


@pytest.mark.parametrize(
    "text", [b"x\n//# sourceMappingURL=a.map", b"x\n/*# sourceMappingURL=a.map */\n"]
)
def test_references_to_source_maps_are_cut(text: bytes) -> None:
    assert frontend.SOURCE_MAP.sub(b"\n", text) == b"x\n"


def test_a_lock_has_one_holder_who_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "LOCKS", tmp_path)
    with locks.held("services", "make run") as mine, locks.held("services", "other") as second:
        assert mine
        assert not second
        assert (locks.holder("services") or "").startswith("make run, pid ")
    assert locks.holder("services") is None
