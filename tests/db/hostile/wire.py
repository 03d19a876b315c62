"""Requests as bytes: what no client library would send. Each must end in a 4xx or a closed line,
and nothing that is hidden inside may be done.
"""

from __future__ import annotations

import json

from tests.db.hostile.reports import GOOD

BODY = json.dumps(GOOD).encode()
KEY = b"11111111-1111-4111-8111-111111111111"
JSON = b"Content-Type: application/json\r\n"


def post(*headers: bytes, body: bytes = b"", path: bytes = b"/api/v1/reports") -> bytes:
    """A POST with exactly these headers."""
    lines = b"".join(header + b"\r\n" for header in headers)
    return b"POST " + path + b" HTTP/1.1\r\nHost: x\r\n" + lines + b"\r\n" + body


def whole() -> bytes:
    """A report that would be kept: what is smuggled."""
    return post(JSON[:-2], b"Idempotency-Key: " + KEY, b"Content-Length: %d" % len(BODY), body=BODY)


def chunked(raw: bytes) -> bytes:
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(raw), raw)


HIDDEN = whole()
LONG = b"x" * 70_000
RAW: dict[str, bytes] = {
    "length and chunks": post(
        b"Content-Length: 4", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n" + HIDDEN
    ),
    "chunks and length": post(
        b"Transfer-Encoding: chunked", b"Content-Length: 6", body=b"0\r\n\r\nG" + HIDDEN
    ),
    "two lengths": post(b"Content-Length: 0", b"Content-Length: %d" % len(HIDDEN), body=HIDDEN),
    "a list of lengths": post(b"Content-Length: 0, %d" % len(HIDDEN), body=HIDDEN),
    "a signed length": post(b"Content-Length: +5", body=b"12345" + HIDDEN),
    "a negative length": post(b"Content-Length: -1", body=HIDDEN),
    "a length in hex": post(b"Content-Length: 0x10", body=HIDDEN),
    "a length with a blank": post(b"Content-Length: 1 0", body=HIDDEN),
    "a length beyond numbers": post(b"Content-Length: " + b"9" * 40, body=HIDDEN),
    "a length in other digits": post("Content-Length: \uff15".encode(), body=HIDDEN),
    "chunked twice": post(b"Transfer-Encoding: chunked, chunked", body=chunked(b"{}") + HIDDEN),
    "chunked and more": post(b"Transfer-Encoding: chunked, identity", body=chunked(b"{}") + HIDDEN),
    "chunked misspelt": post(b"Transfer-Encoding: xchunked", body=chunked(b"{}") + HIDDEN),
    "chunked after a tab": post(b"Transfer-Encoding:\x0bchunked", body=chunked(b"{}") + HIDDEN),
    "a blank before the colon": post(b"Transfer-Encoding : chunked", body=chunked(b"{}") + HIDDEN),
    "a folded header": post(b"X: a\r\n b", b"Transfer-Encoding:\r\n chunked", body=HIDDEN),
    "a negative chunk": post(b"Transfer-Encoding: chunked", body=b"-1\r\n{}\r\n0\r\n\r\n" + HIDDEN),
    "a chunk in 0x": post(b"Transfer-Encoding: chunked", body=b"0x2\r\n{}\r\n0\r\n\r\n" + HIDDEN),
    "a chunk beyond numbers": post(
        b"Transfer-Encoding: chunked", body=b"f" * 20 + b"\r\n{}\r\n0\r\n\r\n"
    ),
    "a bare line feed": b"POST /api/v1/reports HTTP/1.1\nHost: x\nContent-Length: 0\n\n" + BODY,
    "a null in a header": post(b"X: a\0b", b"Content-Length: 0"),
    "a null in a name": post(b"X\0: a", b"Content-Length: 0"),
    "a long header": post(b"X: " + LONG, b"Content-Length: 0"),
    "many headers": post(*(b"X%d: y" % k for k in range(9000)), b"Content-Length: 0"),
    "a long address": b"GET /api/v1/locate?x=" + LONG + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a long method": b"G" * 70_000 + b" / HTTP/1.1\r\nHost: x\r\n\r\n",
    "no host": b"GET /api/v1/me HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /api/v1/me HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "a host of control characters": b"GET /api/v1/me HTTP/1.1\r\nHost: a\x01b\r\n\r\n",
    "an absolute address elsewhere": b"GET http://127.0.0.1:9/x HTTP/1.1\r\nHost: x\r\n\r\n",
    "connect": b"CONNECT 127.0.0.1:9 HTTP/1.1\r\nHost: x\r\n\r\n",
    "HTTP/0.9": b"GET /api/v1/me\r\n\r\n",
    "HTTP/2 by surprise": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0" * 50,
    "HTTP/9": b"GET /api/v1/me HTTP/9.9\r\nHost: x\r\n\r\n",
    "TLS": bytes.fromhex("16030100a5010000a10303") + b"\0" * 150,
    "bytes": bytes(range(256)) * 4,
    "an upgrade to nothing": post(b"Upgrade: h2c", b"Connection: Upgrade", b"Content-Length: 0"),
    "a body that never comes": post(JSON[:-2], b"Content-Length: 100000", body=b"{"),
    "a key twice": post(
        JSON[:-2], b"Idempotency-Key: " + KEY, b"Idempotency-Key: " + KEY,
        b"Content-Length: %d" % len(BODY), body=BODY,
    ),
    "gzip": post(
        JSON[:-2], b"Content-Encoding: gzip", b"Idempotency-Key: " + KEY, b"Content-Length: 12",
        body=b"\x1f\x8b\x08\0\0\0\0\0\0\0\0\0",
    ),
    "a method in a header": post(b"X-HTTP-Method-Override: DELETE", b"Content-Length: 0"),
    "another path in a header": post(b"X-Original-URL: /admin/", b"Content-Length: 0"),
}  # fmt: skip
