"""Reading the environment: a missing or weak secret stops the start, and says its name."""

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = {"1", "true", "yes", "on"}


def flag(name: str, *, default: bool) -> bool:
    """A yes/no variable: 1, true, yes, on (any case) are yes; anything else is no."""
    value = os.environ.get(name)
    return default if value is None or value == "" else value.strip().lower() in TRUE_WORDS


def names(name: str, *, default: str = "") -> list[str]:
    """A comma-separated variable as a list without blanks."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def secret(name: str, *, demo: bool, make_demo: Callable[[], str]) -> str:
    """A secret from the environment or from the file named by `<name>_FILE`.

    Raises `ImproperlyConfigured` when it is missing or shorter than 32 characters outside the demo.
    """
    path = os.environ.get(f"{name}_FILE")
    value = Path(path).read_text(encoding="utf-8").strip() if path else os.environ.get(name, "")
    if value:
        if len(value) < 32 and not demo:
            raise ImproperlyConfigured(f"{name} 太短：至少 32 个字符 (at least 32 characters)。")
        return value
    if demo:
        return make_demo()
    raise ImproperlyConfigured(
        f"缺少 {name}：请在环境变量或 {name}_FILE 中给出 (set it in the environment)。"
    )


def secrets(name: str, *, demo: bool, make_demo: Callable[[], str]) -> list[str]:
    """Comma-separated secrets, the one in use first, then those that older data still needs.

    Raises `ImproperlyConfigured` as `secret` does, for each of them.
    """
    parts = [part.strip() for part in secret(name, demo=demo, make_demo=make_demo).split(",")]
    if not demo and any(len(part) < 32 for part in parts):
        raise ImproperlyConfigured(
            f"{name}：每个密钥至少 32 个字符 (at least 32 characters each)。"
        )
    return parts


def optional_secrets(name: str, *, demo: bool) -> list[str]:
    """Comma-separated secrets as `secrets` reads them; none when the variable is not set."""
    given = os.environ.get(name) or os.environ.get(f"{name}_FILE")
    return secrets(name, demo=demo, make_demo=str) if given else []


def database(url: str) -> dict[str, object]:
    """A Django database entry from `postgresql://user:password@host:port/name?host=/socket/dir`."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql", "postgis"}:
        raise ImproperlyConfigured(
            f"DATABASE_URL 应以 postgresql:// 开头，现在是 {parts.scheme!r}。"
        )
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or query.pop("user", "")),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or unquote(parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "")),
        "OPTIONS": query,
    }


def broker(redis_url: str) -> str:
    """The Celery broker for a Redis address: kombu has a word of its own for a unix socket."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    number = dict(parse_qsl(parts.query)).get("db", "0")
    return f"redis+socket://{parts.path}?virtual_host={number}"
