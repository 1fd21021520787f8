"""202 means that it is on disk; a refusal means that it isn't; many share a commit and nobody fails for another."""

import asyncio
from typing import Any

import pytest

from server.ingest.store import BYTES_AT_ONCE
from server.kernel.database import Writes
from server.kernel.errors import Stale, Unavailable
from tests.ingest.ways import EVENT, PAGERDUTY_V2_BODY, Ways, alert, notification

Apply = Any


def count_commits(ways: Ways, monkeypatch: pytest.MonkeyPatch) -> list[Writes]:
    """Every commit from now on."""
    seen: list[Writes] = []
    commit: Apply = ways.world.db.apply

    async def apply(writes: Writes, *args: Any) -> Any:
        seen.append(writes)
        return await commit(writes, *args)

    monkeypatch.setattr(ways.world.db, "apply", apply)
    return seen


@pytest.mark.store
async def test_the_same_idempotency_key_gets_the_first_event(ways: Ways) -> None:
    first = (await ways.send(ways.path("events"), EVENT, Idempotency_Key="once")).json()
    again = (await ways.send(ways.path("events"), EVENT, Idempotency_Key="once")).json()
    assert again == first
    assert await ways.events() == 1
    other = (await ways.send(ways.path("events"), EVENT, Idempotency_Key="twice")).json()
    assert other["event_id"] != first["event_id"]


async def test_a_replay_of_an_event_without_a_key_names_the_key_of_the_first(ways: Ways) -> None:
    first = (await ways.send(ways.path("events"), {"title": "x"}, Idempotency_Key="once")).json()
    again = (await ways.send(ways.path("events"), {"title": "x"}, Idempotency_Key="once")).json()
    assert again == first


@pytest.mark.store
async def test_the_same_idempotency_key_at_once_is_stored_once(ways: Ways) -> None:
    answers = await asyncio.gather(
        *(ways.send(ways.path("events"), EVENT, Idempotency_Key="once") for _ in range(10)),
        *(ways.send(ways.path("events"), {**EVENT, "dedup_key": str(n)}) for n in range(10)),
    )
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["event_id"] for answer in answers[:10]}) == 1
    assert await ways.events() == 11


@pytest.mark.store
async def test_many_at_once_share_few_commits(ways: Ways, monkeypatch: pytest.MonkeyPatch) -> None:
    await ways.send(ways.path("events"), EVENT)
    seen = count_commits(ways, monkeypatch)
    bodies = [{**EVENT, "dedup_key": str(n)} for n in range(300)]
    answers = await asyncio.gather(*(ways.send(ways.path("events"), body) for body in bodies))
    assert {answer.status_code for answer in answers} == {202}
    assert await ways.events() == 301
    assert len(seen) < 60


@pytest.mark.parametrize("failure", [Unavailable("disk full"), RuntimeError("a bug"), OSError("no route")])
async def test_a_store_that_fails_is_503_and_nothing_is_kept(
    ways: Ways, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    async def apply(*_: Any) -> Any:
        raise failure

    with monkeypatch.context() as broken:
        broken.setattr(ways.world.db, "apply", apply)
        for source, body in (
            ("events", EVENT),
            ("pagerduty", PAGERDUTY_V2_BODY),
            ("alertmanager", notification(alert("A", "1"))),
        ):
            answer = await ways.send(ways.path(source), body)
            assert answer.status_code == 503, source
            assert int(answer.headers["retry-after"]) >= 1
    assert await ways.events() == 0
    assert (await ways.send(ways.path("events"), EVENT)).status_code == 202


async def test_one_bad_row_does_not_fail_the_others_of_its_commit(ways: Ways, monkeypatch: pytest.MonkeyPatch) -> None:
    commit: Apply = ways.world.db.apply

    async def apply(writes: Writes, *args: Any) -> Any:
        rows = [row for write in writes for row in write.many or () if "idem_key" in row]
        if any(row["idem_key"] is not None for row in rows):
            raise Stale("a guard missed")
        return await commit(writes, *args)

    monkeypatch.setattr(ways.world.db, "apply", apply)
    await ways.send(ways.path("events"), EVENT)
    answers = await asyncio.gather(
        *(ways.send(ways.path("events"), {**EVENT, "dedup_key": str(n)}) for n in range(20)),
        ways.send(ways.path("events"), EVENT, Idempotency_Key="bad"),
    )
    assert [answer.status_code for answer in answers[:20]] == [202] * 20
    assert answers[20].status_code == 503
    assert await ways.events() == 21


async def test_one_commit_holds_no_more_than_one_message_to_the_engine(
    ways: Ways, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ways.send(ways.path("events"), EVENT)
    seen = count_commits(ways, monkeypatch)
    event = {**EVENT, "details": {"x": "y" * 200_000}}
    answers = await asyncio.gather(
        *(ways.send(ways.path("events"), {**event, "dedup_key": str(n)}) for n in range(200))
    )
    assert {answer.status_code for answer in answers} == {202}
    sizes = [sum(row["size"] for row in write.many or ()) for writes in seen for write in writes]
    assert max(sizes) <= BYTES_AT_ONCE < sum(sizes)
