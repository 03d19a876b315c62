"""Every file of the corpus is refused with its own problem, and leaves no row behind."""

import http.server
import json
import resource
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from grids.models import Edition, Grid, Place, Region
from tests.imports_corpus import CORPUS, Make, as_shapezip, squares, vrt


def grids(path: Path, **options: object) -> None:
    """`manage.py import_grids` with what every test needs."""
    asked = {"place": "made", "edition": "2020", "starts": "2020-01-01"} | options
    call_command("import_grids", path, code="code", name="name", **asked)


def refused(path: Path, **options: object) -> list[dict[str, object]]:
    """The properties of the problems with which the file was refused."""
    problems = path.with_name("said.geojson")
    with pytest.raises(CommandError) as stopped:
        grids(path, problems=problems, **options)
    assert stopped.value.returncode == 1
    document = json.loads(problems.read_text(encoding="utf-8"))
    assert document["type"] == "FeatureCollection"
    assert not any(model.objects.exists() for model in (Place, Edition, Region, Grid))
    return [feature["properties"] for feature in document["features"]]


@pytest.mark.django_db
@pytest.mark.parametrize("name", CORPUS)
def test_refused(name: str, tmp_path: Path) -> None:
    make, kind, feature = CORPUS[name]
    path = make(tmp_path)
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told = refused(path)
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    # Not a benchmark: a hostile file must not hold the machine for minutes, or fill it.
    assert time.monotonic() - began < 60
    assert grown_mb < 300
    found = [problem for problem in told if problem["kind"] == kind]
    assert found, told
    assert all(problem["message"] and problem["message_en"] for problem in found)
    if feature:
        assert any(feature in problem["features"] for problem in found), found  # type: ignore[operator]


class _Canary(http.server.BaseHTTPRequestHandler):
    hits: list[str] = []

    def do_GET(self) -> None:
        self.hits.append(self.path)
        self.send_error(404)

    do_HEAD = do_GET  # noqa: N815 - the name that http.server looks for

    def log_message(self, *_words: object) -> None:
        """Quiet."""


@pytest.fixture
def canary() -> Iterator[str]:
    """The address of a server that nothing may ask."""
    _Canary.hits.clear()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Canary)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def _vrt(name: str) -> Make:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(vrt((folder / "address").read_text()))
        return path

    return make


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["a.geojson", "a.json", "a.gpkg", "a.zip", "a.vrt"])
def test_a_vrt_under_any_name_asks_nobody(name: str, canary: str, tmp_path: Path) -> None:
    (tmp_path / "address").write_text(canary)
    refused(_vrt(name)(tmp_path))
    assert _Canary.hits == []


@pytest.mark.django_db
def test_a_prj_with_an_address_asks_nobody(canary: str, tmp_path: Path) -> None:
    prj = f'PROJCS["x",EXTENSION["PROJ4","+proj=utm +zone=51 +nadgrids={canary}/x.gsb"]]'
    told = refused(as_shapezip(tmp_path / "g.zip", squares(), prj=prj))
    assert told[0]["kind"] == "external_crs"
    assert _Canary.hits == []


@pytest.mark.django_db
def test_a_virtual_path_is_no_file(canary: str) -> None:
    with pytest.raises(CommandError, match="not_a_file"):
        grids(Path(f"/vsicurl/{canary}/g.geojson"), problems=Path("/dev/null/no"))
    assert _Canary.hits == []
