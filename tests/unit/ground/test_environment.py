"""What the caller's variables mean, and what is said when they make no sense."""

import socket

import pytest

from gis.ground import environment, say

NAMES = ("HOST", "PORT", "DATABASE_URL", "REDIS_URL")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def test_without_wishes_it_is_this_machine_and_private_services() -> None:
    wishes = environment.read()
    assert wishes == environment.Wishes("127.0.0.1", 8000, "", "")
    assert wishes.origin == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("0.0.0.0", "http://127.0.0.1:8000"),  # noqa: S104 - read back, not bound
        ("::", "http://[::1]:8000"),
        ("::1", "http://[::1]:8000"),
        ("wangge.example", "http://wangge.example:8000"),
    ],
)
def test_the_origin_can_be_opened_in_a_browser(
    monkeypatch: pytest.MonkeyPatch, host: str, origin: str
) -> None:
    monkeypatch.setenv("HOST", host)
    assert environment.read().origin == origin


@pytest.mark.parametrize("port", ["0", "65536", "80a", "-1", "8 0", "²"])
def test_a_port_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(say.GroundError, match="PORT"):
        environment.read()


@pytest.mark.parametrize(
    ("name", "value"), [("DATABASE_URL", "mysql://x/y"), ("REDIS_URL", "localhost:6379")]
)
def test_an_address_of_another_kind_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(say.GroundError, match=name):
        environment.read()


def test_a_taken_port_is_named_with_another_to_use() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(say.GroundError, match=f"PORT={port + 1} make run"):
            environment.check_port(environment.Wishes("127.0.0.1", port, "", ""))


def test_a_free_port_passes() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment.check_port(environment.Wishes("127.0.0.1", port, "", ""))
