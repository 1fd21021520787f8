"""What can't be published is refused by its field."""

from typing import Any

import pytest

from shared.wire.status_pages import StatusPage
from tests.kit.world import World
from tests.status_pages.test_events import events_of, flaws


@pytest.fixture
async def page(world: World) -> StatusPage:
    await world.add_team("Payments")
    await world.add_person("Ana", team="Payments", role="manager")
    return await world.add_status_page("Nordwind", "Payments: Checkout, Payouts", "API")


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ({"updates": [{"status": "in_progress"}]}, [("updates[0].status", "not_of_this_event")]),
        ({"updates": [{"status": "resolved"}]}, [("updates[0].status", "closed_at_once")]),
        ({"updates": [{"status": "fixed"}]}, [("updates[0].status", "unknown_value")]),
        ({"updates": [{"status": "identified"}] * 2}, [("updates", "too_many")]),
        (
            {"updates": [{"status": "identified"}] * 2, "is_past": True},
            [("updates[0].at", "required"), ("updates[1].at", "required")],
        ),
        ({"updates": [{"status": "identified", "at": "2026-01-01T00:00:00"}]}, [("updates[0].at", "no_offset")]),
        ({"updates": [{"status": "identified", "at": "1999-12-31T00:00:00Z"}]}, [("updates[0].at", "out_of_range")]),
        ({"updates": [{"status": "identified", "at": "2099-01-01T00:00:00Z"}]}, [("updates[0].at", "in_the_future")]),
        (
            {"updates": [{"status": "identified", "next_update_at": "9999-12-31T23:59:59-14:00"}]},
            [("updates[0].next_update_at", "out_of_range")],
        ),
        (
            {
                "kind": "maintenance",
                "updates": [{"status": "scheduled"}],
                "starts_at": "9999-12-31T00:00:00Z",
                "ends_at": "9999-12-31T23:59:59-14:00",
            },
            [("starts_at", "out_of_range"), ("ends_at", "out_of_range")],
        ),
        (
            {
                "kind": "maintenance",
                "updates": [{"status": "scheduled"}],
                "starts_at": "2020-01-01T00:00:00Z",
                "ends_at": "2020-01-01T02:00:00Z",
            },
            [("ends_at", "past")],
        ),
        ({"title": {"zh": "慢"}}, [("title.en", "empty")]),
        ({"starts_at": "2026-12-02T04:00:00Z"}, [("starts_at", "not_of_this_event")]),
        ({"linked_event_ids": ["nothing"]}, [("linked_event_ids[0]", "unknown")]),
        (
            {"kind": "maintenance", "updates": [{"status": "scheduled"}]},
            [("starts_at", "missing"), ("ends_at", "missing")],
        ),
    ],
)
async def test_anything_else_is_refused_with_its_field(
    world: World, page: StatusPage, body: dict[str, Any], wanted: list[tuple[str, str]]
) -> None:
    event = {"kind": "incident", "title": {"en": "Slow"}, "updates": [{"status": "investigating"}], **body}
    assert flaws(await (await world.client("Ana")).send("POST", events_of(page), event)) == wanted
