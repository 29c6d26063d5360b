"""Requests that nobody means well: drawn by a number, so that each can be drawn again.

The address is one of the URL map, its parts and arguments are what a page might send or what breaks
programs: NUL, halves of characters, numbers without end, deep JSON, torn multipart.
"""

import hashlib
import hmac
import json
import random
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from bench.addresses import addresses
from ngoma.settings.table import ROOT

DOORS = ("public", "desk", "open311", "channels")
WORD, SECRET = "hostile-word", "hostile-secret"
"""What the server is told to expect of services of messages, so that more than the lock is tried:
the word in their addresses, and the secret by which they sign."""

METHODS = ("GET",) * 18 + ("POST",) * 14 + ("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND")

NONSENSE = (
    *(
        "",
        " ",
        "\0",
        "a\0b",
        "\r\nX-Evil: 1",
        "\t",
        "\x1b[31m",
        "\x7f",
        "\u202e",
        "\ufeff",
        "\ufffd",
    ),
    *("\U0001f4a3", "e\u0301" * 50, "ﷺ", "İıß", "\u2028", "٣", "²", "½", "Ⅷ", "৪", "١٢٣"),
    *("-1", "0", "-0", "1e309", "-1e309", "1e-400", "nan", "inf", "-inf", "0x10", "1_000", "+1"),
    *("9" * 19, "9" * 30, "-" + "9" * 30, "9" * 5000, "2147483648", "9223372036854775808", "1.5"),
    *(
        "true",
        "null",
        "None",
        "[]",
        "{}",
        "[[]]",
        '{"a":',
        "'",
        '"',
        "';--",
        "' OR 1=1--",
        "%",
        "_",
    ),
    *("<script>alert(1)</script>", "{{7*7}}", "{0.__class__}", "%s%n", "${7*7}", "\\", "../" * 9),
    *("..%2f..%2f", "/etc/passwd", "C:\\", "file:///etc/passwd", "http://[", "https://@/", "//x"),
    *("0001-01-01", "9999-12-31", "9999-12-31T23:59:60Z", "2026-02-30", "0000-00-00T99:99:99Z"),
    *("2026-01-01T00:00:00+99:99", "2026-11-28T00:00:00Z.1", "today~x~1", "85,180,360", "nan,nan"),
    *("0.15,32.05", "-90,-180", "91,181", "1e308,1e308", "0,0,0,0", ",,,", "a,b", "en", "zz-ZZ"),
    *("en-" + "x" * 300, "*", "q=", "en;q=nan", "a" * 300, "a" * 20_000, "(" * 2000, " " * 5000),
    *("a@" * 500, "1 " * 4000, "-" * 5000, "a.b." * 2000 + "@", "&" * 500, "=" * 500, ";" * 500),
)
"""What a field, a part of an address, an argument or a header is filled with."""

_FILLED = re.compile(r"<(?:\w+:)?(\w+)>")
_NAMES = re.compile(
    r"""(?:GET|POST|FILES|asked|given|form|post|body|headers|reading|one|several|moment|number)
        (?:\.get|\.getlist)?[\[(]["']([\w-]{2,30})["']""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it goes out. `broken`: not even HTTP, so the server may close the connection."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    broken: bool = False

    def __str__(self) -> str:
        sent = [f"{name}: {value[:100]!r}" for name, value in self.headers]
        return f"{self.method} {self.target[:300]} {'; '.join(sent)} {self.body[:300]!r}"

    def raw(self) -> bytes:
        """The bytes of the request, on a connection of its own."""
        named = {name.lower() for name, _ in self.headers}
        head = [f"{self.method} {self.target} HTTP/1.1", "Connection: close"]
        if "host" not in named:
            head.append("Host: localhost")
        if self.body and "content-length" not in named:
            head.append(f"Content-Length: {len(self.body)}")
        head += [f"{name}: {value}" for name, value in self.headers]
        return "\r\n".join([*head, "", ""]).encode("latin-1", "replace") + self.body


@dataclass(frozen=True, slots=True)
class Known:
    """What opens more than a lock: by the name of a part or a field, values that there are."""

    values: dict[str, tuple[str, ...]]
    session: str = ""

    def one(self, draw: random.Random, name: str) -> str:
        """A value of this name; of another one where there is none."""
        return draw.choice(self.values.get(name) or draw.choice(tuple(self.values.values())))


def request(number: int, known: Known) -> Request:
    """The request of this number."""
    return _Drawn(random.Random(number), known).request()


@cache
def names() -> tuple[str, ...]:
    """The fields, arguments and headers that the doors look for, read from their source."""
    found: set[str] = set()
    for door in (*DOORS, "intake"):
        for path in sorted(Path(ROOT / "src" / "ngoma" / door).rglob("*.py")):
            found |= set(_NAMES.findall(path.read_text(encoding="utf-8")))
    return tuple(sorted(found))


@cache
def _places() -> tuple[str, ...]:
    """Addresses, those that a city's name leads to more often than the settings' many alike."""
    found = addresses()
    near = tuple(each for each in found if not each.startswith(("admin/", "desk/account/")))
    cities = tuple(each for each in near if each.startswith(("<city:city>/", "desk/<")))
    return cities * 4 + near * 2 + found


class _Drawn:
    """One request in the making."""

    def __init__(self, draw: random.Random, known: Known) -> None:
        self.draw = draw
        self.known = known

    def request(self) -> Request:
        draw = self.draw
        method = draw.choice(METHODS)
        target = "/" + _FILLED.sub(self._part, draw.choice(_places()))
        if draw.random() < 0.6:
            target += "?" + self._query()
        kind, body = self._body() if method in ("POST", "PUT", "PATCH") else ("", b"")
        headers = [*self._headers(target), *([("Content-Type", kind)] if kind else [])]
        headers += self._signed(target, body)
        broken = draw.random() < 0.02
        if broken:
            headers.append(draw.choice((
                ("Content-Length", str(len(body) + 7)), ("Content-Length", "-1"),
                ("Content-Length", "9" * 30), ("Transfer-Encoding", "chunked"),
                ("X-Torn\r\n Folded", "\0"), ("Host", "a b"), ("X-Long", "x" * 100_000),
            )))  # fmt: skip
        return Request(method, target, tuple(headers), body, broken)

    def _part(self, found: "re.Match[str]") -> str:
        """A part of the address: what there is, or what there is not."""
        draw, name = self.draw, found[1]
        if draw.random() < 0.88 and name in self.known.values:
            return quote(self.known.one(draw, name), safe="/")
        if draw.random() < 0.1:
            return draw.choice(("%00", "%FF", "%ED%A0%80", "%C0%AF", "%", "%zz", "%2e%2e%2f", "//"))
        return quote(self._value(name)[:3000], safe="")

    def _value(self, name: str) -> str:
        draw = self.draw
        if draw.random() < 0.35:
            return self.known.one(draw, name)
        text = draw.choice(NONSENSE)
        return text + draw.choice(NONSENSE) if draw.random() < 0.1 else text

    def _fields(self) -> list[tuple[str, str]]:
        chosen = self.draw.choices((*names(), *self.known.values), k=self.draw.randint(0, 12))
        return [(name, self._value(name)) for name in chosen]

    def _query(self) -> str:
        text = urlencode(self._fields())[:6000]
        return text + self.draw.choice(("", "", "", "&%FF=%ED%A0%80", "&&==&", "&a[]=1&a[b]=2"))

    def _headers(self, target: str) -> list[tuple[str, str]]:
        draw = self.draw
        found = [("Sec-Fetch-Site", "same-origin")] if draw.random() < 0.9 else []
        if draw.random() < (0.9 if target.startswith("/desk/") else 0.1):
            token = "c" * 32
            found += [("Cookie", f"sessionid={self.known.session}; csrftoken={token}"),
                      ("X-CSRFToken", token)]  # fmt: skip
        for name in draw.choices(_HEADERS, k=draw.randint(0, 3)):
            value = self._value(name)[:4000]
            found.append((name, re.sub(r"[\0\r\n]", "", value)))
        return found

    def _signed(self, target: str, body: bytes) -> list[tuple[str, str]]:
        """What shows that Telegram or WhatsApp posts it, mostly."""
        if self.draw.random() < 0.2:
            return []
        if target.startswith("/channels/telegram/"):
            return [("X-Telegram-Bot-Api-Secret-Token", SECRET)]
        if target.startswith("/channels/whatsapp/"):
            digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
            return [("X-Hub-Signature-256", f"sha256={digest}")]
        return []

    def _body(self) -> tuple[str, bytes]:
        """Content type and body."""
        draw = self.draw
        kind = draw.choice(
            (
                self._form,
                self._form,
                self._form,
                self._json,
                self._json,
                self._multipart,
                self._torn,
            )
        )
        content_type, body = kind()
        if draw.random() < 0.1:
            content_type += draw.choice(
                ("; charset=utf-16", "; charset=nonsense", "; charset=\0", ";;", "; boundary=")
            )
            content_type = content_type.replace("\0", "")
        return content_type, body

    def _form(self) -> tuple[str, bytes]:
        return "application/x-www-form-urlencoded", urlencode(self._fields()).encode()

    def _json(self) -> tuple[str, bytes]:
        draw = self.draw
        if draw.random() < 0.3:
            return "application/json", draw.choice((
                b"[" * 100_000, b'{"a":' * 50_000, b'{"key":"\\ud800"}', b'"\xed\xa0\x80"', b"NaN",
                b'{"lat":1e999}', b"\xff\xfe{\x00}\x00", b"{}" * 3, b'{"a":1,"a":2}', b"1" * 10_000,
            ))  # fmt: skip
        told = {name: self._any(0, name) for name in draw.choices(_JSON, k=draw.randint(0, 8))}
        return "application/json", json.dumps(told).encode()

    def _any(self, depth: int, name: str) -> Any:
        draw = self.draw
        if depth > 3 or draw.random() < 0.5:
            number = draw.choice((0, -1, 1.5, 1e308, 2**63, 10**30, True, None))
            return draw.choice((self._value(name)[:5000], number))
        if draw.random() < 0.5:
            return [self._any(depth + 1, name) for _ in range(draw.randint(0, 3))]
        return {each: self._any(depth + 1, each) for each in draw.choices(_JSON, k=3)}

    def _multipart(self) -> tuple[str, bytes]:
        draw, mark = self.draw, "mark"
        parts = []
        for name, value in self._fields():
            plain = re.sub(r'["\r\n]', "", name)
            file = f'; filename="{draw.choice(_FILES)}"' if draw.random() < 0.4 else ""
            coded = draw.choice(("", "", "Content-Transfer-Encoding: base64\r\n", "X: \xff\r\n"))
            parts.append(
                f'--{mark}\r\nContent-Disposition: form-data; name="{plain}"{file}\r\n{coded}\r\n'
                f"{value}\r\n"
            )
        end = draw.choice((f"--{mark}--\r\n", "", f"--{mark}", "--other--\r\n"))
        boundary = draw.choice((mark, mark, mark, "", "x" * 300, "ä"))
        body = ("".join(parts) + end).encode("utf-8", "replace")
        return f"multipart/form-data; boundary={boundary}", body

    def _torn(self) -> tuple[str, bytes]:
        draw = self.draw
        kind = draw.choice((
            "", "text/plain", "image/jpeg", "application/xml", "multipart/form-data",
            "application/partial-upload", "message/rfc822", "a" * 300, "/",
        ))  # fmt: skip
        body = draw.choice((
            b"", b"\0" * 100, b"\xff" * 5000, draw.randbytes(2000), b"=&" * 50_000,
            b"\xff\xd8\xff\xe0" + draw.randbytes(500), b"\x1f\x8b" + draw.randbytes(500),
            b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b"a" * 3_000_000,
        ))  # fmt: skip
        return kind, body


_FILES = ("a.jpg", "../../a.jpg", "a\0.jpg", "a" * 300, "", "\U0001f4a3.png", "%00", "a;b=c")
_HEADERS = (
    *("Accept", "Accept-Language", "Accept-Encoding", "Cookie", "Origin", "Referer", "User-Agent"),
    *("Range", "If-None-Match", "If-Modified-Since", "Last-Event-ID", "HX-Request", "HX-Target"),
    *("HX-Current-URL", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Proof"),
    *("Upload-Offset", "Upload-Length", "Upload-Proof", "Idempotency-Key", "Content-Encoding"),
    *("X-HTTP-Method-Override", "Authorization", "X-Twilio-Signature", "Expect-CT", "Forwarded"),
)
_JSON = (
    *("key", "words", "service", "lat", "lon", "accuracy", "location", "place", "joins", "contact"),
    *("proof", "answers", "photos", "endpoint", "p256dh", "auth", "message", "message_id", "chat"),
    *("id", "type", "text", "caption", "photo", "file_id", "voice", "latitude", "longitude"),
    *("userRequest", "user", "utterance", "entry", "changes", "value", "messages", "statuses"),
    *("from", "image", "audio", "status"),
)
