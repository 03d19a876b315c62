"""Outside the grids one answers for: surely, for some time, and over once back."""

from datetime import timedelta

import numpy as np
import pytest

from grids.choices import PostKind, Role
from grids.models import Post, User
from patrols.choices import AlertKind, Closing
from patrols.models import Alert, AlertRule
from patrols.services.shifts import end_shift
from tests.alerts import BEGAN, INSIDE, NOW, ago, derive, only, opened, walk, west_of
from tests.factories import District, make_post
from tests.patrols import make_shift

OUT = AlertKind.OUT_OF_GRID
FAR = west_of(300)


@pytest.fixture
def worker(district: District) -> User:
    user = district.users["worker"]
    make_shift(user, district.place, BEGAN)
    only(OUT, district)
    return user


def test_ten_minutes_far_outside_make_one_alert(district: District, worker: User) -> None:
    walk(worker, [(15, INSIDE), *((at, FAR) for at in range(12, -1, -1))])
    assert derive(district) == (1, 0)
    [alert] = opened(OUT)
    assert (alert.worker, alert.grid, alert.opened_at) == (worker, district.cell(0, 0), NOW)
    assert alert.shift == worker.shifts.get()
    assert alert.last_at == NOW
    assert alert.point.x == pytest.approx(FAR[0], abs=1e-5)
    facts = alert.facts
    assert facts["since"] == ago(12).isoformat()
    assert facts["distance_m"] == pytest.approx(300, abs=2)
    assert (facts["minutes"], facts["metres"]) == (10, 50)
    assert facts["grids"] == [district.cell(0, 0).code]
    assert derive(district) == (0, 0), "it is there already"


@pytest.mark.parametrize(
    ("first", "alerts"), [(10, 1), (9.99, 0)], ids=["ten minutes", "not quite ten minutes"]
)
def test_how_long(district: District, worker: User, first: float, alerts: int) -> None:
    walk(worker, [(12, INSIDE), (first, FAR), (5, FAR), (0, FAR)])
    assert derive(district) == (alerts, 0)


@pytest.mark.parametrize(("metres", "alerts"), [(60, 1), (52, 0), (40, 0)])
def test_how_far_beyond_the_accuracy(
    district: District, worker: User, metres: float, alerts: int
) -> None:
    """Fixes of tests are exact to 6 m, and the margin is 50 m."""
    walk(worker, [(at, west_of(metres)) for at in range(12, -1, -1)])
    assert derive(district) == (alerts, 0)


def test_an_accuracy_that_reaches_the_grid_is_no_proof(district: District, worker: User) -> None:
    steps = [(at, west_of(120)) for at in range(12, -1, -1)]
    walk(worker, steps, accuracy_m=np.array([6.0] * 6 + [90.0] + [6.0] * 6))
    assert derive(district) == (0, 0), "the one in the middle may have been at the border"


def test_an_unknown_accuracy_is_believed_the_worst(district: District, worker: User) -> None:
    steps = [(at, west_of(120)) for at in range(12, -1, -1)]
    walk(worker, steps, accuracy_m=np.full(13, np.nan))
    assert derive(district) == (0, 0)


def test_a_step_back_begins_the_time_anew(district: District, worker: User) -> None:
    walk(worker, [*((at, FAR) for at in range(20, 8, -1)), (8, INSIDE), (7, FAR), (0, FAR)])
    assert derive(district) == (0, 0)


def test_a_long_silence_begins_the_time_anew(district: District, worker: User) -> None:
    walk(worker, [(22, FAR), (5, FAR), (0, FAR)])
    assert derive(district) == (0, 0)


def test_a_marked_fix_proves_nothing(district: District, worker: User) -> None:
    walk(worker, [(12, INSIDE)])
    walk(worker, [(11, FAR), (6, FAR), (0, FAR)], accuracy_m=np.full(3, 400.0))
    assert derive(district) == (0, 0)


def test_the_newest_must_be_from_just_now(district: District, worker: User) -> None:
    walk(worker, [(at, FAR) for at in range(30, 15, -1)])
    assert derive(district) == (0, 0), "nobody has heard since"


@pytest.mark.parametrize("kind", [PostKind.COVER, PostKind.DEPUTY, PostKind.PART_TIME])
def test_the_ground_of_every_post_is_inside(
    district: District, worker: User, kind: PostKind
) -> None:
    there = [(at, district.centre(2, 1)) for at in range(12, -1, -1)]
    walk(worker, there)
    assert derive(district) == (1, 0)
    make_post(worker, Role.WORKER, kind=kind, grid=district.cell(2, 1))
    assert derive(district) == (0, 1)
    assert Alert.objects.get().closing == Closing.BACK


def test_a_post_of_an_older_edition_is_the_same_ground(district: District, worker: User) -> None:
    old = district.old_grids[district.cell(0, 0).code]
    Post.objects.filter(user=worker).update(grid=old)
    walk(worker, [(at, INSIDE) for at in range(12, -1, -1)])
    assert derive(district) == (0, 0)


def test_it_is_over_once_they_are_back(district: District, worker: User) -> None:
    walk(worker, [(at, FAR) for at in range(32, 20, -1)])
    assert derive(district, ago(21)) == (1, 0)
    walk(worker, [(20, west_of(200))])
    assert derive(district, ago(20)) == (0, 0)
    [alert] = opened(OUT)
    assert alert.last_at == ago(20)
    assert alert.facts["distance_m"] == pytest.approx(200, abs=2)
    assert alert.facts["since"] == ago(32).isoformat(), "since when is not forgotten"
    walk(worker, [(18, west_of(53))])
    assert derive(district, ago(18)) == (0, 0), "neither surely outside nor back"
    walk(worker, [(17, west_of(30))])
    assert derive(district, ago(17)) == (0, 1)
    alert.refresh_from_db()
    assert (alert.closed_at, alert.closing) == (ago(17), Closing.BACK)


def test_silence_is_not_being_back(district: District, worker: User) -> None:
    walk(worker, [(at, FAR) for at in range(42, 30, -1)])
    assert derive(district, ago(31)) == (1, 0)
    assert derive(district) == (0, 0)
    assert opened(OUT)[0].last_at == ago(31)


def test_it_ends_with_the_shift(district: District, worker: User) -> None:
    walk(worker, [(at, FAR) for at in range(12, -1, -1)])
    assert derive(district) == (1, 0)
    end_shift(shift=worker.shifts.get(), ended_at=NOW, now=NOW)
    alert = Alert.objects.get()
    assert (alert.closed_at, alert.closing) == (NOW, Closing.SHIFT_OVER)
    assert derive(district, NOW + timedelta(minutes=1)) == (0, 0)


def test_off_shift_and_without_a_post_there_is_none(district: District, worker: User) -> None:
    walk(worker, [(at, FAR) for at in range(12, -1, -1)])
    post = Post.objects.get(user=worker)
    post.during = type(post.during)(post.during.lower, ago(1))
    post.save()
    assert derive(district) == (0, 0)


def test_a_post_that_ends_takes_the_alert_along(district: District, worker: User) -> None:
    walk(worker, [(at, FAR) for at in range(12, -1, -1)])
    assert derive(district) == (1, 0)
    Post.objects.filter(user=worker).delete()
    assert derive(district) == (0, 1)
    assert Alert.objects.get().closing == Closing.LAPSED


def test_the_rule_is_data(district: District, worker: User) -> None:
    walk(worker, [(at, FAR) for at in range(6, -1, -1)])
    assert derive(district) == (0, 0)
    AlertRule.objects.filter(kind=OUT).update(minutes=5)
    assert derive(district) == (1, 0)
    AlertRule.objects.filter(kind=OUT).update(is_active=False)
    assert derive(district) == (0, 1)
    assert Alert.objects.get().closing == Closing.LAPSED
