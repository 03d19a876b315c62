"""The page that shows two cases side by side, and the page of rules."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from incidents.models import Incident, Rule
from tests.factories import District
from tests.loop import do, make_case

pytestmark = pytest.mark.django_db
NOW = datetime.fromisoformat("2026-11-20T10:00:00+08:00")


def browser(district: District, role: str) -> Client:
    client = Client()
    client.force_login(district.users[role])
    return client


def page_of(client: Client, number: str) -> str:
    answer = client.get(f"/desk/cases/{number}/duplicates")
    assert answer.status_code == 200
    return answer.content.decode()


def two(district: District) -> tuple[Incident, Incident]:
    words = "楼下台阶断了<script>alert(1)</script>"
    return (
        make_case(district, now=NOW - timedelta(days=1), description=words),
        make_case(district, now=NOW, description=words),
    )


def test_it_shows_both_and_the_older_stays(district: District) -> None:
    old, new = two(district)
    client = browser(district, "centre")
    for number, other in ((new.number, old.number), (old.number, new.number)):
        page = page_of(client, number)
        assert f'class="side proposal" data-number="{other}"' in page
        assert f'data-from="{new.number}" data-into="{old.number}" data-open' in page
        assert "<script>alert" not in page
    assert "文字相似 100%" in page_of(client, new.number)


def test_what_is_merged_can_be_taken_out(district: District) -> None:
    old, new = two(district)
    do(district, new.number, "merge", "centre", now=NOW, into=old.number)
    page = page_of(browser(district, "centre"), old.number)
    assert f'data-unmerge="{new.number}"' in page
    assert 'class="side proposal"' not in page


def test_it_is_for_who_dispatches(district: District) -> None:
    _old, new = two(district)
    path = f"/desk/cases/{new.number}/duplicates"
    assert browser(district, "community").get(path).status_code == 200
    assert browser(district, "worker").get(path).status_code == 403
    assert browser(district, "handler").get(path).status_code == 404
    assert Client().get(path).status_code == 302


def test_it_costs_the_same_for_many(
    district: District, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    cases = [make_case(district, now=NOW - timedelta(hours=n)) for n in range(12)]
    client = browser(district, "centre")
    with django_assert_max_num_queries(26):
        page = page_of(client, cases[0].number)
    assert page.count('class="side proposal"') == 10


def test_the_centre_tries_and_switches_rules(district: District) -> None:
    make_case(district)
    rule = Rule.objects.create(
        place=district.place, name="民生直派", kind="livelihood", unit=district.units["001"]
    )
    client = browser(district, "centre")

    def post(**given: Any) -> Any:
        return client.post("/desk/rules/", {"rule": rule.pk, **given})

    assert post(do="on").status_code == 409
    tried = post(do="try")
    assert tried.status_code == 200
    assert "1 件中命中 1 件" in tried.content.decode()
    assert post(do="on").status_code == 302
    assert post(do="move", order="5").status_code == 302
    rule.refresh_from_db()
    assert (rule.is_on, rule.order) == (True, 5)
    assert post(do="off").status_code == 302
    for wrong in ({"do": "move", "order": "-1"}, {"do": "move", "order": "x"}):
        assert post(**wrong).status_code == 400
    assert post(do="drop").status_code == 403
    assert post(do="try", rule="0").status_code == 403
    assert browser(district, "handler").get("/desk/rules/").status_code == 403
