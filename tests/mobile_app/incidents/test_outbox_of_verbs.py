"""Verbs on their way: one key each, in order, kept until the server confirms."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from phone.base.api.errors import ApiError, Unreachable
from phone.base.device.store import MemoryStore
from phone.incidents.outbox import KEPT_AS, Outbox, Pending
from shared.wire.incidents import Incident
from tests.kit.night import incident

DONE = incident(1, "Disk full", state="acknowledged")


class Server:
    """Answers, or raises what it is told to, and remembers keys."""

    def __init__(self, *answers: Exception | None) -> None:
        self.answers = list(answers)
        self.seen: list[tuple[str, str]] = []

    async def act(self, path: str, body: dict[str, Any], *, key: str) -> Incident:
        self.seen.append((path.rsplit("/", 1)[1], key))
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        return DONE


class Waiting:
    """A sleep that ends when the test says so."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self.over = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        await self.over.wait()


async def until(holds: Callable[[], object]) -> None:
    for _ in range(50):
        if holds():
            return
        await asyncio.sleep(0)
    raise AssertionError


async def test_a_verb_is_sent_and_confirmed() -> None:
    server, done = Server(), list[str]()
    outbox = Outbox(server.act, MemoryStore())
    outbox.done = lambda pending, _: done.append(pending.verb)
    outbox.put("acknowledge", "inc-1")
    assert outbox.verb_of("inc-1") == "acknowledge"
    await until(lambda: done)
    assert outbox.pending == ()


async def test_without_a_network_a_verb_stays_and_is_sent_again_with_the_same_key() -> None:
    server, wait, kept, reached = Server(Unreachable()), Waiting(), MemoryStore(), list[bool]()
    outbox = Outbox(server.act, kept, sleep=wait)
    outbox.reached = reached.append
    outbox.put("acknowledge", "inc-1")
    await until(lambda: wait.asked)
    assert outbox.verb_of("inc-1") == "acknowledge"
    assert KEPT_AS in kept.kept
    outbox.hurry()
    await until(lambda: not outbox.pending)
    assert [key for _, key in server.seen] == [server.seen[0][1]] * 2
    assert reached == [False, True]
    assert KEPT_AS not in kept.kept


async def test_a_busy_server_is_asked_again_when_it_said() -> None:
    server, wait = Server(ApiError(status=503, code="busy", retry_after_s=7)), Waiting()
    outbox = Outbox(server.act, MemoryStore(), sleep=wait)
    outbox.put("resolve", "inc-1")
    await until(lambda: wait.asked)
    assert wait.asked == [7]
    wait.over.set()
    await until(lambda: not outbox.pending)


async def test_a_refusal_is_told_and_not_repeated() -> None:
    server, refused = Server(ApiError(status=409, code="not_triggered")), list[str]()
    outbox = Outbox(server.act, MemoryStore())
    outbox.refused = lambda _, error: refused.append(error.code)
    outbox.put("acknowledge", "inc-1")
    await until(lambda: refused)
    assert outbox.pending == ()
    assert len(server.seen) == 1


async def test_verbs_keep_the_order_of_the_taps() -> None:
    server = Server()
    outbox = Outbox(server.act, MemoryStore())
    outbox.put("acknowledge", "inc-1")
    outbox.put("acknowledge", "inc-2")
    outbox.put("resolve", "inc-1")
    await until(lambda: not outbox.pending)
    assert [verb for verb, _ in server.seen] == ["acknowledge", "acknowledge", "resolve"]


async def test_undoing_what_never_left_takes_it_back_without_a_word_to_the_server() -> None:
    server, wait = Server(Unreachable()), Waiting()
    outbox = Outbox(server.act, MemoryStore(), sleep=wait)
    outbox.put("acknowledge", "inc-1")
    await until(lambda: wait.asked)
    outbox.put("undo", "inc-1")
    assert outbox.pending == ()
    assert len(server.seen) == 1


async def test_undoing_what_is_in_flight_follows_it() -> None:
    arrived, answer = asyncio.Event(), asyncio.Event()
    seen: list[str] = []

    async def slow(path: str, body: dict[str, Any], *, key: str) -> Incident:
        seen.append(path.rsplit("/", 1)[1])
        arrived.set()
        await answer.wait()
        return DONE

    outbox = Outbox(slow, MemoryStore())
    outbox.put("acknowledge", "inc-1")
    await arrived.wait()
    outbox.put("undo", "inc-1")
    answer.set()
    await until(lambda: not outbox.pending)
    assert seen == ["acknowledge", "undo"]


async def test_what_an_earlier_run_could_not_send_is_sent_after_the_start() -> None:
    server, kept = Server(), MemoryStore()
    pending = Pending(key="k-1", incident_id="inc-1", verb="acknowledge", body={})
    kept.kept[KEPT_AS] = msgspec.json.encode([pending]).decode()
    outbox = Outbox(server.act, kept)
    await outbox.load()
    await until(lambda: not outbox.pending)
    assert server.seen == [("acknowledge", "k-1")]
