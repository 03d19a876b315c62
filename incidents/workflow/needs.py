"""What must be given with an action: names, types, what may be chosen, and what stands unless said.

A `Need` is data; what may be chosen and what stands by itself depend on the case (`Ask`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gis.kernel.datum import Datum
from grids.choices import Role
from grids.models import Post, User
from incidents.choices import Part, Tier
from incidents.workflow.docket import Docket
from incidents.workflow.office import Office
from incidents.workflow.routing import Route, regions_of, route
from incidents.workflow.standing import Standing, level_of

__all__ = ["Ask", "Choice", "Need"]

Choice = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asks what of which case, and when: what choices and defaults are made of."""

    docket: Docket
    office: Office
    standing: Standing
    at: datetime

    @property
    def level(self) -> str:
        return level_of(self.standing, self.docket.case)

    @property
    def route(self) -> Route:
        return route(self.docket.case, self.office, self.level, self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Something to be given. `type` is text, choice, choices, number, boolean, date or photos.

    `most` bounds characters, choices or the number; `least` the number. `choices` and `default` may
    be asked of the case.
    """

    name: str
    label: Any
    type: str
    required: bool = False
    most: float | None = None
    least: float | None = None
    choices: Sequence[Choice] | Callable[[Ask], Sequence[Choice]] = ()
    default: Any = None

    def chosen_from(self, ask: Ask) -> list[Choice]:
        """The values that may be chosen, with their names."""
        found = self.choices(ask) if callable(self.choices) else self.choices
        return [(value, label) for value, label in found]

    def stands(self, ask: Ask) -> Any:
        """What is taken when nothing is given."""
        found = self.default(ask) if callable(self.default) else self.default
        return str(found) if self.type in ("text", "choice") and found is not None else found


def units(ask: Ask) -> list[Choice]:
    """The units that may be sent: those under the level that sends; for a centre, all."""
    community, subdistrict = regions_of(ask.docket.case)
    near = {
        Tier.COMMUNITY: lambda unit: unit.region_code == community and community,
        Tier.SUBDISTRICT: lambda unit: unit.region_code.startswith(subdistrict) and subdistrict,
    }.get(Tier(ask.level))
    rows = ask.office.units.values()
    return [(unit.code, unit.name) for unit in rows if near is None or near(unit)]


def route_unit(ask: Ask) -> str | None:
    """Who led before a return or a reopening keeps no claim: the tables decide again."""
    unit = ask.route.unit
    return unit.code if unit is not None else None


def route_supporting(ask: Ask) -> list[str]:
    return [unit.code for unit in ask.route.supporting]


def lead_unit(ask: Ask) -> str | None:
    """The unit that leads now."""
    lead = ask.docket.lead()
    return ask.office.units_by_id[lead.unit_id].code if lead else None


def team_units(ask: Ask) -> list[str]:
    ids = ask.docket.unit_ids(Part.LEAD, Part.SUPPORTING)
    return sorted(ask.office.units_by_id[one].code for one in ids)


def longitude(ask: Ask) -> float | None:
    position = ask.docket.case.position
    return position.x if position else None


def latitude(ask: Ask) -> float | None:
    position = ask.docket.case.position
    return position.y if position else None


def category_code(ask: Ask) -> str | None:
    category = ask.docket.case.category
    return category.code if category else None


def categories(ask: Ask) -> list[Choice]:
    """The classes of demand that are valid now."""
    language = get_language()
    return [(one.code, one.name_in(language)) for one in ask.office.categories_at(ask.at)]


def leaders(ask: Ask) -> list[Choice]:
    """Who may be asked to command a key matter: those who hold the post of a leader."""
    rows = User.objects.filter(
        pk__in=Post.objects.at(ask.at).filter(role=Role.LEADER).values("user"),
        place=ask.docket.case.place_id,
        is_active=True,
    )
    return [(one.username, str(one)) for one in rows.order_by("username")]


def first_leader(ask: Ask) -> str | None:
    return next((value for value, _name in leaders(ask)), None)


CATEGORY = Need(
    name="category",
    label=_("类别"),
    type="choice",
    required=True,
    choices=categories,
    default=category_code,
)
COMMANDER = Need(
    name="commander",
    label=_("牵头区领导"),
    type="choice",
    required=True,
    choices=leaders,
    default=first_leader,
)
TEAM = Need(
    name="team", label=_("联合专班"), type="choices", most=20, choices=units, default=team_units
)
NOTE = Need(name="note", label=_("说明"), type="text", most=2000)
PHOTOS = Need(name="photos", label=_("照片"), type="photos", most=9)


def said(default: Any) -> Need:
    """Words that must be there, with what stands when nothing else is said."""
    return Need(
        name="note", label=_("说明"), type="text", required=True, most=2000, default=default
    )


UNIT = Need(
    name="unit",
    label=_("主责单位"),
    type="choice",
    required=True,
    choices=units,
    default=route_unit,
)
SUPPORTING = Need(
    name="supporting",
    label=_("配合单位"),
    type="choices",
    most=20,
    choices=units,
    default=route_supporting,
)
DECISION = Need(
    name="decision",
    label=_("审批"),
    type="choice",
    required=True,
    choices=(("approve", _("同意")), ("refuse", _("不同意"))),
    default="approve",
)
LIMIT_DAYS = Need(
    name="limit_days",
    label=_("处置时限（工作日）"),
    type="number",
    least=0.5,
    most=250,
    default=None,
)
EXTRA_DAYS = Need(
    name="days",
    label=_("延长（工作日）"),
    type="number",
    required=True,
    least=0.5,
    most=60,
    default=3,
)
SUSPEND_REASONS = (
    ("conditions", _("条件不具备")),
    ("waiting_reporter", _("等诉求人补充")),
    ("season", _("季节或天气")),
    ("funds", _("待经费或立项")),
    ("other", _("其他")),
)
SUSPEND_REASON = Need(
    name="reason",
    label=_("挂账原因"),
    type="choice",
    required=True,
    choices=SUSPEND_REASONS,
    default="conditions",
)
UNTIL = Need(name="until", label=_("挂账至"), type="date")
RESULT = Need(
    name="result",
    label=_("回访结果"),
    type="choice",
    required=True,
    choices=(
        ("satisfied", _("满意")),
        ("basically", _("基本满意")),
        ("dissatisfied", _("不满意")),
        ("unreached", _("未联系上")),
    ),
    default="satisfied",
)
SCORES = (
    ("5", _("非常满意")),
    ("4", _("满意")),
    ("3", _("基本满意")),
    ("2", _("不满意")),
    ("1", _("非常不满意")),
)
SCORE = Need(
    name="score",
    label=_("满意度"),
    type="choice",
    required=True,
    choices=SCORES,
    default="5",
)
LON = Need(
    name="lon",
    label=_("经度"),
    type="number",
    required=True,
    least=-180,
    most=180,
    default=longitude,
)
LAT = Need(
    name="lat", label=_("纬度"), type="number", required=True, least=-90, most=90, default=latitude
)
DATUM = Need(
    name="datum",
    label=_("坐标系"),
    type="choice",
    required=True,
    choices=tuple((one.value, one.value.upper()) for one in Datum),
    default=Datum.WGS84.value,
)
INTO = Need(name="into", label=_("并入案件编号"), type="text", required=True, most=24)
HOURS = Need(
    name="hours",
    label=_("回复期限（工作时）"),
    type="number",
    required=True,
    least=0.5,
    most=200,
    default=8,
)
RULED_UNIT = Need(
    name="unit",
    label=_("裁定主责单位"),
    type="choice",
    required=True,
    choices=lambda ask: [one for one in units(ask) if one[0] != lead_unit(ask)],
)
RULED_SUPPORTING = Need(
    name="supporting", label=_("配合单位"), type="choices", most=20, choices=units
)
RULED_DAYS = Need(
    name="limit_days",
    label=_("处置时限（工作日）"),
    type="number",
    required=True,
    least=0.5,
    most=250,
    default=5,
)
BEFORE = Need(name="before", label=_("处置前照片"), type="photos", most=4)
AFTER = Need(name="after", label=_("处置后照片"), type="photos", most=4)
