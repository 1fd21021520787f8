"""From a sender's bytes to values that are safe to keep: JSON read forgivingly, text capped, keys hashed."""

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, TypeVar, cast

import msgspec

from server.integrations.base import BadEvent
from shared.domain.alerts import Link, Severity

T = TypeVar("T")

MAX_DEPTH = 64
MAX_MARKS = 4_000_000
MAX_TITLE = 1024
MAX_DESCRIPTION = 8192
MAX_NAME = 255
MAX_KEY = 255
MAX_LABELS = 50
MAX_LABEL_NAME = 128
MAX_LABEL_VALUE = 2048
MAX_HREF = 2048
MAX_LINKS = 20
MAX_DETAIL_TEXT = 8192
MAX_DETAIL_ITEMS = 200
CUT = "…"
EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)

_WORDS = {
    Severity.CRITICAL: """critical crit error err high severe major fatal emergency emerg alert disaster page
        p0 p1 p2 sev0 sev1""",
    Severity.WARNING: "warning warn medium moderate average minor p3 sev2",
    Severity.INFO: "info information informational notice low debug none ok p4 p5 sev3 sev4 sev5",
}
_SEVERITIES = {word: severity for severity, words in _WORDS.items() for word in words.split()}
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
_ONE_KIND = bytes.maketrans(b"{}", b"[]")
_PATH = re.compile(r"`\$\.?(.*)`$")


def read_json(body: bytes, shape: type[T]) -> T:
    """The body as `shape`; raises BadEvent when it is no JSON or of another shape.

    A byte order mark, broken UTF-8, lone surrogates and numbers beyond a float are forgiven: truncating
    senders produce them, and an alert is worth more than its odd character.
    """
    try:
        return msgspec.json.decode(body, type=shape)
    except (ValueError, RecursionError) as error:
        first = error
    try:
        return msgspec.json.decode(_mended(body), type=shape)
    except msgspec.ValidationError as error:
        found = _PATH.search(str(error))
        raise BadEvent(found.group(1) if found else "", "type", str(error)) from error
    except (ValueError, RecursionError):
        raise BadEvent("", "not_json", f"the body is not JSON: {first}") from first


def refuse_unwieldy(body: bytes) -> None:
    """Raises BadEvent for what would cost too much to read; for `check`, before anything is decoded."""
    if sum(map(body.count, (b"[", b"{", b'"'))) > MAX_MARKS:
        raise BadEvent("", "too_complex", f"the body has more than {MAX_MARKS} brackets and quotes")
    if is_too_deep(body):
        raise BadEvent("", "too_deep", f"the body is nested more than {MAX_DEPTH} levels deep")


def is_too_deep(body: bytes) -> bool:
    """Whether arrays and objects nest deeper than MAX_DEPTH, told from the bytes alone."""
    if body.count(b"[") + body.count(b"{") <= MAX_DEPTH:
        return False
    outside = body.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')[::2]
    brackets = b"".join(outside).translate(_ONE_KIND, _NO_BRACKETS)
    if b"[" * (MAX_DEPTH + 1) in brackets:
        return True
    for _ in range(MAX_DEPTH):
        if not brackets:
            return False
        brackets = brackets.replace(b"[]", b"")
    return b"[" in brackets


def _mended(body: bytes) -> bytes:
    tree = json.loads(body.decode("utf-8-sig", "replace"), parse_constant=_refuse_constant, parse_float=_finite_or_text)
    return json.dumps(tree, ensure_ascii=False).encode("utf-8", "ignore")


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _finite_or_text(digits: str) -> float | str:
    number = float(digits)
    return number if math.isfinite(number) else digits


def text(value: object, limit: int) -> str:
    """Any JSON value as one string without NUL, at most `limit` characters, marked when cut."""
    if value is None:
        return ""
    words = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    if "\x00" in words:
        words = words.replace("\x00", "")
    return words if len(words) <= limit else words[: limit - 1] + CUT


def alert_key(value: object) -> str:
    """A dedup key; one that is too long is replaced by its hash, so that equal keys stay equal."""
    whole = text(value, 1 << 30)
    return whole if len(whole) <= MAX_KEY else "sha256:" + sha256(whole.encode()).hexdigest()


def key_of_labels(labels: Mapping[str, str]) -> str:
    """A dedup key for an alert that is known by its labels alone."""
    return "labels:" + sha256(msgspec.json.encode(sorted(labels.items()))).hexdigest()[:40]


def label_map(value: object) -> tuple[dict[str, str], int]:
    """Labels in their order, capped, and how many had to be left out."""
    if not isinstance(value, Mapping):
        return {}, 0
    given = cast(Mapping[str, Any], value)
    labels: dict[str, str] = {}
    for name, content in given.items():
        if len(labels) == MAX_LABELS:
            return labels, len(given) - MAX_LABELS
        if type(content) is not str or len(content) > MAX_LABEL_VALUE or "\x00" in content:
            content = text(content, MAX_LABEL_VALUE)
        labels[text(name, MAX_LABEL_NAME)] = content
    return labels, 0


def detail_map(value: object) -> dict[str, Any]:
    """A free-form object, cleaned all the way down; anything else stands under `details`."""
    if value is None:
        return {}
    cleaned = _detail(value)
    return cast(dict[str, Any], cleaned) if isinstance(cleaned, dict) else {"details": cleaned}


def _detail(value: object) -> object:
    if isinstance(value, str):
        return text(value, MAX_DETAIL_TEXT)
    if isinstance(value, list):
        items = cast(list[object], value)
        return [_detail(item) for item in items[:MAX_DETAIL_ITEMS]]
    if isinstance(value, dict):
        pairs = list(cast(dict[str, object], value).items())[:MAX_DETAIL_ITEMS]
        return {text(name, MAX_LABEL_NAME): _detail(item) for name, item in pairs}
    return value


def severity(value: object) -> Severity | None:
    """The severity that a word such as `warn`, `P1` or `page` stands for; None when it says nothing to us."""
    return _SEVERITIES.get(value.strip().lower()) if isinstance(value, str) else None


def moment(value: object) -> datetime | None:
    """An RFC 3339 instant in UTC; None for nonsense and for zero values such as 0001-01-01T00:00:00Z."""
    if not isinstance(value, str):
        return None
    try:
        instant = msgspec.convert(value, datetime)
        instant = instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return instant if instant >= EARLIEST else None


def web_link(words: object, href: object) -> Link | None:
    """A link that a browser may follow; None for every other scheme."""
    if not isinstance(href, str) or len(href) > MAX_HREF or "\x00" in href:
        return None
    address = href.strip()
    if not address.lower().startswith(("http://", "https://")):
        return None
    return Link(text(words, MAX_NAME) or address[:MAX_NAME], address)
