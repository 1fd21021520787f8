"""Status events: statuses in order, components that follow them, and what is refused with its field."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import strategies as st

from shared.domain.status.events import (
    BY_GRAVITY,
    CLOSED,
    IMPACTS,
    STATUSES,
    ComponentImpact,
    EventKind,
    EventStatus,
    Impact,
    ImpactSpan,
    StatusEvent,
    Update,
    impact_spans,
    in_order,
    may_follow,
    past_flaws,
    standing,
    update_flaws,
    worst,
)
from tests.shared.domain.properties import holds
from tests.shared.domain.status.histories import COMPONENTS, NOWS, events
from tests.shared.domain.status.uptime_oracle import said_of

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
KNOWN = frozenset({"web", "api"})
KINDS = get_args(EventKind)


def at(minutes: int) -> datetime:
    return NOW - timedelta(hours=5) + timedelta(minutes=minutes)


def update(minutes: int, status: EventStatus, **impacts: Impact) -> Update:
    changes = tuple(ComponentImpact(component_id=id, impact=impact) for id, impact in impacts.items())
    return Update(id=f"{minutes:04}", at=at(minutes), status=status, changes=changes)


def event(*updates: Update, kind: EventKind = "incident") -> StatusEvent:
    return StatusEvent(id="e", kind=kind, updates=updates)


def spans(found: StatusEvent) -> list[tuple[str, str, datetime, datetime | None]]:
    return [(each.component_id, each.impact, each.start, each.end) for each in impact_spans(found)]


def flaws(kind: EventKind, given: Update, **more: Any) -> list[tuple[str, str]]:
    wanted: dict[str, Any] = {"before": None, "after": None, "components": KNOWN, "now": NOW} | more
    return [(each.field, each.code) for each in update_flaws(kind, given, **wanted)]


def test_an_outage_lasts_until_the_event_is_closed() -> None:
    found = event(update(0, "investigating", web="full_outage"), update(30, "resolved"))
    assert spans(found) == [("web", "full_outage", at(0), at(30))]


def test_each_update_changes_what_it_names_and_leaves_the_rest() -> None:
    found = event(
        update(0, "investigating", web="full_outage", api="degraded_performance"),
        update(10, "identified", web="partial_outage"),
        update(20, "monitoring", api="operational"),
        update(30, "resolved"),
    )
    assert sorted(spans(found)) == [
        ("api", "degraded_performance", at(0), at(20)),
        ("web", "full_outage", at(0), at(10)),
        ("web", "partial_outage", at(10), at(30)),
    ]


def test_what_is_open_has_no_end() -> None:
    assert spans(event(update(0, "monitoring", web="partial_outage"))) == [("web", "partial_outage", at(0), None)]


def test_a_maintenance_touches_nothing_before_it_begins_and_after_it_ends() -> None:
    found = event(
        update(0, "scheduled", web="under_maintenance"),
        update(60, "in_progress"),
        update(90, "completed"),
        kind="maintenance",
    )
    assert spans(found) == [("web", "under_maintenance", at(60), at(90))]
    assert spans(event(update(0, "scheduled", web="under_maintenance"), kind="maintenance")) == []


def test_updates_of_one_instant_make_no_span_of_no_length() -> None:
    first, second = update(5, "investigating", web="full_outage"), update(5, "identified", web="operational")
    assert spans(event(first, Update(id="z", at=second.at, status=second.status, changes=second.changes))) == []


def test_where_an_event_stands_at_an_instant() -> None:
    found = event(update(0, "investigating", web="full_outage"), update(30, "resolved"))
    assert standing(found, at=at(-1)) is None
    open_now, over = standing(found, at=at(29)), standing(found, at=at(30))
    assert open_now is not None
    assert over is not None
    assert (open_now.status, open_now.is_open, open_now.impacts) == ("investigating", True, {"web": "full_outage"})
    assert (over.status, over.is_open, over.impacts, over.named) == ("resolved", False, {}, {"web": "full_outage"})


@holds(st.sampled_from(NOWS).flatmap(lambda now: st.tuples(st.just(now), one_event(now))), st.integers(0, 3 * 1440))
def test_spans_and_standing_say_what_reading_the_updates_again_says(
    drawn: tuple[datetime, StatusEvent], minute: int
) -> None:
    now, found = drawn
    instant = now - timedelta(minutes=minute)
    stands = standing(found, at=instant)
    for id in COMPONENTS:
        held = [each.impact for each in impact_spans(found) if each.component_id == id and holds_at(each, instant)]
        wanted = said_of(found, id, instant)
        assert (held or ["operational"]) == [wanted]
        assert (stands.impacts.get(id, "operational") if stands else "operational") == wanted


def one_event(now: datetime) -> st.SearchStrategy[StatusEvent]:
    return events("e", now=now, span=timedelta(days=3), tick=timedelta(minutes=1))


def holds_at(span: ImpactSpan, instant: datetime) -> bool:
    return span.start <= instant and (span.end is None or instant < span.end)


@holds(one_event(NOW))
def test_the_order_in_which_updates_are_kept_means_nothing(found: StatusEvent) -> None:
    sorted_one = StatusEvent(id=found.id, kind=found.kind, updates=tuple(in_order(found.updates)))
    assert impact_spans(found) == impact_spans(sorted_one)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_its_statuses_and_impacts_and_no_other(kind: EventKind) -> None:
    for status in get_args(EventStatus):
        refused = [("status", "not_of_this_event")] if status not in STATUSES[kind] else []
        assert flaws(kind, update(0, status)) == refused
    still_open = STATUSES[kind][0]
    for impact in get_args(Impact):
        refused = [("changes[0].impact", "not_of_this_event")] if impact not in IMPACTS[kind] else []
        assert flaws(kind, update(0, still_open, web=impact)) == refused


@pytest.mark.parametrize("kind", KINDS)
def test_what_ends_leaves_components_operational(kind: EventKind) -> None:
    worse = IMPACTS[kind][-1]
    assert flaws(kind, update(0, CLOSED[kind], web="operational")) == []
    assert flaws(kind, update(0, CLOSED[kind], web=worse)) == [("changes[0].impact", "closed_is_operational")]


def test_what_is_closed_stays_closed() -> None:
    for status in STATUSES["incident"][:-1]:
        assert flaws("incident", update(0, status), before="resolved") == [("status", "out_of_order")]
    assert flaws("incident", update(0, "resolved"), before="resolved") == []
    assert flaws("incident", update(0, "resolved"), after="monitoring") == [("status", "out_of_order")]
    assert flaws("incident", update(0, "investigating"), before="monitoring") == []


def test_a_maintenance_only_goes_on() -> None:
    order = STATUSES["maintenance"]
    for before in order:
        for after in order:
            assert may_follow("maintenance", before, after) == (order.index(before) <= order.index(after))


def test_components_are_the_pages_and_named_once_and_nothing_lies_ahead() -> None:
    change = ComponentImpact(component_id="web", impact="full_outage")
    other = ComponentImpact(component_id="mail", impact="full_outage")
    given = Update(id="1", at=NOW + timedelta(seconds=1), status="identified", changes=(change, other, change))
    assert flaws("incident", given, field="updates[2].") == [
        ("updates[2].at", "in_the_future"),
        ("updates[2].changes[1].component_id", "unknown"),
        ("updates[2].changes[2].component_id", "repeated"),
    ]


def past(kind: EventKind, *updates: Update) -> list[tuple[str, str]]:
    return [(each.field, each.code) for each in past_flaws(kind, updates, components=KNOWN, now=NOW)]


def test_what_is_told_afterwards_begins_and_ends() -> None:
    assert past("incident", update(0, "investigating", web="full_outage"), update(9, "resolved")) == []
    assert past("maintenance", update(0, "in_progress", web="under_maintenance"), update(9, "completed")) == []
    assert past("incident", update(0, "investigating")) == [("updates", "too_few")]
    assert past("incident", update(0, "resolved"), update(9, "resolved")) == [("updates[0].status", "closed_at_once")]
    assert past("incident", update(0, "investigating"), update(9, "monitoring")) == [
        ("updates[1].status", "not_closed")
    ]
    assert past("incident", update(9, "investigating"), update(0, "resolved")) == [("updates[1].at", "out_of_order")]
    assert past("maintenance", update(0, "completed"), update(9, "in_progress"), update(10, "completed")) == [
        ("updates[1].status", "out_of_order")
    ]
    ahead = Update(id="2", at=NOW + timedelta(minutes=1), status="resolved")
    assert past("incident", update(0, "investigating"), ahead) == [("updates[1].at", "in_the_future")]


def test_the_worst_is_what_troubles_most() -> None:
    assert worst([]) == "operational"
    assert worst(["under_maintenance", "degraded_performance", "operational"]) == "degraded_performance"
    assert worst(BY_GRAVITY) == "full_outage"
