"""Addresses that ask wrongly of what is read: cases, pictures, tiles, pages. Each must be a 4xx."""

from urllib.parse import quote

_TIMES = [
    "now", "2022-13-01", "2022-02-30", "2022-11-02T08:30:00", "0000-01-01", "9999-99-99", "1e9",
    "-1", "2022-11-02T25:00:00Z", "%00", "%FF", "'", "1899-01-01", "2022-11-02T08:30:00+99:00",
]  # fmt: skip
_BOXES = ["1", "nan,1,2,3", "121,36,120,37", "1e999,1,2,3", "0,0,0,0", "POINT(1 1)", ",,,"]
_DEEP = "/".join([".."] * 40)

# For those who signed in.
CASES: list[str] = [
    *(f"/api/v1/incidents?from={one}" for one in _TIMES),
    *(f"/api/v1/incidents?to={one}" for one in _TIMES),
    *(f"/api/v1/incidents?bbox={quote(one)}" for one in _BOXES),
    *(f"/api/v1/incidents?kind={one}" for one in ["x", "LIVELIHOOD", "%00", "livelihood,x"]),
    *(f"/api/v1/incidents?state={one}" for one in ["lost", "%00", "1"]),
    *(f"/api/v1/incidents?placed={one}" for one in ["maybe", "1", "true", "%00"]),
    *(f"/api/v1/incidents?page={one}" for one in ["0", "-1", "x", "1e3", "9" * 4000]),
    *(f"/api/v1/incidents?page_size={one}" for one in ["0", "2001", "x", ""]),
    *(f"/api/v1/incidents?{one}" for one in ["unknown=1", "kind__in=x", "grid=1&grid=2"]),
    *(f"/api/v1/incidents?place={one}" for one in ["nowhere", "%00", "9" * 3000]),
    *(f"/api/v1/incidents?edition={one}" for one in ["1999", "%27", "x" * 500]),
    "/api/v1/incidents?category=" + "x" * 40,
    *(
        f"/api/v1/patrols/{path}date={one}"
        for path in ("coverage?", "tracks?worker=x&")
        for one in ["20261124", "2026-02-30", "2026-W01-1", "9999-12-31", "0001-01-01", "%00", "x"]
    ),
    *(f"/api/v1/patrols/coverage?within_m={one}" for one in ["0", "4", "201", "1e1", "-30", "%00"]),
    *(f"/api/v1/patrols/coverage?{one}" for one in ["x=1", "edition=%00", "place=nowhere"]),
    *(f"/api/v1/patrols/tracks?worker={one}" for one in ["", "%00", "nobody", "x" * 3000]),
    "/api/v1/patrols/tracks",
    "/api/v1/channels?x=1",
    "/api/v1/categories?x=1",
    "/api/v1/me?x=1",
    f"/api/v1/photos/{_DEEP}/etc/passwd",
    "/api/v1/photos/00000000-0000-4000-8000-00000000000g",
    "/api/v1/photos/00000000-0000-4000-8000-000000000000%00",
    "/api/v1/photos/00000000-0000-4000-8000-000000000000",
    "/api/v1/photos/..%2f..%2fattachments",
]  # fmt: skip

# For anybody.
TILES: list[str] = [
    *(
        f"/tiles/grids/{z}/{x}/{y}.mvt"
        for z, x, y in [
            ("-1", "0", "0"), ("30", "0", "0"), ("999", "0", "0"), ("x", "0", "0"), ("1", "2", "0"),
            ("1", "0", "2"), ("1", "-1", "0"), ("0", "0", "1"), ("1.5", "0", "0"),
            ("1", "0x1", "0"),
            ("12", "9" * 400, "1"), ("12", "1e3", "1"), ("٣", "0", "0"), ("12", "%00", "1"),
            ("12", "nan", "inf"),
        ]
    ),
    "/tiles/nothing.json",
    "/tiles/nothing/1/0/0.mvt",
    "/tiles/%00.json",
    "/tiles/..%2f..%2fetc.json",
    f"/tiles/{'x' * 3000}.json",
    "/tiles/grids.json?edition=1999",
    "/tiles/grids.json?edition=%00",
    "/tiles/grids.json?edition=%27%3B--",
    "/tiles/grids/12/3418/1606.mvt?edition=%00",
    "/tiles/grids/12/3418/1606.mvt?edition=1999",
    "/map/?place=%00",
    "/map/?place=nowhere",
    f"/static/{_DEEP}/etc/passwd",
    "/static/%00",
    "/media/attachments/",
    "/.env",
    "/.git/config",
    "/api/v1/reports/",
    "/api/v1/reports/R221102-000000000000",
]  # fmt: skip
