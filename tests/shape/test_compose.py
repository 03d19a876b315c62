"""The production compose file: valid by the specification's schema, and safe by our own rules."""

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from django.conf import settings

from gis.api.streaming import PATH
from gis.ground import cluster, paths

COMPOSE = paths.ROOT / "docker-compose.yml"
SERVICES = {"db", "redis", "migrate", "web", "push", "worker", "beat", "nginx"}
SECRET_NAMES = re.compile(r"SECRET|PASSWORD|TOKEN|AUTH")
REQUIRED = re.compile(r"\$\{[A-Z_]+:\?[^}]+\}")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load(COMPOSE.read_text()))


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    vendored = files("check_jsonschema.builtin_schemas.vendor") / "compose-spec.json"
    return dict(json.loads(vendored.read_text()))


def test_it_is_valid_by_the_compose_specification(
    compose: dict[str, Any], schema: dict[str, Any]
) -> None:
    jsonschema.Draft202012Validator(schema).validate(compose)


def test_the_schema_would_notice(compose: dict[str, Any], schema: dict[str, Any]) -> None:
    broken = {**compose, "services": {**compose["services"], "web": {"imagge": "x"}}}
    assert not jsonschema.Draft202012Validator(schema).is_valid(broken)


def test_every_part_is_there(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == SERVICES


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_service_is_checked_confined_and_without_root(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    assert service["healthcheck"].get("test") or service["restart"] == "no"
    assert str(service["user"]).split(":")[0] not in {"0", "root"}
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


def test_secrets_come_from_the_environment_and_have_no_default(compose: dict[str, Any]) -> None:
    seen = 0
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if SECRET_NAMES.search(name):
                seen += 1
                assert REQUIRED.fullmatch(str(value)), f"{name}: {value}"
            if name.endswith("_URL"):
                seen += 1
                password = re.search(r"://[^:]*:(.*)@", str(value))
                assert password is not None
                assert REQUIRED.fullmatch(password.group(1)), f"{name}: {value}"
    assert seen >= 4


def test_it_is_never_the_demo(compose: dict[str, Any]) -> None:
    for name in ("migrate", "web", "push", "worker", "beat"):
        assert compose["services"][name]["environment"]["WANGGE_DEMO"] == "0"


def test_only_the_outer_door_has_ports(compose: dict[str, Any]) -> None:
    assert [name for name, each in compose["services"].items() if each.get("ports")] == ["nginx"]
    assert compose["networks"]["inner"]["internal"] is True


def test_postgis_is_the_version_of_the_tests(compose: dict[str, Any]) -> None:
    assert compose["services"]["db"]["image"] == f"postgis/postgis:{cluster.PRODUCTION}"
    assert "--data-checksums" in compose["services"]["db"]["environment"]["POSTGRES_INITDB_ARGS"]


def test_what_is_mounted_and_copied_exists(compose: dict[str, Any]) -> None:
    for volume in compose["services"]["nginx"]["volumes"]:
        source = volume.split(":")[0]
        if source.startswith("./"):
            assert (paths.ROOT / source).is_file()
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (paths.ROOT / "Dockerfile").read_text(), re.M)
    for word in " ".join(copied).split():
        assert (paths.ROOT / word).exists(), word


def test_probes_ask_for_parts_that_health_has(compose: dict[str, Any]) -> None:
    from gis.config import health

    words = Path(COMPOSE).read_text()
    asked = set(re.findall(r"part=([a-z]+)", words))
    assert asked
    assert asked <= set(health.checks())


def test_the_image_runs_without_root() -> None:
    lines = (paths.ROOT / "Dockerfile").read_text().splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users
    assert users[-1].split(":")[0] not in {"0", "root"}


def test_the_outer_door_has_static_files_asked_for_each_time() -> None:
    """Their names carry no version, so none may be kept without asking."""
    text = (paths.ROOT / "gis/config/deploy/nginx.conf").read_text()
    locations = dict(
        re.findall(r"^ +location (?:= |\^~ |~\*? )?(\S+) \{\n(.*?)^ +\}", text, re.M | re.S)
    )
    static = [path for path in locations if path.startswith("/static")]
    assert static
    for path in static:
        assert "proxy_hide_header Cache-Control;" in locations[path]
        assert re.findall(r"Cache-Control \"?([^\";]+)", locations[path]) == ["no-cache"]
    assert "expires" not in text
    assert "immutable" not in text


def test_the_outer_door_hands_open_streams_to_their_own_process(compose: dict[str, Any]) -> None:
    text = (paths.ROOT / "gis/config/deploy/nginx.conf").read_text()
    found = re.search(rf"location = {PATH} \{{\n(.*?)^ +\}}", text, re.M | re.S)
    assert found is not None
    assert "proxy_pass http://push;" in found[1]
    assert "proxy_buffering off;" in found[1]
    assert "gzip off;" in found[1]
    patience = re.search(r"proxy_read_timeout (\d+)h;", found[1])
    assert patience is not None
    assert int(patience[1]) * 3600 > 4 * settings.STREAM_HEARTBEAT_SECONDS
    assert "server push:8000;" in text
    assert compose["services"]["push"]["image"] == compose["services"]["web"]["image"]


def test_without_the_outer_door_they_are_asked_for_as_well() -> None:
    assert settings.WHITENOISE_MAX_AGE == 0
    assert not hasattr(settings, "WHITENOISE_IMMUTABLE_FILE_TEST")
    assert settings.STORAGES["staticfiles"]["BACKEND"].endswith(".StaticFilesStorage")
