"""From a sender's bytes to values that are safe to keep: JSON read forgivingly, text capped, keys hashed."""

import json
import math
import re
from collections.abc import Iterable, Mapping, Sized
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice
from typing import Any, TypeVar, cast, get_origin

import msgspec

from server.integrations.base import BadEvent
from server.kernel.reading.misfits import where
from shared.domain.alerts import Link, Severity

T = TypeVar("T")

MAX_DEPTH = 64
MADE_SHALLOW = 1 << 20
"""Bytes of a body in which what is nested too deep is cut out; a larger one is refused for it."""
MAX_MARKS = 4_000_000
MAX_TITLE = 1024
MAX_DESCRIPTION = 8192
MAX_NAME = 255
MAX_KEY = 255
WHOLE = 1 << 30
MAX_LABEL_NAME = 128
MAX_LABEL_VALUE = 2048
MAX_HREF = 2048
MAX_LINKS = 20
MORE_LINKS = "more_links"
NOT_UNDERSTOOD = "not_understood"
MAX_DETAIL_TEXT = 8192
MAX_DETAIL_ITEMS = 200
CUT = "…"
MAX_DIGITS = 400
AHEAD = timedelta(days=1)
"""Whatever says that it begins later has a clock or a unit that is wrong."""
EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)

_WORDS = {
    Severity.CRITICAL: """critical crit error err high severe major fatal emergency emerg alert disaster page
        p0 p1 p2 sev0 sev1 紧急 严重 致命 灾难""",
    Severity.WARNING: "warning warn medium moderate average minor p3 sev2 警告 重要 一般",
    Severity.INFO: "info information informational notice low debug none ok p4 p5 sev3 sev4 sev5 信息 提示 通知",
}
_SEVERITIES = {word: severity for severity, words in _WORDS.items() for word in words.split()}
_SIGNS = re.compile(r"[\W_]+")
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
_ONE_KIND = bytes.maketrans(b"{}", b"[]")
_PATH = re.compile(r"`\$\.?(.*)`$")
_ODD = re.compile(r'"(?:[^"\\]++|\\.)*+\\?(?:"|\Z)|,(?=\s*+[}\]])', re.DOTALL)
"""A text, also one that never ends, so that it is looked at once; or a comma that nothing follows."""
_BRACKETS = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\Z)|[\[\]{}]', re.DOTALL)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
JSON_ESCAPES = frozenset('"\\/bfnrt')


def read_json(body: bytes, shape: type[T]) -> T:
    """The body as `shape`; raises BadEvent when it is no JSON or of another shape.

    A byte order mark, UTF-16, broken UTF-8, lone surrogates, raw line ends in texts, escapes that JSON doesn't have,
    commas before a bracket, NaN and numbers beyond what we count with are forgiven: truncating senders and shell
    scripts produce them, and an alert is worth more than its odd character. What is nested too deep is cut out.
    """
    if len(body) <= MADE_SHALLOW and is_too_deep(body):
        body = _shallow(body)
    try:
        return msgspec.json.decode(body, type=shape)
    except (ValueError, RecursionError) as error:
        first = error
    try:
        return msgspec.json.decode(_mended(body), type=shape)
    except msgspec.ValidationError as error:
        found = _PATH.search(str(error))
        field = found.group(1) if found else ""
        raise BadEvent(field, "type", f"{field} is of the wrong type" if field else _wrong(shape)) from error
    except (ValueError, RecursionError):
        raise BadEvent("", "not_json", f"the body is not JSON{where(first)}") from first


def _wrong(shape: Any) -> str:
    return f"the body must be a JSON {'array' if get_origin(shape) is list else 'object'}"


def refuse_unwieldy(body: bytes) -> None:
    """Raises BadEvent for what would cost too much to read; for `check`, before anything is decoded."""
    if sum(map(body.count, (b"[", b"{", b'"'))) > MAX_MARKS:
        raise BadEvent("", "too_complex", f"the body has more than {MAX_MARKS} brackets and quotes")
    if len(body) > MADE_SHALLOW and is_too_deep(body):
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


def _shallow(body: bytes) -> bytes:
    """The body with a mark where arrays and objects nest deeper than MAX_DEPTH."""
    kept: list[bytes] = []
    depth = begin = 0
    for found in _BRACKETS.finditer(body):
        if found[0] in (b"[", b"{"):
            depth += 1
            if depth == MAX_DEPTH + 1:
                kept.append(body[begin : found.start()])
        elif found[0] in (b"]", b"}"):
            depth -= 1
            if depth == MAX_DEPTH:
                kept.append(f'"{CUT}"'.encode())
                begin = found.end()
    return b"".join(kept) + (body[begin:] if depth <= MAX_DEPTH else b"")


def _mended(body: bytes) -> bytes:
    text = body.decode(json.detect_encoding(body), "replace")
    try:
        tree = _loaded(text)
    except ValueError:
        tree = _loaded(_ODD.sub(_without_oddity, text))
    return json.dumps(tree, ensure_ascii=False).encode("utf-8", "ignore")


def _loaded(text: str) -> Any:
    return json.loads(text, strict=False, parse_constant=str, parse_float=_finite_or_text, parse_int=_short_or_text)


def _without_oddity(found: re.Match[str]) -> str:
    """A text with escapes that JSON has; a comma before a bracket goes."""
    return _ESCAPE.sub(_as_json_escape, found[0]) if found[0] != "," else ""


def _as_json_escape(found: re.Match[str]) -> str:
    code = found[1]
    if len(code) == 5 or code in JSON_ESCAPES:
        return found[0]
    if len(code) == 3:
        return f"\\u00{code[1:]}"
    return code if code == "'" else f"\\\\{code}"


def _finite_or_text(digits: str) -> float | str:
    number = float(digits)
    return number if math.isfinite(number) else digits


def _short_or_text(digits: str) -> int | str:
    return int(digits) if len(digits) <= MAX_DIGITS else digits


def text(value: object, limit: int) -> str:
    """Any JSON value as one string without NUL, at most `limit` characters, marked when cut."""
    if value is None:
        return ""
    words = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    if "\x00" in words:
        words = words.replace("\x00", "")
    return words if len(words) <= limit else words[: limit - 1] + CUT


def alert_key(value: object) -> str:
    """A dedup key; one that is too long is replaced by its hash, so that equal keys stay equal. A blank one is none."""
    whole = text(value, WHOLE)
    if not whole.strip():
        return ""
    return whole if len(whole) <= MAX_KEY else "sha256:" + sha256(whole.encode()).hexdigest()


def key_of_labels(value: object) -> str:
    """A dedup key for an alert that is known by its labels alone: by all that came, not by what is kept of them."""
    labels = {text(name, WHOLE): text(content, WHOLE) for name, content in _items(value)}
    return "labels:" + sha256(msgspec.json.encode(sorted(labels.items()))).hexdigest()[:40]


def label_map(value: object) -> dict[str, str]:
    """All labels in their order, each capped; how many are kept is decided once they were all looked at."""
    labels: dict[str, str] = {}
    for name, content in _items(value):
        if type(content) is not str or len(content) > MAX_LABEL_VALUE or "\x00" in content:
            content = text(content, MAX_LABEL_VALUE)
        labels[text(name, MAX_LABEL_NAME)] = content
    return labels


def _items(value: object) -> Iterable[tuple[str, Any]]:
    return cast(Mapping[str, Any], value).items() if isinstance(value, Mapping) else ()


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
        kept = [_detail(item) for item in items[:MAX_DETAIL_ITEMS]]
        return [*kept, _more(items)] if len(items) > MAX_DETAIL_ITEMS else kept
    if isinstance(value, dict):
        pairs = cast(dict[str, object], value)
        kept = {text(name, MAX_LABEL_NAME): _detail(pairs[name]) for name in islice(pairs, MAX_DETAIL_ITEMS)}
        return {**kept, CUT: _more(pairs)} if len(pairs) > MAX_DETAIL_ITEMS else kept
    return value


def _more(items: Sized) -> str:
    """Stands where items were cut off."""
    return f"{CUT} {len(items) - MAX_DETAIL_ITEMS}"


def severity(value: object) -> Severity | None:
    """The severity that a word such as `warn`, `P1`, `SEV-1` or `page` stands for; None when it says nothing to us."""
    return _SEVERITIES.get(_SIGNS.sub("", value).lower()) if isinstance(value, str) else None


def moment(value: object, received_at: datetime) -> datetime | None:
    """An RFC 3339 instant in UTC; None for nonsense and for zero values such as 0001-01-01T00:00:00Z.

    What lies more than a day after `received_at` counts as that instant.
    """
    instant = _instant(value)
    if instant is not None and instant > received_at + AHEAD:
        return received_at
    return instant if instant is not None and instant >= EARLIEST else None


def is_odd_moment(value: object, received_at: datetime) -> bool:
    """Whether a time was meant that we can't take at its word: it is none, or lies more than a day ahead."""
    if value is None or value == "":
        return False
    instant = _instant(value)
    return instant is None or instant > received_at + AHEAD


def _instant(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        instant = msgspec.convert(value, datetime)
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def web_link(words: object, href: object) -> Link | None:
    """A link that a browser may follow; None for every other scheme, and for what is too long to be one."""
    address = _web_address(href)
    if not address or len(address) > MAX_HREF:
        return None
    return Link(text(words, MAX_NAME) or address[:MAX_NAME], address)


def links_of(pairs: Iterable[tuple[object, object]]) -> tuple[tuple[Link, ...], list[str]]:
    """Words and addresses as links, and as text what is too long, too many, or nothing that a browser may follow."""
    links: list[Link] = []
    others: list[str] = []
    for words, href in pairs:
        link = web_link(words, href)
        if link is not None and len(links) < MAX_LINKS:
            links.append(link)
        elif address := text(href, WHOLE).strip():
            others.append(address)
    return tuple(links), others


def with_links(details: dict[str, Any], others: list[str]) -> dict[str, Any]:
    """Details with the addresses that could be no links."""
    return {**details, MORE_LINKS: _detail(others)} if others else details


def with_oddities(details: dict[str, Any], odd: Mapping[str, object]) -> dict[str, Any]:
    """Details with the fields that could not be taken for what they should be, as they came."""
    if not odd:
        return details
    return {**details, NOT_UNDERSTOOD: {name: text(value, MAX_LABEL_VALUE) for name, value in odd.items()}}


def is_web_address(href: object) -> bool:
    return bool(_web_address(href))


def _web_address(href: object) -> str:
    """The address in `href`, empty for none that a browser may follow."""
    if not isinstance(href, str) or "\x00" in href:
        return ""
    address = href.strip()
    return address if address[:8].lower().startswith(("http://", "https://")) else ""
