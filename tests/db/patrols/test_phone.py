"""What a browser keeps of the phone: each file that it needs, named by these contents."""

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from pytest_django import Settings

from patrols import shell
from tests.factories import District

STATIC = Path(shell.__file__).parent / "static" / "patrols"
IMPORT = re.compile(r"from '([^']+)'|import\('([^']+)'\)")
ROOMS = {"gis/": "gis/js/", "report/": "incidents/report/", "maps/": "maps/", "./": "patrols/"}


def test_every_script_that_is_imported_is_kept() -> None:
    for name in shell.SHELL:
        assert finders.find(name), name
        if not name.startswith(("patrols/", "incidents/")) or not name.endswith(".js"):
            continue
        text = Path(str(finders.find(name))).read_text(encoding="utf-8")
        for found in IMPORT.findall(text):
            path = found[0] or found[1]
            if path == "maplibre-gl":
                continue
            room = next(one for one in ROOMS if path.startswith(one))
            if room == "./":
                kept = f"{name.rpartition('/')[0]}/{path[2:]}"
            else:
                kept = ROOMS[room] + path.removeprefix(room)
            assert kept in shell.SHELL, (name, path)


def test_no_script_of_the_phone_is_forgotten() -> None:
    assert {f"patrols/{file.name}" for file in STATIC.glob("*.js")} <= set(shell.SHELL)


def test_another_byte_is_another_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = shell.version_of()
    assert before == shell.version_of()
    file = tmp_path / "main.js"
    file.write_bytes((STATIC / "main.js").read_bytes() + b"\n")
    real = shell._file

    def found(name: str) -> Path:
        return file if name == "patrols/main.js" else real(name)

    monkeypatch.setattr(shell, "_file", found)
    assert shell.version_of() != before


def test_the_service_worker_is_never_kept_by_what_is_between(db: None) -> None:
    answer = Client().get("/patrol/sw.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert (answer["Cache-Control"], answer["Service-Worker-Allowed"]) == ("no-cache", "/patrol/")
    written = re.search(r"JSON\.parse\('(.*)'\)", answer.content.decode())
    assert written
    kept = json.loads(written[1].encode().decode("unicode_escape"))
    assert kept["version"] == shell.version_of()
    assert "/static/patrols/main.js" in kept["files"]
    # A worker's first script is answered from here only if it lies where this may answer.
    assert "/patrol/map-worker.js" in kept["files"]
    told = Client().get("/patrol/map-worker.js")
    assert told["Content-Type"].startswith("text/javascript")
    assert "/static/vendor/maplibre-gl/maplibre-gl-worker.mjs" in told.content.decode()


def test_the_manifest_names_the_page_in_the_language_of_the_request(db: None) -> None:
    told = Client().get("/patrol/manifest.webmanifest", headers={"accept-language": "en"}).json()
    assert (told["name"], told["start_url"], told["scope"]) == (
        "Grid patrol",
        "/patrol/",
        "/patrol/",
    )
    assert all(finders.find(icon["src"].removeprefix("/static/")) for icon in told["icons"])


def test_whoever_is_no_worker_is_told_in_words(district: District, settings: Settings) -> None:
    client = Client()
    client.force_login(district.users["grid_head"])
    answer = client.get("/patrol/")
    assert answer.status_code == 403
    assert "这一页给网格员用" in answer.content.decode()
