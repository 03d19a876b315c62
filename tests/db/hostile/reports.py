"""What broken programs and attackers send as reports. Each must end as a 4xx that names a field."""

import json
from typing import Any

from tests.factories import CELL, SOUTH, WEST

GOOD: dict[str, Any] = {
    "channel": "resident",
    "kind": "livelihood",
    "description": "台阶破损",
    "location": {"lon": WEST + CELL / 2, "lat": SOUTH + CELL / 2, "datum": "wgs84"},
}
WRONG: list[Any] = [1, True, [], {}, ["x"], {"a": 1}]


def _with(name: str, value: Any) -> str:
    return json.dumps({**GOOD, name: value})


def _raw(name: str, text: str) -> str:
    """A body whose field is written exactly so."""
    return json.dumps({**GOOD, name: "@"}).replace('"@"', text)


def _at(**changed: Any) -> str:
    return json.dumps({**GOOD, "location": {**GOOD["location"], **changed}})


# Body → the field that must be named (None: any).
REPORTS: list[tuple[str, str | None]] = [
    *((_with("channel", value), "channel") for value in [*WRONG, "", None, "nope", "x" * 300]),
    *((_with("kind", value), "kind") for value in [*WRONG, "", None, "LIVELIHOOD"]),
    *((_with("description", value), "description") for value in [*WRONG, "", "\n", "x" * 4001]),
    *((_with("category", value), "category") for value in [*WRONG, "nope", "' OR 1=1 --"]),
    *((_with("place", value), "place") for value in [1, [], "nowhere", "x" * 99]),
    *((_with("photos", value), None) for value in [1, "x", {}, [1], [None], [{}], ["x"] * 10]),
    (_with("photos", ["0" * 36]), "photos[0]"),
    (_with("photos", ["../../../../../../../../etc/passwd00"]), "photos[0]"),
    *((_with("reporter", value), "reporter") for value in [1, "x", [], True]),
    *((_with("reporter", {"phone": value}), "reporter.phone") for value in [1, [], "x", "1" * 41]),
    *((_with("reporter", {"name": value}), "reporter.name") for value in [1, {}, "x" * 41]),
    (_with("reporter", {"name": "x", "role": "admin"}), "reporter.role"),
    *(
        (_with("occurred_at", value), "occurred_at")
        for value in [
            1, True, [], "", "now", "2022-11-02", "2022-11-02T08:30:00", "2022-13-02T08:30:00Z",
            "2022-02-30T08:30:00Z", "1899-01-01T00:00:00Z", "9999-12-31T23:59:59-23:00",
            "2022-11-02T25:00:00Z", "2022-11-02T08:30:00+99:00", "\uff12022-11-02T08:30:00Z",
            "0001-01-01T00:00:00+14:00", "2022-11-02T08:30:00Z" + "0" * 500,
        ]
        if value != ""
    ),
    *((_with("location", value), "location") for value in [1, "x", [], [120.4, 36.0], {}, None]),
    *((_at(lon=value), "location.lon") for value in ["120", True, [], {}, 181, 1e300, None]),
    *((_at(lat=value), "location.lat") for value in ["36", False, [], 91, -91]),
    *((_at(datum=value), "location.datum") for value in [1, [], "mars", "EPSG:4326"]),
    *((_at(accuracy_m=value), "location.accuracy_m") for value in [-1, "5", True, 1e9]),
    *((_at(address=value), "location.address") for value in [1, [], "x" * 201]),
    (_at(edition="2022"), "location.edition"),
    (_at(lon=SOUTH, lat=WEST), "location.lon"),
    (_raw("description", r'"\u0000"'), "description"),
    (_raw("description", r'"\ud800"'), "description"),
    (_raw("location", '{"lon":NaN,"lat":1}'), "location.lon"),
    (_raw("location", '{"lon":1e999,"lat":1}'), "location.lon"),
    (_raw("location", '{"lon":1,"lon":2,"lat":1}'), "location.lon"),
    (json.dumps({**GOOD, "number": "R1"}), "number"),
    (json.dumps({**GOOD, "sent_by": 1}), "sent_by"),
    (json.dumps({**GOOD, "__proto__": {}}), "__proto__"),
    ("{}", "channel"),
    ("[]", None),
    ("null", None),
    ("1", None),
    ('"x"', None),
    ("", None),
    ("{", None),
    ('{"channel":"resident","channel":"worker"}', "channel"),
    ('{"a":' * 9 + "1" + "}" * 9, None),
    ('{"description":"' + "x" * 200_000 + '"}', None),
]  # fmt: skip
KEYS = [
    "",
    " ",
    "x",
    "0",
    "null",
    "00000000000040008000000000000000",
    "{}",
    "' OR 1=1 --",
    "é" * 36,
]
