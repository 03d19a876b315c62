"""Whom the private services run as: PostgreSQL refuses root, so root steps down for them."""

import os
import pwd
from functools import cache

CANDIDATES = ("postgres", "nobody")


@cache
def service_user() -> str | None:
    """The unprivileged user of the services when started by root; None for anybody else."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in CANDIDATES if name in known), "nobody")


def service_uid() -> int:
    name = service_user()
    return os.geteuid() if name is None else pwd.getpwnam(name).pw_uid


def service_gid() -> int:
    name = service_user()
    return os.getegid() if name is None else pwd.getpwnam(name).pw_gid
