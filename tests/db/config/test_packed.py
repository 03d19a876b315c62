"""Static files go out packed, and are the same when they are unpacked."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from gis.api.packed import PackedFiles, packed_copy

URL = "/static/patrols/outbox.js"
SOURCE = Path(__file__).parents[3] / "patrols/static/patrols/outbox.js"


@pytest.fixture
def files(settings: Settings, tmp_path: Path) -> PackedFiles:
    settings.PACKED_ROOT = tmp_path / "packed"
    settings.STATIC_ROOT = None
    return PackedFiles(lambda _: None)


def ask(files: PackedFiles, **headers: str) -> Any:
    return files(RequestFactory(headers=headers).get(URL))


def test_whoever_reads_gzip_is_sent_less(files: PackedFiles) -> None:
    packed = ask(files, accept_encoding="gzip, deflate, br")
    assert (packed["Content-Encoding"], packed["Vary"]) == ("gzip", "Accept-Encoding")
    raw = b"".join(packed)
    assert int(packed["Content-Length"]) == len(raw) < SOURCE.stat().st_size / 2
    assert gzip.decompress(raw) == SOURCE.read_bytes()
    plain = ask(files)
    assert "Content-Encoding" not in plain
    assert b"".join(plain) == SOURCE.read_bytes()
    assert packed["ETag"] == plain["ETag"]
    assert packed["Cache-Control"] == plain["Cache-Control"] == "max-age=0, public"
    again = ask(files, accept_encoding="gzip", if_none_match=packed["ETag"])
    assert again.status_code == 304


def test_a_copy_is_known_by_what_it_holds(tmp_path: Path) -> None:
    file, folder = tmp_path / "a.js", tmp_path / "packed"
    file.write_text("let a = 1\n" * 200)
    first = packed_copy(file, folder)
    assert first is not None
    assert packed_copy(file, folder) == first
    file.write_text("let a = 2\n" * 200)
    second = packed_copy(file, folder)
    assert second is not None
    assert gzip.decompress(second.read_bytes()) == file.read_bytes()
    assert sorted(folder.iterdir()) == sorted([first, second])
    picture = tmp_path / "a.png"
    picture.write_bytes(b"x" * 5000)
    assert packed_copy(picture, folder) is None
    file.write_text("short")
    assert packed_copy(file, folder) is None


def test_an_installation_packs_nothing_itself(settings: Settings) -> None:
    settings.PACKED_ROOT = settings.STATIC_ROOT = None
    answer = ask(PackedFiles(lambda _: None), accept_encoding="gzip")
    assert "Content-Encoding" not in answer
