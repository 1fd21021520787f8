"""What cleaning keeps and what it costs."""

import json
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.integrations import clean
from server.integrations.base import BadEvent
from shared.domain.alerts import Severity

MIB = 1024 * 1024


def depth_of(tree: object) -> int:
    if isinstance(tree, dict):
        return 1 + max(map(depth_of, tree.values()), default=0)
    if isinstance(tree, list):
        return 1 + max(map(depth_of, tree), default=0)
    return 0


@st.composite
def trees(draw: st.DrawFn) -> object:
    """Deep on one side, with brackets and quotes in strings."""
    tree: object = draw(st.text('[]{}"\\a', max_size=200))
    for _ in range(draw(st.integers(0, 80))):
        tree = [tree, draw(st.text('[]{}"\\', max_size=4))] if draw(st.booleans()) else {draw(st.text('[}"')): tree}
    return tree


@given(trees())
def test_depth_is_told_from_the_bytes(tree: object):
    assert clean.is_too_deep(json.dumps(tree).encode()) == (depth_of(tree) > clean.MAX_DEPTH)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * (8 * MIB) + b"]" * (8 * MIB),
        b"[]" * (8 * MIB),
        (b"[" * 60 + b"]" * 60) * (MIB // 8),
        b'"' * (16 * MIB),
        b'"",' * (5 * MIB),
        b"\\" * (16 * MIB) + b"[" * 65,
    ],
    ids=["nested", "flat", "sixty deep", "quotes", "pairs", "backslashes"],
)
def test_a_hostile_body_is_refused_before_it_costs_much(body: bytes):
    began = time.process_time()
    with pytest.raises(BadEvent):
        clean.refuse_unwieldy(body)
    assert time.process_time() - began < 1.0


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("critical", Severity.CRITICAL),
        (" Error ", Severity.CRITICAL),
        ("page", Severity.CRITICAL),
        ("P1", Severity.CRITICAL),
        ("warn", Severity.WARNING),
        ("P3", Severity.WARNING),
        ("SEV-1", Severity.CRITICAL),
        ("Critical!", Severity.CRITICAL),
        ("紧急", Severity.CRITICAL),
        ("none", Severity.INFO),
        ("p5", Severity.INFO),
        ("purple", None),
        ("", None),
        (7, None),
        (None, None),
    ],
)
def test_severity_words(word: object, meant: Severity | None):
    assert clean.severity(word) is meant


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        ("2026-03-01T08:00:00Z", "2026-03-01T08:00:00+00:00"),
        ("2026-03-01T08:00:00.123456789+02:00", "2026-03-01T06:00:00.123457+00:00"),
        ("2026-03-01T08:00:00", "2026-03-01T08:00:00+00:00"),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("2026-03-02T08:00:59Z", "2026-03-02T08:00:59+00:00"),
        ("2026-03-02T08:01:01Z", "2026-03-01T08:01:00+00:00"),
        ("2999-01-01T00:00:00+08:00", "2026-03-01T08:01:00+00:00"),
        ("yesterday", None),
        (17, None),
        (None, None),
    ],
)
def test_moments(given_text: object, kept: str | None):
    moment = clean.moment(given_text, datetime(2026, 3, 1, 8, 1, tzinfo=UTC))
    assert (moment.isoformat() if moment else None) == kept


@pytest.mark.parametrize(
    "href",
    ["javascript:alert(1)", "data:text/html,x", " ", "//x", "ftp://x", None, 7, "https://" + "x" * 3000],
)
def test_only_web_links_are_kept(href: object):
    assert clean.web_link("x", href) is None


def test_keys_stay_equal_when_they_are_too_long():
    long = "k" * 256
    assert clean.alert_key("k" * 255) == "k" * 255
    assert clean.alert_key(long) == clean.alert_key(long)
    assert clean.alert_key(long) != clean.alert_key(long + "k")
    assert len(clean.alert_key(long)) <= clean.MAX_KEY
    assert clean.key_of_labels({"a": "1", "b": "2"}) == clean.key_of_labels({"b": "2", "a": "1"})
    assert clean.key_of_labels({"a": "1"}) != clean.key_of_labels({"a": "2"})
