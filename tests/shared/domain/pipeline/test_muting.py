"""What a silence covers: whose, when, and of several the one that ends last."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from server.kernel.patterns import compile_pattern
from shared.domain.alerts import Action, Event
from shared.domain.pipeline.conditions import AlertCondition
from shared.domain.pipeline.muting import Placed, Silence, quiet_until, silenced_by

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
EVENT = Event(action=Action.TRIGGER, dedup_key="k", title="Disk full")
HOUR = timedelta(hours=1)


WHOLE = Silence(
    id="s", team_id="payments", service_id=None, conditions=(), starts_at=NOW - HOUR, ends_at=NOW + HOUR
)  # fmt: skip


def silence(id: str = "s", **change: Any) -> Silence:
    return msgspec.structs.replace(WHOLE, id=id, **change)


def found(*silences: Silence, now: datetime = NOW) -> str | None:
    by = silenced_by(
        EVENT, service_id="checkout", team_id="payments", silences=silences, now=now, compiled=compile_pattern
    )  # fmt: skip
    return by.id if by else None


@pytest.mark.parametrize(
    ("change", "covers"),
    [
        ({}, True),
        ({"service_id": "checkout"}, True),
        ({"service_id": "ledger"}, False),
        ({"team_id": "network"}, False),
        ({"conditions": ((AlertCondition(key="title", values=("Disk*",)),),)}, True),
        ({"conditions": ((AlertCondition(key="title", values=("CPU*",)),),)}, False),
        ({"starts_at": NOW}, True),
        ({"starts_at": NOW + timedelta(microseconds=1)}, False),
        ({"ends_at": NOW}, False),
        ({"ends_at": NOW + timedelta(microseconds=1)}, True),
    ],
)
def test_what_it_covers(change: dict[str, Any], covers: bool) -> None:
    assert found(silence(**change)) == ("s" if covers else None)


def test_of_several_the_one_that_ends_last() -> None:
    assert found(silence("a", ends_at=NOW + 2 * HOUR), silence("b"), silence("c", team_id="network")) == "a"
    assert found(silence("b"), silence("a", ends_at=NOW + 2 * HOUR)) == "a"
    assert found() is None


def test_quiet_goes_on_as_long_as_silences_follow_on_each_other() -> None:
    placed = Placed(event=EVENT, service_id="checkout", team_id="payments")

    def until(*silences: Silence) -> datetime | None:
        return quiet_until(placed, silences, now=NOW, compiled=compile_pattern)

    late = silence("late", starts_at=NOW + HOUR, ends_at=NOW + 3 * HOUR)
    assert until(silence()) == NOW + HOUR
    assert until(late, silence()) == NOW + 3 * HOUR
    assert until(silence(), silence("gap", starts_at=NOW + HOUR * 1.5, ends_at=NOW + 3 * HOUR)) == NOW + HOUR
    assert until(silence(), silence("other", team_id="network", starts_at=NOW, ends_at=NOW + 3 * HOUR)) == NOW + HOUR
    assert until(late) is None
