"""Whatever is killed, every acknowledged report is stored once and its case filed once.

Six kinds of victim, each killed several times by SIGKILL while phones report and send again. The
site is one of its own; what was acknowledged is in ledgers on disk.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gis.ground import say, supervisor
from tests.factories import PASSWORD
from tests.faults.phones import Acknowledged, Crowd, sign_in
from tests.faults.victims import VICTIMS, is_up
from tests.own_site import ALL, OwnSite, own_site

RETURN_S = 60.0


@pytest.fixture(scope="module")
def town() -> Iterator[OwnSite]:
    with own_site(*ALL) as site, pytest.MonkeyPatch.context() as patch:
        # The proof kills more often than anything falls that is worth starting again.
        patch.setattr(supervisor, "MOST_FALLS", 1000)
        patch.setattr(supervisor, "LONGEST_PAUSE", 1.0)
        yield site


@pytest.mark.parametrize("victim", VICTIMS)
def test_a_hundred_reports_while_one_kind_is_killed(
    town: OwnSite, tmp_path: Path, victim: str
) -> None:
    run(town, tmp_path, victim, reports=100, kills=2)


@pytest.mark.proof
@pytest.mark.parametrize("victim", VICTIMS)
def test_a_thousand_reports_while_one_kind_is_killed(
    town: OwnSite, tmp_path: Path, victim: str
) -> None:
    run(town, tmp_path, victim, reports=1000, kills=8)


@pytest.mark.parametrize("size", ["small", pytest.param("full", marks=pytest.mark.proof)])
def test_afterwards_chains_and_indexes_are_whole(town: OwnSite, size: str) -> None:
    assert town.ask("SELECT count(*) FROM incidents_report")[0][0] >= 600
    audited = town.run("manage.py", "verify_audit")
    assert audited.returncode == 0, audited.stdout + audited.stderr
    with town.connect() as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS amcheck")
    checked = town.ask(
        "SELECT c.relname, bt_index_check(c.oid, true)::text FROM pg_class c JOIN pg_am a"
        " ON a.oid = c.relam AND a.amname = 'btree' JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind = 'i' AND n.nspname = 'public'"
    )
    assert len(checked) > 50


def run(site: OwnSite, folder: Path, victim: str, *, reports: int, kills: int) -> None:
    """Send, kill, wait until all is quiet, and compare."""
    began, done = time.monotonic(), 0
    name = f"{victim}-{reports}"
    share = reports // (kills + 1)
    site.until(lambda: is_up(site), RETURN_S, "the site before it begins")
    token = sign_in(site.wishes.port, "370299-centre", PASSWORD)
    # The next share begins while the victim of the one before is dying, not after.
    crowd = Crowd(
        site.wishes.port, folder / "ledger", name, reports,
        may_send=lambda number: number < (done + 1) * share + 6 or done >= kills,
        token=token,
    )  # fmt: skip
    crowd.start()
    while done < kills:
        site.until(enough(crowd, (done + 1) * share), RETURN_S * 2, f"{share} more reports")
        VICTIMS[victim](site)
        done += 1
        site.until(lambda: is_up(site), RETURN_S, f"{victim} after it was killed")
    site.until(lambda: not crowd.is_sending, RETURN_S * 2, "the last answers")
    assert not crowd.wrong, crowd.wrong
    assert not crowd.heard["500"], "a database that is away is no failure of ours: 503"
    quiet = "SELECT count(*) FROM ledger_outboxmessage WHERE done_at IS NULL"
    site.until(lambda: site.ask(quiet)[0][0] == 0, RETURN_S * 2, "every effect")
    compare(site, crowd)
    say.line(f"{name}: {kills} kills, {dict(crowd.heard)}, {time.monotonic() - began:.0f} s")


def enough(crowd: Crowd, count: int) -> Callable[[], bool]:
    return lambda: crowd.acknowledged >= count


def compare(site: OwnSite, crowd: Crowd) -> None:
    """The ledger on disk and the database say the same, once each."""
    promised = crowd.kept()
    assert len(promised) == len({one.number for one in promised}) == crowd.total
    assert stored(site, crowd.name) == sorted((one.text, one.number) for one in promised)
    assert one_each(site, crowd.name) == [(crowd.total,) * 8]
    states = site.ask(
        "SELECT DISTINCT i.state FROM incidents_incident i JOIN incidents_report r"
        " ON r.incident_id = i.id WHERE r.description LIKE %s",
        f"{crowd.name}-%",
    )
    assert states == [("filed",)]
    assert answers(site, promised) == {one.key: one.number for one in promised}
    # A handler that failed was tried again: here none may, whatever was killed around it.
    assert site.ask("SELECT last_error FROM ledger_outboxmessage WHERE last_error <> ''") == []


def stored(site: OwnSite, name: str) -> list[tuple[str, str]]:
    """Text and number of every report of this run."""
    rows = site.ask(
        "SELECT description, number FROM incidents_report WHERE description LIKE %s ORDER BY 1, 2",
        f"{name}-%",
    )
    return [(text, number) for text, number in rows]


def one_each(site: OwnSite, name: str) -> list[tuple[int, ...]]:
    """How many there are of each thing that one report makes: rows, and different reports."""
    return site.ask(
        """
        WITH mine AS (SELECT * FROM incidents_report WHERE description LIKE %s)
        SELECT count(DISTINCT mine.incident_id), count(i.id),
               (SELECT count(*) FROM incidents_attribution a JOIN mine m ON m.id = a.report_id),
               (SELECT count(*) FROM incidents_positioncheck p JOIN mine m ON m.id = p.report_id),
               (SELECT count(*) FROM ledger_outboxmessage o JOIN mine m
                ON o.payload->'reports' = jsonb_build_array(m.id) WHERE o.done_at IS NOT NULL),
               (SELECT count(*) FROM ledger_auditevent e JOIN mine m
                ON e.data->>'report' = m.number),
               (SELECT count(*) FROM ledger_auditevent e JOIN incidents_incident f
                ON e.chain = 'incident:' || f.number JOIN mine m ON m.incident_id = f.id
                WHERE e.action = 'incident.filed'),
               count(DISTINCT mine.reporter_id)
        FROM mine LEFT JOIN incidents_incident i ON i.id = mine.incident_id
        """,
        f"{name}-%",
    )


def answers(site: OwnSite, promised: list[Acknowledged]) -> dict[str, str]:
    """What is kept under each key."""
    rows = site.ask(
        "SELECT key::text, answer->>'number' FROM ledger_idempotencykey"
        " WHERE key = ANY(%s::uuid[])",
        [one.key for one in promised],
    )
    return dict(rows)
