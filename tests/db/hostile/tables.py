"""Tables of reports as they should never be: each row or file is refused, and says why."""

from __future__ import annotations

HEADER = "id,at,text,lon,lat"
GOOD = "A1,2022-11-08T09:30:00+08:00,台阶破损,120.405,36.065"
MAPPING = """
[columns]
external_id = "id"
received_at = "at"
description = "text"
lon = "lon"
lat = "lat"
[position]
datum = "wgs84"
[other]
kind = "livelihood"
"""


def row(**changed: str) -> bytes:
    """A table of one row, which is good but for what is changed."""
    cells = dict(zip(HEADER.split(","), GOOD.split(","), strict=True)) | changed
    return f"{HEADER}\r\n{','.join(cells.values())}\r\n".encode()


# A row that is refused → its reason.
ROWS: dict[str, tuple[bytes, str]] = {
    f"{field} {text[:20]!r}": (row(**{field: text}), reason)
    for field, text, reason in [
        ("id", "", "missing_id"), ("id", " ", "missing_id"), ("id", "x" * 81, "too_long"),
        ("at", "", "missing_time"), ("at", "soon", "bad_time"), ("at", "9999-12-31", "bad_time"),
        ("at", "1969-12-31T00:00:00Z", "bad_time"), ("at", "2022-02-30", "bad_time"),
        ("at", "2022-11-08T25:00:00Z", "bad_time"), ("at", "0001-01-01", "bad_time"),
        ("at", "9" * 400, "bad_time"),
        ("text", "", "missing_description"), ("text", "长" * 4001, "too_long"),
        ("text", "a\0b", "bad_text"),
        ("lon", "", "missing_position"), ("lon", "nan", "bad_position"),
        ("lon", "inf", "bad_position"), ("lon", "1e999", "bad_position"),
        ("lon", "-Infinity", "bad_position"), ("lon", "120°24'", "bad_position"),
        ("lon", "0x78", "bad_position"), ("lon", "=1+1", "bad_position"),
        ("lon", "=HYPERLINK(\"http://x/\")".replace('"', ""), "bad_position"),
        ("lon", "40523456.7", "projected"), ("lon", "200", "out_of_range"),
        ("lat", "95", "out_of_range"), ("lat", "1" + "0" * 300, "projected"),
        ("lat", "9" * 400, "bad_position"),
    ]
}  # fmt: skip
ROWS["swapped"] = (row(lon="36.065", lat="120.405"), "swapped")
ROWS["too few cells"] = (f"{HEADER}\r\nA1,2022-11-08\r\n".encode(), "columns")
ROWS["too many cells"] = (f"{HEADER}\r\n{GOOD},x,y\r\n".encode(), "columns")
ROWS["quotes never closed"] = (f'{HEADER}\r\n"A1,{GOOD}\r\n{GOOD}\r\n'.encode(), "columns")
ROWS["a page"] = (
    f"{HEADER}\r\n<!DOCTYPE html><script>alert(1)</script>\r\n".encode(),
    "columns",
)

# A file that is refused as a whole.
FILES: dict[str, bytes] = {
    "empty": b"",
    "blank": b"\r\n\r\n",
    "no such columns": b"a,b,c\r\n1,2,3\r\n",
    "a column twice": f"{HEADER},lon\r\n{GOOD},1\r\n".encode(),
    "utf-16": f"{HEADER}\r\n{GOOD}\r\n".encode("utf-16"),
    "not utf-8": f"{HEADER}\r\n".encode() + b"A1,\xff\xfe\x80,x,1,1\r\n",
    "half a character": f"{HEADER}\r\n{GOOD}".encode() + "台".encode()[:2],
    "a surrogate": f"{HEADER}\r\n".encode() + b"\xed\xa0\x80,2022-11-08,x,1,1\r\n",
    "a cell without end": f'{HEADER}\r\nA1,"'.encode() + b"x" * (2 << 20) + b"\r\n",
    "a zip": b"PK\x03\x04" + b"\0" * 500,
    "a workbook": b"PK\x03\x04[Content_Types].xml" + b"\x00\xff" * 50,
    "a picture": b"\x89PNG\r\n\x1a\n\xff\xfe" + b"\0" * 50,
    "an executable": b"\x7fELF\x02\x01\x01\xff\xfe",
    "xml that asks a file": (
        b'<?xml version="1.0"?><!DOCTYPE k [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        b"<kml><Placemark>&x;</Placemark></kml>"
    ),
    "billion laughs": b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><gpx>&b;</gpx>',
    "vrt": b'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/vsicurl/http://127.0.0.1:9/'
    b"</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
    "json": b'{"type":"FeatureCollection","features":[]}',
}
