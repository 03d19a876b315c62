"""Who answers: units, made-up people and their posts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from gis.kernel.errors import InvalidInput
from grids.demo.chance import generator
from grids.demo.editions import Division
from grids.demo.profile import Profile

__all__ = ["DemoLeave", "DemoPost", "DemoUnit", "DemoUser", "Staff", "appoint"]


@dataclass(frozen=True, kw_only=True)
class DemoUnit:
    """A department or office; ``region`` is the code of the region it serves, or empty."""

    code: str
    name: str
    kind: str
    region: str = ""
    is_default: bool = False


@dataclass(frozen=True, kw_only=True)
class DemoUser:
    """A made-up person; only ``login`` ones get a password."""

    username: str
    full_name: str
    login: bool = False


@dataclass(frozen=True, kw_only=True)
class DemoPost:
    """Who answers in which role for what: the code of a grid, a region or a unit."""

    username: str
    role: str
    kind: str
    at: str
    since: datetime


@dataclass(frozen=True, kw_only=True)
class DemoLeave:
    """A worker's leave, open at the end."""

    username: str
    since: datetime
    reason: str


@dataclass(frozen=True, kw_only=True)
class Staff:
    """Everybody. No telephone numbers: the demonstration has no personal data."""

    units: tuple[DemoUnit, ...]
    users: tuple[DemoUser, ...]
    posts: tuple[DemoPost, ...]
    leaves: tuple[DemoLeave, ...]


def appoint(profile: Profile, division: Division) -> Staff:
    """Appoint people for the edition in force: workers, heads, deputies, covers and offices."""
    return _Appointments(profile, division).staff()


class _Appointments:
    def __init__(self, profile: Profile, division: Division) -> None:
        self.profile = profile
        self.division = division
        self.since: datetime = division.valid_from
        self.users: list[DemoUser] = []
        self.posts: list[DemoPost] = []
        self.leaves: list[DemoLeave] = []
        self.logins = {(row["role"], row["at"]): row for row in profile.logins}
        self.rng = generator(profile.seed, "staff", division.name)
        surnames = profile.names["surnames"]
        self.surnames = [str(surnames[i]) for i in self.rng.integers(0, len(surnames), 4000)]

    def staff(self) -> Staff:
        units = tuple(self._units())
        for row in self.profile.logins:
            self._user(row["username"], row["name"], login=True)
            self._post(row["username"], row["role"], row["at"])
            for at in row.get("also", ()):
                self._post(row["username"], row["role"], at, kind="part_time")
        self._offices(units)
        self._heads()
        self._workers()
        return Staff(
            units=units,
            users=tuple(self.users),
            posts=tuple(self.posts),
            leaves=tuple(self.leaves),
        )

    def _user(self, username: str, name: str | None = None, *, login: bool = False) -> str:
        number = len(self.users) + 1
        full_name = name or f"{self.surnames[number]}某{number:03d}"
        self.users.append(DemoUser(username=username, full_name=full_name, login=login))
        return username

    def _post(self, username: str, role: str, at: str, kind: str = "principal") -> None:
        self.posts.append(
            DemoPost(username=username, role=role, kind=kind, at=at, since=self.since)
        )

    def _units(self) -> Iterator[DemoUnit]:
        names, office = self.profile.names, self.profile.names["office"]
        yield DemoUnit(code=names["centre"]["code"], name=names["centre"]["name"], kind="centre")
        for row in names["department"]:
            yield DemoUnit(
                code=row["code"],
                name=row["name"],
                kind="department",
                is_default=bool(row.get("default", False)),
            )
        if "establishment" in names:
            row = names["establishment"]
            yield DemoUnit(code=row["code"], name=row["name"], kind="establishment")
        for sub in self.profile.subdistricts:
            name = office["subdistrict"].format(name=sub.name)
            yield DemoUnit(code=sub.code, name=name, kind="subdistrict_office", region=sub.code)
        for code, name in self.profile.communities:
            pattern = office["village" if name.endswith("村") else "community"]
            text = pattern.format(name=name)
            yield DemoUnit(code=code, name=text, kind="community_office", region=code)

    def _offices(self, units: tuple[DemoUnit, ...]) -> None:
        """One person in each department and office, where no demonstration login is."""
        roles = {
            "department": ("handler", "d"),
            "establishment": ("handler", "d"),
            "subdistrict_office": ("subdistrict", "s"),
            "community_office": ("community", "c"),
        }
        for unit in units:
            if unit.kind in roles:
                role, letter = roles[unit.kind]
                if (role, unit.region or unit.code) not in self.logins:
                    self._post(self._user(f"{letter}-{unit.code}"), role, unit.region or unit.code)

    def _heads(self) -> None:
        """Grid heads, each for a few neighbouring numbers of one community."""
        per_head = int(self.profile.staff["grids_per_head"])
        heads: dict[tuple[int, int], str] = {}
        seen: dict[int, int] = {}
        for code, community in zip(self.division.codes, self.division.community, strict=True):
            rank = seen[community] = seen.get(community, -1) + 1
            key = (community, rank // per_head)
            if key not in heads:
                heads[key] = self._user(f"h-{code[:12]}-{rank // per_head + 1}")
            self._post(heads[key], "grid_head", code)

    def _workers(self) -> None:
        plan, codes = self.profile.staff, self.division.codes
        spared = {at for role, at in self.logins if role == "worker"} | {plan["leave"]["grid"]}
        unknown = spared - set(codes)
        if unknown:
            raise InvalidInput(f"demo.toml: no grid {', '.join(sorted(unknown))}")
        drawn = [codes[i] for i in self.rng.permutation(len(codes)) if codes[i] not in spared]
        vacant = set(drawn[: int(plan["vacant"])])
        worker = {
            at: row["username"] for (role, at), row in self.logins.items() if role == "worker"
        }
        for code in codes:
            if code not in vacant and code not in worker:
                worker[code] = self._user(f"w-{code}")
                self._post(worker[code], "worker", code)
        staffed = [code for code in codes if code in worker]
        self._extra(staffed, int(plan["deputies"]), "deputy", "p")
        self._extra(staffed, int(plan["part_timers"]), "part_time", "t")
        self._leave(worker, staffed)

    def _extra(self, codes: list[str], count: int, kind: str, letter: str) -> None:
        for i in np.sort(self.rng.choice(len(codes), count, replace=False)).tolist():
            self._post(self._user(f"{letter}-{codes[i]}"), "worker", codes[i], kind)

    def _leave(self, worker: dict[str, str], staffed: list[str]) -> None:
        """One worker is away, and the worker of the next grid of the community covers."""
        plan = self.profile.staff["leave"]
        self.leaves.append(
            DemoLeave(username=worker[plan["grid"]], since=plan["from"], reason=plan["reason"])
        )
        near = [c for c in staffed if c[:12] == plan["grid"][:12] and c != plan["grid"]]
        if not near:
            raise InvalidInput(f"demo.toml: nobody can cover grid {plan['grid']}")
        self.posts.append(
            DemoPost(
                username=worker[near[0]],
                role="worker",
                kind="cover",
                at=plan["grid"],
                since=plan["from"],
            )
        )
