"""Work that nobody would do is found, repaired and told to the administrators; health says what is true."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from server.delivery.enqueue import SEND
from server.escalation.runs import ADVANCE
from server.kernel.database import Priority, Writes
from server.kernel.due import ATTEMPTS, Kind, arm
from server.kernel.errors import Unavailable
from server.paging_health.fallback import AdminFallback
from tests.escalation.house import House
from tests.kit.fake_http import running
from tests.kit.fake_smtp import FakeSmtp
from tests.kit.fake_webhook import FakeWebhook
from tests.kit.world import World


async def house_of(world: World) -> House:
    house = await House.build(world, "Ana", "Bo", levels=("Ana", "Bo"), delay_s=300)
    await house.fire()
    return house


async def audit(world: World) -> list[str]:
    return await world.engine.auditor.audit(world.clock.now())


@pytest.mark.store
async def test_all_is_well_while_all_is_well(world: World) -> None:
    await house_of(world)
    for _ in range(8):
        assert await audit(world) == []
        await world.advance(seconds=50)
    assert world.engine.auditor.repairs == 0


@pytest.mark.store
async def test_a_lost_timer_is_given_back_and_the_run_goes_on(world: World) -> None:
    house = await house_of(world)
    await world.db.apply(Writes().sql("DELETE FROM due WHERE kind = 'run.advance'", expect=1))
    await world.advance(minutes=6)
    assert await world.paged() == ["Ana"]
    problems = await audit(world)
    assert "no timer" in problems[0]
    await world.settle()
    assert await world.paged() == ["Ana", "Bo"]
    assert ("repaired", {"what": "timer"}) in await house.told()
    assert await audit(world) == []
    assert world.engine.auditor.repairs == 1


@pytest.mark.store
async def test_a_message_without_a_timer_is_sent_after_all(world: World) -> None:
    await House.build(world, "Ana", levels=("Ana",), delay_s=3600)
    world.engine.due.bindings = {  # the engine stands still once the page was planned
        kind: binding for kind, binding in world.engine.due.bindings.items() if kind != SEND[Priority.PAGE]
    }
    await fire(world)
    assert await world.db.value("SELECT COUNT(*) FROM delivery WHERE state = 'queued'") == 1
    await world.db.apply(Writes().sql("DELETE FROM due WHERE kind = :kind", kind=SEND[Priority.PAGE]))
    world.clock.advance(timedelta(seconds=61))
    problems = await audit(world)
    assert any("1 messages had no timer" in problem for problem in problems)
    armed = await world.db.value("SELECT COUNT(*) FROM due WHERE kind = :kind", kind=SEND[Priority.PAGE])
    assert armed == 1


@pytest.mark.store
async def test_work_at_a_priority_at_which_nothing_does_it_is_moved_and_told(world: World) -> None:
    """As a release leaves it behind that gave the kind another one."""
    house = await house_of(world)
    await world.db.apply(Writes().sql("UPDATE due SET priority = 2 WHERE kind = 'run.advance'", expect=1))
    await world.advance(minutes=6)
    assert await world.paged() == ["Ana"]
    problems = await audit(world)
    assert any("1 pieces of work had a name or a priority" in problem for problem in problems)
    await world.settle()
    assert await world.paged() == ["Ana", "Bo"]
    assert await audit(world) == []
    del house


@pytest.mark.store
@pytest.mark.parametrize(("was", "named"), [("incident.news", "incident.notice"), ("cover.tell", "cover.notice")])
async def test_work_that_an_older_release_armed_by_another_name_is_done(world: World, was: str, named: str) -> None:
    async def rows() -> list[tuple[str, str]]:
        found = await world.db.values("SELECT kind, ref FROM due WHERE kind IN :kinds ORDER BY ref", kinds=(was, named))
        return [(kind, ref) for kind, ref in found]

    later, writes = world.clock.now() + timedelta(days=1), Writes()
    for kind, ref in ((Kind(was, Priority.NOTICE), "1/x/1"), (Kind(was, Priority.NOTICE), "2/x/1")):
        arm(writes, kind, ref, at=later, now=world.clock.now())
    arm(writes, Kind(named, Priority.NOTICE), "2/x/1", at=later, now=world.clock.now())
    await world.db.apply(writes)
    await audit(world)
    assert await rows() == [(named, "1/x/1"), (named, "2/x/1")], "what is due under both names is due once"


@pytest.mark.store
async def test_work_of_a_kind_that_nothing_does_is_told(world: World) -> None:
    await house_of(world)
    writes = Writes()
    arm(writes, Kind("from.tomorrow", Priority.BULK), "a", at=world.clock.now(), now=world.clock.now())
    await world.db.apply(writes)
    await world.settle()
    assert await audit(world) == []
    await world.advance(seconds=31)
    assert "nothing here does work of these kinds: from.tomorrow (1)" in await audit(world)


async def fire(world: World) -> None:
    manager = await world.sign_in("Mia")
    key = (await manager.get("/api/v1/integrations"))["items"][0]["key"]
    await world.nobody.post(f"/ingest/events/{key}", {"title": "x", "dedup_key": "x"})
    await world.settle()


async def test_work_that_fails_again_and_again_is_parked_told_and_tried_once_a_minute(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = await House.build(world, "Ana", levels=("Ana",), delay_s=3600)
    binding = world.engine.due.bindings[ADVANCE]
    tried = 0

    async def failing(claimed: Any, now: Any) -> Any:
        nonlocal tried
        tried += 1
        raise RuntimeError("a bug of ours")

    bindings = dict(world.engine.due.bindings)
    world.engine.due.bindings = {**bindings, ADVANCE: dataclasses.replace(binding, handler=failing)}
    await house.fire()
    await world.advance(minutes=3)
    assert tried == ATTEMPTS
    assert any("failed again and again" in problem for problem in await audit(world))
    await world.settle()
    assert tried == ATTEMPTS + 1
    assert any("reached nobody" in problem for problem in await audit(world))
    world.engine.due.bindings = bindings
    await world.advance(seconds=70)
    await audit(world)
    await world.settle()
    assert await world.paged() == ["Ana"]


async def test_a_poisoned_incident_delays_no_other(world: World) -> None:
    house = await House.build(world, "Ana", levels=("Ana",), delay_s=3600)
    binding = world.engine.due.bindings[ADVANCE]
    poisoned: list[str] = []

    async def failing(claimed: Any, now: Any) -> Any:
        poisoned[:] = poisoned or [claimed.ref]
        if claimed.ref in poisoned:
            raise RuntimeError("a bug of ours")
        return await binding.handler(claimed, now)

    bindings = {**world.engine.due.bindings, ADVANCE: dataclasses.replace(binding, handler=failing)}
    world.engine.due.bindings = bindings
    await house.fire(dedup_key="poisoned", check="poisoned")
    for n in range(20):
        await house.fire(dedup_key=f"{n}", check=f"{n}")
    assert len(await world.paged()) == 20


async def test_the_administrators_are_told_by_mail_and_webhook_once_in_five_minutes(world: World) -> None:
    house = await house_of(world)
    del house
    async with running(FakeSmtp()) as smtp, running(FakeWebhook()) as webhook:
        fallback = world.engine.auditor.fallback
        fallback.settings = dataclasses.replace(
            fallback.settings,
            smtp_url=smtp.url,
            admin_fallback_email="root@example.com",
            admin_fallback_webhook=webhook.url("/admins"),
        )
        for n in range(8):
            await fallback.warn([f"problem {n}"], world.clock.now())
            world.clock.advance(timedelta(minutes=1))
        assert len(smtp.mails) == 2
        assert smtp.mails[0]["To"] == "root@example.com"
        assert [request.json["problems"] for request in webhook.requests] == [["problem 0"], ["problem 5"]]


async def test_a_fallback_that_failed_is_tried_again_at_the_next_look(world: World) -> None:
    async with running(FakeSmtp()) as smtp:
        smtp.stages["mail"] = "451 4.3.0 try later"
        fallback = world.engine.auditor.fallback
        fallback.settings = dataclasses.replace(
            fallback.settings, smtp_url=smtp.url, admin_fallback_email="root@example.com"
        )
        await fallback.warn(["problem"], world.clock.now())
        smtp.stages.clear()
        world.clock.advance(timedelta(minutes=1))
        await fallback.warn(["problem"], world.clock.now())
        assert len(smtp.mails) == 1


async def test_the_fallback_never_says_a_password_where_anybody_may_listen(world: World) -> None:
    """`127.1` is a name of loopback that no rule knows, so the relay stands for one elsewhere; it offers no TLS."""
    async with running(FakeSmtp(user="me", password="secret")) as smtp:
        fallback = world.engine.auditor.fallback
        url = smtp.url.replace("127.0.0.1", "127.1")
        fallback.settings = dataclasses.replace(
            fallback.settings,
            smtp_url=url,
            smtp_from="Dogwatch <dogwatch@example.com>",
            admin_fallback_email="root@example.com",
        )
        await fallback.warn(["problem"], world.clock.now())
        assert smtp.requests == []
        fallback.settings = dataclasses.replace(fallback.settings, smtp_url=smtp.url)
        await fallback.warn(["problem"], world.clock.now())
        assert [mail["Subject"] for mail in smtp.mails] == ["Dogwatch: paging is not healthy"]


@pytest.mark.store
async def test_health_says_whether_the_store_answers(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await world.nobody.get("/health"))["status"] == "ok"

    async def away(*_: Any) -> Any:
        raise OSError("no route to the database")

    monkeypatch.setattr(world.db._store, "fetch", away)
    with capture_logs() as logs:
        answer = await world.nobody.send("GET", "/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "database_unreachable")
    assert "health.database_unreachable" in [each["event"] for each in logs]


async def test_engine_health_is_red_before_the_first_round_and_when_the_loops_stand_still(world: World) -> None:
    path = "/health/engine"
    assert (await world.nobody.send("GET", path)).status_code == 503
    await world.settle()
    assert (await world.nobody.get(path))["status"] == "ok"
    world.clock.advance(timedelta(seconds=31))
    answer = await world.nobody.send("GET", path)
    assert (answer.status_code, answer.json()["status"]) == (503, "stuck")
    await world.settle()
    assert (await world.nobody.send("GET", path)).status_code == 200


@pytest.mark.store
async def test_engine_health_of_a_process_without_lanes_is_the_truth(world: World) -> None:
    path, lanes, clock = "/health/engine", world.engine.lanes, world.clock
    await world.settle()
    text = "UPDATE lane SET leased_until = :until, fence = fence + 1"
    await world.db.apply(Writes().sql(text, until=clock.now() + timedelta(seconds=40)))
    lanes.held, lanes._until, lanes.last_cycle = {}, None, None
    await world.settle()
    assert (lanes.held, (await world.nobody.get(path))["status"]) == ({}, "ok"), "it comes round, others hold the lanes"


@pytest.mark.store
async def test_engine_health_of_an_api_process_tells_whether_anybody_holds_the_lanes(world: World) -> None:
    world.engine.works_elsewhere = True
    answer = await world.nobody.send("GET", "/health/engine")
    assert (answer.status_code, answer.json()["status"]) == (503, "stuck"), "no worker was ever started"
    await world.settle()
    assert (await world.nobody.get("/health/engine"))["status"] == "ok"
    world.clock.advance(timedelta(seconds=31))
    assert (await world.nobody.send("GET", "/health/engine")).status_code == 503


async def test_metrics_are_what_prometheus_reads(world: World) -> None:
    await house_of(world)
    await world.parts.backlog.look()
    answer = await world.nobody.send("GET", "/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    for name in (
        'dogwatch_events_accepted_total{source="events"}',
        'dogwatch_due_done_total{kind="run.advance"}',
        'dogwatch_deliveries_total{channel="push",outcome="accepted"}',
        "dogwatch_events_waiting 0.0",
    ):
        assert name in answer.text, name


@pytest.mark.store
async def test_the_administrators_are_told_by_one_process_and_without_a_database_by_each(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(FakeWebhook()) as webhook:
        settings = dataclasses.replace(
            world.engine.settings, admin_fallback_webhook=webhook.url("/admins"), admin_fallback_email=""
        )
        now = world.clock.now()
        several = [AdminFallback(settings, world.engine.outbound, world.db) for _ in range(3)]
        for each in several:
            await each.warn(["problem"], now)
        assert len(webhook.requests) == 1

        async def away(*_: Any) -> Any:
            raise Unavailable("no route to the database")

        monkeypatch.setattr(world.db._store, "apply", away)
        for each in several:
            await each.warn(["problem"], now)
            await each.warn(["problem"], now)
        assert len(webhook.requests) == 3, "the first keeps quiet by itself"
