"""What people, broken programs and attackers send. Each case must end as a 4xx."""

from typing import Any
from urllib.parse import quote

LON, LAT = "120.405", "36.065"
GOOD = f"lon={LON}&lat={LAT}&datum=wgs84"

# Query strings for GET /api/v1/locate → the field that must be named (None: any).
NUMBERS = [
    "nan", "NaN", "-nan", "inf", "-inf", "Infinity", "-Infinity", "1e999", "-1e999", "1e309",
    "", "%20", "abc", "12o", "1,5", "120.4.5", "0x7f", "1_0", "%EF%BC%91%EF%BC%92", "true", "null",
    "None", "[]", "{}", "120.4;", "1e", "--1", "+-1", "9" * 400, "1" + "0" * 70, "%2e%2e", "٣",
    "120.4%20", "%09120", "120°24'", "120.4E", "'", '"', "<script>", "$(id)", "1%0a2",
]  # fmt: skip
QUERIES: list[tuple[str, str | None]] = [
    *((f"lon={number}&lat={LAT}&datum=wgs84", "lon") for number in NUMBERS),
    *((f"lon={LON}&lat={number}&datum=wgs84", "lat") for number in NUMBERS[:16]),
    *((f"{GOOD}&accuracy_m={n}", "accuracy_m") for n in ["-1", "nan", "1e999", "x", "1e9", "-0.1"]),
    *(
        (f"lon={LON}&lat={LAT}&datum={name}", "datum")
        for name in [
            "",
            "wgs",
            "mars",
            "4326",
            "WGS-84",
            "wgs84;",
            "%F0%9F%97%BA",
            "a" * 5000,
            "%20wgs84",
        ]
    ),
    ("", None),
    (f"lon={LON}", "lat"),
    (f"lat={LAT}&datum=wgs84", "lon"),
    (f"lon={LON}&lat={LAT}", "datum"),
    (f"lon={LAT}&lat={LON}&datum=wgs84", "lon"),  # swapped
    (f"lon=181&lat={LAT}&datum=wgs84", "lon"),
    (f"lon={LON}&lat=91&datum=wgs84", "lat"),
    ("lon=12040500&lat=3606500&datum=wgs84", "lon"),
    ("lon=-180.0001&lat=0&datum=wgs84", "lon"),
    ("lon=-180&lat=90&datum=bd09", "lon"),  # over the edge by conversion
    (f"{GOOD}&lon=1", "lon"),
    (f"{GOOD}&datum=gcj02", "datum"),
    (f"{GOOD}&edition=2022&edition=2021", "edition"),
    (f"{GOOD}&foo=1", "foo"),
    (f"{GOOD}&lon[]=1", "lon[]"),
    (f"{GOOD}&edition=1999", "edition"),
    (f"{GOOD}&edition={'x' * 3000}", "edition"),
    (f"{GOOD}&edition=2027", "edition"),  # a plan
    (f"{GOOD}&edition=%27%20OR%201%3D1--", "edition"),
    (f"{GOOD}&place=nowhere", "place"),
    (f"{GOOD}&place={'9' * 3000}", "place"),
    (f"{GOOD}&place=%F0%9F%92%A9", "place"),
    *((f"{GOOD}&{name}=%00", None) for name in ["edition", "place", "foo", "format"]),
    ("lon=%00&lat=%00&datum=%00", None),
    (f"{GOOD}%00", None),
    (f"{GOOD}&edition=%FF%FE", None),
    (f"{GOOD}&edition=%ED%A0%80", None),
    (f"{GOOD}&edition=%C0%80", None),
    (f"{GOOD}&%FF=1", None),
]

POINT = f'{{"lon":{LON},"lat":{LAT},"datum":"wgs84"}}'


def _point(**changed: str) -> str:
    parts = {"lon": LON, "lat": LAT, "datum": '"wgs84"', **changed}
    return "[{" + ",".join(f'"{name}":{raw}' for name, raw in parts.items()) + "}]"


def _nested(depth: int) -> str:
    return "[" * depth + "]" * depth


# Bodies for POST /api/v1/locate → the field that must be named (None: any).
BODIES: list[tuple[str | bytes, str | None]] = [
    *(
        (_point(lon=raw), "[0].lon")
        for raw in [
            "NaN",
            "Infinity",
            "-Infinity",
            "1e999",
            "-1e999",
            "true",
            "false",
            "null",
            '"120.4"',
            "[]",
            "{}",
            "[120.4]",
            "181",
            "-181",
            "9" * 30,
            "1e300",
            '""',
        ]
    ),
    *((_point(lat=raw), "[0].lat") for raw in ["NaN", "1e999", "true", "null", '"36"', "90.0001"]),
    *(
        (_point(datum=raw), "[0].datum")
        for raw in ["1", "null", "true", "[]", '"mars"', '""', "{}"]
    ),
    *(
        (_point(accuracy_m=raw), "[0].accuracy_m")
        for raw in ["NaN", "1e999", "-1", "true", '"5"', "[]", "10001", "1e300"]
    ),
    *((_point(edition=raw), "[0].edition") for raw in ["1", "true", "[]", "{}", '"1999"', "2022"]),
    *((_point(place=raw), "[0].place") for raw in ["1", "[]", '"nowhere"', '"' + "x" * 99 + '"']),
    (_point(edition=r'"\u0000"'), "[0].edition"),
    (_point(edition=r'"\ud800"'), "[0].edition"),
    (_point(edition=r'"a\udfffb"'), "[0].edition"),
    (_point(foo="1"), "[0].foo"),
    (f"[{POINT},{_point(lat='91')[1:-1]}]", "[1].lat"),
    (f'[{{"lon":{LAT},"lat":{LON},"datum":"wgs84"}}]', "[0].lon"),
    ('[{"lon":1,"lon":2,"lat":3,"datum":"wgs84"}]', "[0].lon"),
    ('[{"\\u0000":1}]', "[0]"),
    ("[{}]", "[0].lon"),
    ("[1]", "[0]"),
    ("[null]", "[0]"),
    ("[[]]", "[0]"),
    (f"[[{POINT}]]", "[0]"),
    ('["x"]', "[0]"),
    (POINT, None),
    ("null", None),
    ("1", None),
    ('"x"', None),
    ("true", None),
    ("NaN", None),
    ("1e999", None),
    ("", None),
    (" ", None),
    ("[", None),
    ("[}", None),
    ("[1,]", None),
    ("{'lon':1}", None),
    ("[] []", None),
    ("[]x", None),
    ("\ufeff[]", None),
    ("[\x00]", None),
    ('["\x01"]', None),
    ('["\\x"]', None),
    ("-", None),
    ("[01]", None),
    ("[" + "9" * 5000 + "]", None),
    (b"\xff\xfe[\x00]\x00", None),
    (b'["\xed\xa0\x80"]', None),
    (b'["\xc0\xaf"]', None),
    (b"\x1f\x8b\x08\x00", None),
    (_nested(33), None),
    (_nested(100), None),
    (_nested(100_000), None),
    ('{"a":' * 2000 + "1" + "}" * 2000, None),
    ("[" + "{}," * 10_000 + "{}]", None),
    ('["' + "\\u0000" * 1000 + '"]', None),
    ('"' * 200_001, None),
    ("[" + " " * (4 * 1024 * 1024) + "]", None),
]

# Bodies for POST /api/v1/token.
CREDENTIALS: list[Any] = [
    {}, [], None, 1, "x", True,
    {"username": "x"}, {"password": "x"}, {"username": "", "password": ""},
    {"username": None, "password": None}, {"username": 1, "password": 2},
    {"username": ["a"], "password": {"b": 1}}, {"username": True, "password": False},
    {"username": "x" * 151, "password": "x"}, {"username": "x", "password": "x" * 1025},
    {"username": "a\x00b", "password": "x"}, {"username": "x", "password": "\x00"},
    {"username": "💩", "password": "' OR 1=1 --"},
    {"username": "admin'--", "password": "x"},
]  # fmt: skip

_LISTS = ["grids", "regions", "stations", "editions", "editions/2022/lineage"]
# Paths with queries for GET → 4xx.
PATHS: list[str] = [
    *(
        f"/api/v1/{name}?{query}"
        for name in _LISTS
        for query in [
            "page=0", "page=-1", "page=x", "page=1.5", "page=99999999999999999999",
            "page=" + "9" * 5000,
            "page=2000000", "page=1e3", "page=%D9%A1", "page=1&page=2",
            "page_size=0",
            "page_size=2001",
            "page_size=x", "page_size=", "place=nowhere", "place=%00", "unknown=1", "place=%FF",
        ]
    ),
    *(
        f"/api/v1/{name}?bbox={quote(box)}"
        for name in ["grids", "regions", "stations"]
        for box in [
            "1", "1,2,3", "1,2,3,4,5", "a,b,c,d", "nan,36,121,37", "120,36,inf,37", "121,36,120,37",
            "120,37,121,36", "36,120,37,121", "120,36,120,36", "1e999,1,2,3", ",,,", "181,0,182,1",
            "POLYGON((0 0,1 1,1 0,0 0))", "[120,36,121,37]",
        ]
    ),
    *(f"/api/v1/grids?edition={name}" for name in ["1999", "2027", "x" * 500, "%27", "%00"]),
    "/api/v1/grids?kind=round",
    "/api/v1/grids?code=" + "x" * 33,
    "/api/v1/grids?edition=2022&edition=2021",
    "/api/v1/regions?level=galaxy",
    "/api/v1/stations?level=1",
    "/api/v1/editions/1999/lineage",
    "/api/v1/editions/2021/lineage",
    "/api/v1/editions/%00/lineage",
    "/api/v1/editions/%FF/lineage",
    "/api/v1/editions/2022/lineage?from=2022",
    "/api/v1/editions/2022/lineage?from=1999",
    "/api/v1/editions/2022/lineage?from=%00",
    "/api/v1/nothing",
    "/api/v1/%00",
    "/api/v1/locate/",
    "/api/v1/grids?format=xml",
    "/api/v1/me",
    "/api/schema?format=exe",
]  # fmt: skip
