"""Asked who answers for a point, the system always names somebody and why: every rung."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from grids.choices import PostKind, Role, UnitKind
from grids.models import Grid, Post, Unit
from grids.selectors import Answer, answers
from tests.factories import CHANGED, District, make_leave, make_post, make_user

NOW = datetime(2026, 5, 4, 2, tzinfo=UTC)


@pytest.fixture
def grid(district: District) -> Grid:
    """Cell (0, 0): it has a worker and a grid head."""
    return district.cell(0, 0)


def first(ground: Grid) -> Answer:
    return answers(ground, NOW)[0]


def send_away(district: District, role: str = "worker") -> None:
    make_leave(district.users[role], NOW - timedelta(days=1), NOW + timedelta(days=1))


def stand_in(district: District, grid: Grid, kind: PostKind) -> None:
    user = make_user(f"stand-in-{kind}", district.place, full_name="张三")
    make_post(user, Role.WORKER, kind=kind, grid=grid)


def test_the_worker(district: District, grid: Grid) -> None:
    assert first(grid) == Answer("网格员甲", "worker", "本网格的网格员", "The worker of this grid")


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        (PostKind.COVER, "网格员网格员甲请假，由张三代班"),
        (PostKind.DEPUTY, "网格员网格员甲请假，由张三作为副岗负责"),
        (PostKind.PART_TIME, "网格员网格员甲请假，由张三作为兼职网格员负责"),
    ],
)
def test_on_leave_somebody_stands_in(
    district: District, grid: Grid, kind: PostKind, why: str
) -> None:
    stand_in(district, grid, kind)
    send_away(district)
    told = first(grid)
    assert (told.name, told.role, told.why_zh) == ("张三", "worker", why)


def test_a_cover_comes_before_a_deputy_and_a_deputy_before_a_part_timer(
    district: District, grid: Grid
) -> None:
    for kind in (PostKind.PART_TIME, PostKind.DEPUTY, PostKind.COVER):
        stand_in(district, grid, kind)
    send_away(district)
    told = [answer.why_zh for answer in answers(grid, NOW)[:3]]
    assert ["代班" in told[0], "副岗" in told[1], "兼职" in told[2]] == [True] * 3


def test_on_leave_without_a_stand_in_the_grid_head(district: District, grid: Grid) -> None:
    send_away(district)
    told = first(grid)
    assert (told.role, told.why_zh) == ("grid_head", "网格员网格员甲请假，由网格长网格长甲负责")


def test_vacant_the_grid_head(district: District, grid: Grid) -> None:
    Post.objects.filter(grid=grid, role=Role.WORKER).delete()
    assert first(grid).why_en == "No worker is posted, the grid head 网格长甲 answers"


def test_leave_that_is_over_counts_no_more(district: District, grid: Grid) -> None:
    make_leave(district.users["worker"], NOW - timedelta(days=9), NOW)
    assert first(grid).role == "worker"


def test_a_post_that_has_ended_counts_no_more(district: District, grid: Grid) -> None:
    Post.objects.filter(grid=grid, role=Role.WORKER).delete()
    make_post(district.users["worker"], Role.WORKER, grid=grid, since=CHANGED, until=NOW)
    assert first(grid).role == "grid_head"


def test_one_who_may_not_sign_in_any_more_does_not_answer(district: District, grid: Grid) -> None:
    district.users["worker"].is_active = False
    district.users["worker"].save()
    assert first(grid).role == "grid_head"


def test_without_people_the_community_office(district: District) -> None:
    told = first(district.cell(1, 1))
    assert told == Answer(
        "001001社区居委会",
        "community",
        "网格员空缺，由所在社区负责",
        "No worker is posted, the community answers",
    )


def test_without_a_community_office_the_subdistrict(district: District) -> None:
    Unit.objects.filter(kind=UnitKind.COMMUNITY_OFFICE).delete()
    assert (first(district.cell(1, 1)).name, first(district.cell(1, 1)).role) == (
        "001街道办事处",
        "subdistrict",
    )


def test_without_offices_the_centre(district: District) -> None:
    Unit.objects.exclude(kind__in=[UnitKind.CENTRE, UnitKind.DEPARTMENT]).delete()
    told = first(district.cell(1, 1))
    assert (told.name, told.role) == ("测试区社会治理中心", "centre")
    assert told.why_zh == "网格员空缺，由社会治理中心兜底"


def test_outside_every_grid_the_centre(district: District) -> None:
    told = answers(district.place, NOW)
    assert [(one.role, one.why_zh) for one in told] == [
        ("centre", "不在任何网格或社区内，由社会治理中心兜底")
    ]


def test_even_without_a_centre_somebody_is_named(district: District) -> None:
    Post.objects.all().delete()
    Unit.objects.all().delete()
    for ground in (district.cell(0, 0), district.place):
        assert answers(ground, NOW)[0].name == "测试区社会治理中心"


def test_a_region_is_answered_for_by_its_office(district: District) -> None:
    told = answers(district.regions["370299002001"], NOW)
    assert [one.role for one in told] == ["community", "subdistrict", "centre"]
    assert answers(district.regions["370299002"], NOW)[0].name == "002街道办事处"


def test_the_reason_follows_the_language(district: District, grid: Grid) -> None:
    with translation.override("en"):
        assert first(grid).why == "The worker of this grid"
    with translation.override("zh-hans"):
        assert first(grid).why == "本网格的网格员"
