"""The house itself: sizes, hosts, names, licences."""

import io
import json
import re
import tomllib

import pytest
from django.apps import apps
from django.core.management import call_command

from tests.shape.tree import ROOT, files, text, tracked

CHINESE = re.compile(r"[\u4e00-\u9fff]")
ADDRESS = re.compile(r"(?:https?:|wss?:)?//([a-z0-9-]+(?:\.[a-z0-9-]+)+)", re.IGNORECASE)
# Hosts that a page may name: a namespace, and the page of a data licence that a person may open.
NAMED = {"www.w3.org", "www.openstreetmap.org", "openstreetmap.org", "opendatacommons.org"}
# Hosts that set-up and documentation of the code may name besides.
NAMED_IN_CODE = NAMED | {"pypi.org", "127.0.0.1", "wangge.example", "json-schema.org", "doi.org"}
MACHINE = re.compile(r"/work/|/opt/pypi|/root/|/tmp/team|/tmp/pg")


def test_python_files_are_short() -> None:
    long = {
        str(path): count
        for path in files(".py")
        if "migrations" not in path.parts and (count := text(path).count("\n")) > 400
    }
    assert not long


def test_files_are_small() -> None:
    assert not [path for path in tracked() if (ROOT / path).stat().st_size > 1_500_000]
    fixtures = [path for path in tracked() if path.parts[0] == "fixtures"]
    assert sum((ROOT / path).stat().st_size for path in fixtures) < 2_000_000


def test_pages_name_no_other_host() -> None:
    found = {
        (str(path), host)
        for path in files(".html", ".js", ".mjs", ".css", ".svg", ".json", ".webmanifest")
        if path.parts[0] not in {"tests", "fixtures", "docs"} and path.name != "package-lock.json"
        for host in ADDRESS.findall(text(path))
        if host.lower() not in NAMED
    }
    assert not found


def test_code_names_no_other_host() -> None:
    found = {
        (str(path), host)
        for path in files(".py", ".toml", ".in")
        if path.parts[0] not in {"tests", "fixtures"}
        for host in re.findall(r"https?://([a-z0-9.-]+\.[a-z]+)", text(path), re.IGNORECASE)
        if host.lower() not in NAMED_IN_CODE
    }
    assert not found


def test_lock_files_name_no_host() -> None:
    for path in files(".lock"):
        assert "://" not in text(path), path
        packages = re.findall(r"^[a-z0-9._-]+(?:\[[a-z,_-]+\])?==", text(path), re.MULTILINE)
        assert packages, path
        assert text(path).count("--hash=sha256:") >= len(packages), path
    packages = json.loads(text("package-lock.json"))["packages"]
    for name, entry in packages.items():
        assert "resolved" not in entry, name
        assert not name or entry["integrity"].startswith("sha512-"), name


def test_no_path_of_a_machine_is_committed() -> None:
    this = "tests/shape/test_house.py"
    found = [
        str(path)
        for path in tracked()
        if str(path) != this
        and path.suffix not in {".gpkg", ".zip", ".gz", ".png", ".xlsx"}
        and MACHINE.search((ROOT / path).read_text(encoding="utf-8", errors="ignore"))
    ]
    assert not found


@pytest.mark.django_db
def test_migrations_are_complete() -> None:
    said = io.StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=said, verbosity=1)
    assert "No changes" in said.getvalue() or "没有" in said.getvalue() or not said.getvalue()


def test_models_and_their_fields_have_chinese_names() -> None:
    for label in ("grids", "ledger", "incidents"):
        for model in apps.get_app_config(label).get_models():
            assert CHINESE.search(str(model._meta.verbose_name)), model
            assert CHINESE.search(str(model._meta.verbose_name_plural)), model
            for field in model._meta.concrete_fields:
                if field.editable and not field.primary_key:
                    assert CHINESE.search(str(field.verbose_name)), field


def test_the_licence_is_apache() -> None:
    project = tomllib.loads(text("pyproject.toml"))["project"]
    assert project["license"] == "Apache-2.0"
    assert "Apache License\n                           Version 2.0, January 2004" in text("LICENSE")
    assert "Open Database License" in text("NOTICE")
    assert json.loads(text("package.json"))["license"] == "Apache-2.0"
