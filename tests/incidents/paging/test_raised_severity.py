"""What becomes graver is told anew, by the graver rule, to whoever knows it as milder and while nobody has answered."""

from typing import Any

import pytest

from tests.incidents.desk import Desk
from tests.kit.world import World

PATIENT = {
    "critical": [{"channel": "push"}],
    "warning": [{"channel": "push", "delay_s": 3600}],
    "info": [{"channel": "push", "delay_s": 3600}],
}


async def patient_desk(world: World, *people: str) -> Desk:
    """These people wait an hour with anything that is not critical."""
    desk = await Desk.build(world)
    for name in people or ("Ana",):
        await (await desk.world.client(name)).put("/api/v1/me/notification-rules", PATIENT, rev=0)
    return desk


@pytest.mark.store
@pytest.mark.parametrize("is_same_key", [True, False])
async def test_who_waits_with_a_warning_is_told_of_a_critical_at_once(world: World, is_same_key: bool) -> None:
    desk = await patient_desk(world)
    incident = await desk.fire(severity="warning")
    assert await world.paged() == []
    key = {} if is_same_key else {"dedup_key": "another"}
    await desk.house.fire(check="checkout", severity="critical", **{"dedup_key": "checkout", **key})
    assert await world.paged() == ["Ana"]
    told = await desk.told(incident)
    assert ("paged_anew", {"people": ["Ana"], "severity": "critical"}) in told
    assert [state for _, _, state in await world.pages()].count("queued") == 0


@pytest.mark.store
async def test_a_person_who_raises_the_severity_pages_too(world: World) -> None:
    desk = await patient_desk(world)
    incident = await desk.fire(severity="info")
    seen = await desk.read(incident)
    path, headers = f"/api/v1/incidents/{incident['id']}", {"if-match": str(seen["rev"])}
    answer = await (await desk.world.client("Bo")).send("PATCH", path, {"severity": "critical"}, headers=headers)
    assert answer.status_code == 200
    await world.settle()
    assert await world.paged() == ["Ana"]


async def test_a_severity_that_goes_up_and_down_pages_once(world: World) -> None:
    desk = await patient_desk(world)
    incident = await desk.fire(severity="warning")
    for severity in ("critical", "warning", "critical", "info", "critical"):
        await desk.house.fire(dedup_key="checkout", check="checkout", severity=severity)
    assert await world.paged() == ["Ana"]
    assert [kind for kind, _ in await desk.told(incident)].count("paged_anew") == 1
    assert await world.db.value("SELECT COUNT(*) FROM due WHERE kind = 'run.graver'") == 0, "nothing is left to do"


async def test_everybody_reached_so_far_is_told_again_and_the_run_keeps_its_time(world: World) -> None:
    desk = await patient_desk(world, "Cy")
    incident = await desk.fire(severity="warning")
    await desk.act("Mia", incident, "escalate", {})
    assert await world.paged() == ["Ana", "Bo"]
    before = (await desk.read(incident))["next"]
    await desk.house.fire(dedup_key="checkout", check="checkout", severity="critical")
    assert sorted(await world.paged()) == ["Ana", "Ana", "Bo", "Bo"]
    assert (await desk.read(incident))["next"] == before


async def test_nobody_is_told_while_somebody_has_it_but_when_nobody_has_any_more(world: World) -> None:
    desk = await patient_desk(world)
    incident = await desk.fire(severity="warning")
    await desk.act("Bo", incident, "acknowledge")
    await desk.house.fire(dedup_key="checkout", check="checkout", severity="critical")
    assert "paged_anew" not in [kind for kind, _ in await desk.told(incident)]
    assert await world.paged() == []
    await desk.act("Bo", incident, "unacknowledge")
    assert await world.paged() == ["Ana"]


async def test_a_milder_or_an_equal_severity_pages_nobody_again(world: World) -> None:
    desk = await Desk.build(world)
    await desk.fire(severity="critical")
    for severity in ("critical", "warning", "info", "warning"):
        await desk.house.fire(dedup_key="checkout", check="checkout", severity=severity)
    assert await world.paged() == ["Ana"]


async def test_the_only_critical_alert_of_a_large_body_is_not_missed(world: World) -> None:
    desk = await patient_desk(world)
    made = await world.add_integration(desk.house.service, "alertmanager")

    def labels(n: int) -> dict[str, Any]:
        return {"alertname": "Down", "instance": f"i{n}", "severity": "critical" if n == 898 else "warning"}

    body = {"alerts": [{"status": "firing", "labels": labels(n)} for n in range(900)]}
    await world.nobody.send("POST", f"/ingest/alertmanager/{made.key}", body)
    await world.settle()
    assert await world.paged() == ["Ana"]


async def test_who_was_called_in_is_told_again_until_they_answer(world: World) -> None:
    desk = await patient_desk(world, "Ana", "Bo", "Cy")
    incident = await desk.fire(severity="warning")
    for name in ("Bo", "Cy"):
        await desk.act("Mia", incident, "responders", {"user_ids": [world.users[name]]})
    assert await world.paged() == []
    await desk.house.fire(dedup_key="checkout", check="checkout", severity="critical")
    assert sorted(await world.paged()) == ["Ana", "Bo", "Cy"]


async def test_who_knows_it_as_milder_is_told_once_nobody_has_it_any_more(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire(severity="warning")
    await desk.act("Bo", incident, "acknowledge")
    await desk.house.fire(dedup_key="checkout", check="checkout", severity="critical")
    assert await world.paged() == ["Ana"]
    await desk.act("Bo", incident, "unacknowledge")
    assert await world.paged() == ["Ana", "Ana"], "the next level waits for its time, and Ana does not"


async def test_what_was_told_before_it_was_reopened_tells_nobody_now(world: World) -> None:
    desk = await patient_desk(world)
    incident = await desk.fire(severity="critical")
    assert await world.paged() == ["Ana"]
    await desk.house.fire(dedup_key="checkout", check="checkout", severity="warning")
    await desk.act("Bo", incident, "resolve", {})
    await desk.act("Bo", incident, "reopen")
    assert await world.paged() == ["Ana"], "she waits with a warning"
    await desk.house.fire(dedup_key="checkout", check="checkout", severity="critical")
    assert await world.paged() == ["Ana", "Ana"]


async def test_who_was_called_in_and_has_answered_is_left_alone(world: World) -> None:
    desk = await patient_desk(world)
    incident = await desk.fire(severity="warning")
    await desk.act("Mia", incident, "responders", {"user_ids": [world.users["Cy"]]})
    await desk.act("Cy", incident, "acknowledge")
    await desk.act("Mia", incident, "escalate", {"level": 1})
    assert await world.paged() == ["Cy"]
    await desk.house.fire(dedup_key="checkout", check="checkout", severity="critical")
    assert await world.paged() == ["Cy", "Ana"]
