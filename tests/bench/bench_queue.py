"""How long a page of the queue takes over a million cases, beside the plainest view.

    make bench ARGS=queue

A database of its own with the small district of the tests, filled by SQL: 97 % of the cases are
closed, as after years. The API is asked in this process through the whole stack of Django
(sessions, permissions, renderer) as the centre, a subdistrict and a handler; the plainest view,
`/healthz?part=none`, is asked between. Limit: p95 of 100 ms for each page.
"""

from __future__ import annotations

import gc
import statistics
import time
from typing import Any

from django.db import connection
from django.test import Client

from tests.factories import District, make_district

CASES, ROUNDS = 1_000_000, 20
LIMIT_MS = 100.0
PLAIN = "/healthz?part=none"
FILL = """
INSERT INTO incidents_incident (place_id, number, kind, state, position, grid_id, provisional,
  received_at, occurred_at, is_simulated, tier, unit_id, due_at, amber_at, closed_at, held_state,
  reopened, reworked, is_self_handled)
SELECT %(place)s, to_char(at, 'YYYYMMDD') || '-' || lpad(n::text, 8, '0'),
  (ARRAY['livelihood', 'enforcement', 'development'])[1 + n %% 3],
  CASE WHEN is_open THEN (ARRAY['received', 'filed', 'dispatched', 'checked_in', 'fed_back',
    'suspended'])[1 + n / 100 %% 6] ELSE 'closed' END,
  ST_SetSRID(ST_MakePoint(120.40 + random() * 0.04, 36.06 + random() * 0.03), 4326),
  (%(grids)s::bigint[])[1 + n %% %(grid_count)s], false, at, at, false,
  (ARRAY['community', 'subdistrict', 'centre'])[1 + n / 7 %% 3],
  CASE WHEN n %% 5 > 0 THEN (%(units)s::bigint[])[1 + n / 11 %% %(unit_count)s] END,
  CASE WHEN is_open AND n / 100 %% 6 < 5 THEN now() + (n %% 20000 - 8000) * interval '1 minute' END,
  CASE WHEN is_open AND n / 100 %% 6 < 5 THEN now() + (n %% 20000 - 8200) * interval '1 minute' END,
  CASE WHEN is_open THEN NULL ELSE at + interval '2 days' END, '', 0, 0, false
FROM (SELECT n, n %% 100 < 3 AS is_open, now() - (1000000 - n) * interval '90 seconds' AS at
  FROM generate_series(1, %(cases)s) n) AS numbers
"""
REPORTS = """
INSERT INTO incidents_report (number, incident_id, channel_id, external_id, kind, description,
  address, datum, occurred_at, received_at, is_simulated)
SELECT 'R' || lpad(id::text, 18, '0'), id, %(channel)s, '', kind,
  (ARRAY['路灯不亮', '台阶破损', '垃圾满溢', '占道经营', '井盖松动'])[1 + id %% 5]
    || '，' || id || ' 号楼',
  '海尔路 ' || id %% 900 || ' 号', '', received_at, received_at, false FROM incidents_incident
"""
ASSIGNMENTS = """
INSERT INTO incidents_assignment (incident_id, unit_id, part, since)
SELECT id, unit_id, 'lead', received_at FROM incidents_incident WHERE unit_id IS NOT NULL
"""
ASKED: dict[str, dict[str, str]] = {
    "what is open": {"state": "open"},
    "what waits for me": {"state": "open", "mine": "yes"},
    "overdue": {"due": "overdue"},
    "due soon, livelihood": {"due": "amber", "kind": "livelihood"},
    "a common word, open": {"state": "open", "text": "路灯不亮"},
    "a rare word": {"text": "海尔路 371 号"},
    "everything, newest": {"order": "newest"},
}


def main() -> None:
    """Print the table."""
    held = str(connection.settings_dict["NAME"])
    connection.settings_dict["TEST"]["NAME"] = "bench_queue"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        district = make_district()
        began = time.perf_counter()
        fill(district, CASES)
        print(f"{CASES:,} cases, 3 % open; written in {time.perf_counter() - began:.0f} s")
        tell(measured(district, ROUNDS))
    finally:
        connection.creation.destroy_test_db(held, verbosity=0)


def fill(district: District, cases: int) -> None:
    from incidents.models import Channel

    channel = Channel.objects.create(code="bench", name="b", name_en="b", datum="wgs84")
    grids = [grid.pk for grid in district.grids.values()]
    units = [unit.pk for unit in district.units.values()]
    with connection.cursor() as cursor:
        values: dict[str, Any] = {
            "place": district.place.pk, "grids": grids, "grid_count": len(grids),
            "units": units, "unit_count": len(units), "cases": cases,
        }  # fmt: skip
        cursor.execute(FILL, values)
        cursor.execute(REPORTS, {"channel": channel.pk})
        cursor.execute(ASSIGNMENTS)
        cursor.execute("VACUUM ANALYZE")


def measured(district: District, rounds: int) -> dict[tuple[str, str], list[float]]:
    """Milliseconds of each question by who asks; a page that is not the first is the fifth."""
    took: dict[tuple[str, str], list[float]] = {}
    clients = {role: Client() for role in ("centre", "subdistrict", "handler")}
    for role, client in clients.items():
        client.force_login(district.users[role])
    ways: dict[tuple[str, str], tuple[Client, str, dict[str, str]]] = {}
    for role, client in clients.items():
        for name, query in ASKED.items():
            ways[role, name] = (client, "/api/v1/queue", query)
        ways[role, "the fifth page"] = (client, "/api/v1/queue", fifth(client))
        ways[role, "the plainest view"] = (client, PLAIN, {})
    # As the web process does once it is warm: no collection walks what was loaded.
    gc.collect()
    gc.freeze()
    for _ in range(rounds):
        for key, (client, path, query) in ways.items():
            began = time.perf_counter()
            answer = client.get(path, query)
            took.setdefault(key, []).append((time.perf_counter() - began) * 1e3)
            if path != PLAIN and answer.status_code != 200:
                raise RuntimeError(answer.content)
    return took


def fifth(client: Client) -> dict[str, str]:
    query = {"state": "open"}
    for _ in range(4):
        told: dict[str, Any] = client.get("/api/v1/queue", query).json()
        if not told["next"]:
            break
        query = {"state": "open", "cursor": told["next"]}
    return query


def tell(took: dict[tuple[str, str], list[float]]) -> None:
    print(f"{'':14}{'':24}{'p50 ms':>9}{'p95 ms':>9}   limit {LIMIT_MS:g} ms")
    for (role, name), times in took.items():
        p95 = statistics.quantiles(times, n=20)[18]
        verdict = "" if name == "the plainest view" else "ok" if p95 <= LIMIT_MS else "OVER"
        print(f"{role:14}{name:24}{statistics.median(times):9.1f}{p95:9.1f}   {verdict}")
