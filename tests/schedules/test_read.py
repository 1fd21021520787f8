"""A preview answers all of its window."""

from datetime import UTC, datetime, timedelta

from tests.kit.world import World
from tests.schedules.team import SCHEDULES, Team
from tests.schedules.test_saving import Draft


async def test_a_preview_answers_all_of_its_window_or_names_what_is_too_long(world: World) -> None:
    """A preview has no pages: nothing of it is cut in silence."""
    team = await Team.build(world, turns=("Ana", "Bo", "Cy", "Di"), unit="hour")
    draft = await Draft.of(team)
    start = datetime(2026, 11, 21, 4, tzinfo=UTC)
    most = await draft.preview(**{"from": start.isoformat(), "to": (start + timedelta(days=92)).isoformat()})
    assert len(most["shifts"]) == len(most["slots"][0]["slots"]) == 92 * 24
    assert (most["shifts"][0]["starts_before"], most["shifts"][-1]["continues_after"]) == (False, False)
    body = {"schedule": draft.body, "schedule_id": team.schedule_id}
    window = {"from": start.isoformat(), "to": (start + timedelta(days=92, seconds=1)).isoformat()}
    refused = await team.send("Root", "POST", f"{SCHEDULES}/preview", body | window)
    [error] = refused.json()["errors"]
    assert (refused.status_code, error["field"], error["code"]) == (400, "to", "too_long")
    assert error["args"] == {"max_days": 92}
