"""One contract for every way in: fixtures beside what they must become, and mutations that must not crash."""

# pyright: basic

import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import server.integrations
from server.integrations.base import INTEGRATIONS, SAMPLE_TITLE, Accepted, BadEvent, Challenge, Envelope, Integration
from server.integrations.clean import MAX_DESCRIPTION, MAX_KEY, MAX_LABEL_VALUE, MAX_TITLE
from shared.domain.alerts import Action, Event

FIXTURES = Path(__file__).parents[1] / "fixtures" / "integrations"
EVENT_ID = "01890000-0000-7000-8000-000000000001"
SLUGS = list(INTEGRATIONS.load(server.integrations))
FOUND = [
    (slug, path)
    for slug in SLUGS
    for path in sorted((FIXTURES / slug).glob("*.json"))
    if not path.name.endswith(".expected.json")
]
CASES = [pytest.param(slug, path, id=f"{slug}/{path.stem}") for slug, path in FOUND]


def envelope(body: bytes) -> Envelope:
    return Envelope(event_id=EVENT_ID, body=body, received_at=datetime(2026, 3, 1, 8, 1, tzinfo=UTC))


def read(integration: Integration, body: bytes) -> list[Event]:
    looked_at = integration.check(envelope(body))
    assert isinstance(looked_at, Accepted)
    events = integration.parse(envelope(body))
    if looked_at.dedup_key is not None:
        assert [event.dedup_key for event in events] == [looked_at.dedup_key]
    return events


@pytest.mark.parametrize(("slug", "path"), CASES)
def test_fixture_becomes_what_stands_beside_it(slug: str, path: Path):
    integration = INTEGRATIONS[slug]()
    expected = json.loads(path.with_suffix("").with_suffix(".expected.json").read_text())
    if "refused" in expected:
        with pytest.raises(BadEvent) as caught:
            integration.check(envelope(path.read_bytes()))
        first, *_ = caught.value.flaws
        assert {"field": first.field, "code": first.code} == expected["refused"]
        assert first.message
    else:
        events = read(integration, path.read_bytes())
        assert events == msgspec.convert(expected, list[Event])
        assert events == integration.parse(envelope(path.read_bytes()))


@pytest.mark.parametrize("slug", SLUGS)
def test_a_member_describes_itself(slug: str):
    member = INTEGRATIONS[slug]
    for words in (member.title, member.setup):
        assert set(words) == {"en", "zh"}
        assert all(words.values())
    for setup in member.setup.values():
        assert "{ingest_url}" in setup
        assert "{{" not in setup, "only {ingest_url} is replaced; braces are not doubled"
    assert (FIXTURES / slug).is_dir()
    assert not hasattr(member(), "__dict__") or not vars(member()), "members keep no state"


@pytest.mark.parametrize("slug", SLUGS)
def test_the_sample_triggers_one_alert_and_ends_it(slug: str):
    integration, at = INTEGRATIONS[slug](), datetime(2026, 3, 1, 8, tzinfo=UTC)
    [begun] = read(integration, integration.sample(at, is_over=False))
    [over] = read(integration, integration.sample(at, is_over=True))
    assert (begun.action, over.action) == (Action.TRIGGER, Action.RESOLVE)
    assert begun.dedup_key == over.dedup_key
    assert begun.title == SAMPLE_TITLE


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("body", [b"", b"{", b"x=1", b"\x00", b"\xff\xfe", b"[" * 100_000, b'"text"', b"null", b"7"])
def test_what_is_not_a_json_object_is_refused(slug: str, body: bytes):
    with pytest.raises(BadEvent):
        INTEGRATIONS[slug]().check(envelope(body))


BODIES = {slug: [path for owner, path in FOUND if owner == slug] for slug in SLUGS}
ODD_VALUES: list[Any] = [
    None, True, 0, -1, 1e308, 10**30, "", " ", "\x00", "x" * 5000, "\ud83d", "💾" * 600, [], {},
    [[]], [None], {"": ""}, "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "http://", "javascript:0",
    {"a": {"b": [1, {"c": None}]}},
]  # fmt: skip


def mutate_tree(tree: Any, rng: random.Random) -> Any:
    """One place in the tree replaced, removed or doubled."""
    if isinstance(tree, dict) and tree and rng.random() < 0.9:
        name = rng.choice(list(tree))
        if rng.random() < 0.2:
            return {k: v for k, v in tree.items() if k != name}
        return {**tree, name: mutate_tree(tree[name], rng)}
    if isinstance(tree, list) and tree and rng.random() < 0.9:
        n = rng.randrange(len(tree))
        return [*tree[:n], mutate_tree(tree[n], rng), *tree[n:]]
    return rng.choice(ODD_VALUES)


def mutate_bytes(body: bytes, rng: random.Random) -> bytes:
    spot = rng.randrange(len(body) + 1)
    return rng.choice(
        [
            body[:spot],
            body[:spot] + bytes([rng.randrange(256)]) + body[spot + 1 :],
            body[:spot] + body[spot + rng.randrange(1, 9) :],
            body[:spot] + rng.choice([b"\\u0000", b"\\ud800", b"[[[[", b'"', b"\\", b"1e999"]) + body[spot:],
        ]
    )


@pytest.mark.parametrize("slug", SLUGS)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_no_mutation_crashes_and_what_comes_out_is_clean(slug: str, seed: int):
    rng = random.Random(seed)
    body = rng.choice(BODIES[slug]).read_bytes()
    if rng.random() < 0.7:
        try:
            tree = json.loads(body)
        except (ValueError, RecursionError):
            tree = {}
        for _ in range(rng.randrange(1, 4)):
            tree = mutate_tree(tree, rng)
        body = json.dumps(tree).encode()
    else:
        body = mutate_bytes(body, rng)
    integration = INTEGRATIONS[slug]()
    try:
        looked_at = integration.check(envelope(body))
    except BadEvent as refusal:
        answer = integration.refused(
            {"status": 400, "title": "Bad", "errors": [msgspec.to_builtins(flaw) for flaw in refusal.flaws]}
        )
        assert answer.status == 400
        return
    assert not isinstance(looked_at, Challenge)
    msgspec.json.encode(integration.accepted(envelope(body), looked_at).body)
    try:
        events = integration.parse(envelope(body))
    except BadEvent:
        return
    for event in events:
        assert_clean(event)


def assert_clean(event: Event) -> None:
    whole = msgspec.json.encode(event)
    assert b"\\u0000" not in whole.replace(b"\\\\", b""), "a NUL, not the words for one"
    assert msgspec.json.decode(whole, type=Event) == event
    assert 0 < len(event.dedup_key) <= MAX_KEY
    assert len(event.title) <= MAX_TITLE
    assert len(event.description) <= MAX_DESCRIPTION
    assert all(len(value) <= MAX_LABEL_VALUE for value in event.labels.values())
    assert all(link.href.lower().startswith(("http://", "https://")) for link in event.links)
    for instant in (event.starts_at, event.ends_at):
        assert instant is None or instant.utcoffset() is not None
