"""When a message is tried again, when it looks for a place, and when others stop waiting for it."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.paging.retrying import OTHERWISE_S, PAUSES_S, is_in_trouble, retry_at, turn_at

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def after(s: float) -> datetime:
    return NOW + timedelta(seconds=s)


@pytest.mark.parametrize(
    ("channel", "attempts", "retry_after_s", "pause_s"),
    [
        ("push", 1, None, 1),
        ("push", 4, None, 10),
        ("push", 5, None, 30),
        ("push", 50, None, 30),
        ("email", 1, None, 10),
        ("email", 4, None, 300),
        ("webhook", 3, None, 30),
        ("pigeon", 1, None, 5),
        ("pigeon", 9, None, 120),
        ("push", 1, 7.5, 7.5),
        ("push", 1, 0.5, 1),
        ("push", 5, 7.5, 30),
    ],
)
def test_pauses_grow_and_a_provider_may_ask_for_longer_ones(
    channel: str, attempts: int, retry_after_s: float | None, pause_s: float
) -> None:
    at = retry_at(channel, attempts, retry_after_s=retry_after_s, expires_at=LATER, now=NOW)
    assert at == after(pause_s)


def test_what_would_come_too_late_is_given_up() -> None:
    assert retry_at("push", 1, retry_after_s=None, expires_at=after(1), now=NOW) is None
    assert retry_at("push", 1, retry_after_s=None, expires_at=after(1.001), now=NOW) == after(1)
    assert retry_at("push", 1, retry_after_s=3600, expires_at=LATER, now=NOW) is None


def test_no_pause_is_shorter_than_the_one_before() -> None:
    assert all(list(pauses) == sorted(pauses) for pauses in (*PAUSES_S.values(), OTHERWISE_S))


@pytest.mark.parametrize(("waited_s", "rests_s"), [(-5, 2), (0, 2), (1, 2), (10, 10), (60, 60), (300, 60)])
def test_who_found_no_place_rests_as_long_as_it_waited(waited_s: float, rests_s: float) -> None:
    for chance in (0.0, 0.5, 1.0):
        at = turn_at(due_at=after(-waited_s), expires_at=LATER, now=NOW, chance=chance)
        assert at == NOW + timedelta(seconds=rests_s) * (0.75 + chance / 2)
    assert turn_at(due_at=NOW, expires_at=after(1.5), now=NOW, chance=0) is None
    assert turn_at(due_at=NOW, expires_at=after(1.501), now=NOW, chance=0) == after(1.5)


@pytest.mark.parametrize(
    ("attempts", "reason", "again_s", "expected"),
    [
        (1, "http_503", 1, False),
        (2, "http_503", 3, False),
        (3, "http_503", 6, True),
        (1, "http_503", 9.999, False),
        (1, "http_503", 10, True),
        (1, "timeout", 1, True),
        (1, "rate_limited", 1, True),
        (1, "bad_credentials", 1, True),
        (1, "unregistered", None, True),
    ],
)
def test_others_stop_waiting(attempts: int, reason: str, again_s: float | None, expected: bool) -> None:
    again_at = None if again_s is None else after(again_s)
    assert is_in_trouble(attempts, reason=reason, again_at=again_at, due_at=NOW) is expected
