"""A page story that dies before and after every single commit, and inside every send: nothing is lost or skipped."""

import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from msgspec import Struct

from server.kernel.database import Database
from server.kernel.secrets import Secrets
from server.kernel.settings import Settings
from server.timeline.links import keyed_link
from tests.chaos.mortal import Died, Fate, Moment, MortalWorld, mortal_world
from tests.kit.stores import SECRET
from tests.stories.test_one_alert import set_up

pytestmark = pytest.mark.store
PAGES = 3
SENDS = 5
"""Two pushes and a mail that page, then two pushes that clear."""
MOST_COMMITS = 200


@pytest.fixture
async def mortal(settings: Settings, db: Database) -> AsyncIterator[MortalWorld]:
    async with mortal_world(dataclasses.replace(settings, demo=True), db) as world:
        yield world


@dataclasses.dataclass
class Story:
    """Event in; Ana is paged by push and mail, then Bo; Bo acknowledges by the button of his push."""

    world: MortalWorld
    address: str
    name: str
    deaths: int = 0
    answer: Any = None

    async def surely(self, action: Callable[[], Awaitable[Any]]) -> Any:
        """Do it; after a death, start again and repeat it, as senders, phones and the loops do."""
        while True:
            try:
                return await self.world.live(action)
            except Died:
                self.deaths += 1
                assert self.deaths < 50, "it never gets through"
                await self.world.restart(self.next_fate())

    def next_fate(self) -> Fate:
        return Fate()

    async def tell(self) -> None:
        world = self.world
        self.sent_before = len(world.provider.taken)
        event = {"title": "Checkout errors", "dedup_key": self.name, "severity": "critical"}
        await self.surely(lambda: world.nobody.post(self.address, event, Idempotency_Key=self.name))
        await self.surely(world.settle)
        world.clock.advance(timedelta(seconds=61))
        await self.surely(world.settle)
        world.clock.advance(timedelta(seconds=241))
        await self.surely(world.settle)
        token = self.pushed()[-1].action_token
        action = {"verb": "acknowledge", "token": token}
        self.answer = await self.surely(lambda: world.nobody.post("/api/v1/actions", action))
        await self.surely(world.settle)
        world.clock.advance(timedelta(hours=2))
        await self.surely(world.settle)

    def taken(self, channel: str, kind: str) -> list[Any]:
        found = self.world.provider.taken[self.sent_before :]
        return [message for slug, message, _ in found if (slug, message.kind) == (channel, kind)]

    def pushed(self) -> list[Any]:
        return self.taken("push", "page")

    def mailed(self) -> list[Any]:
        return self.taken("email", "page")

    def cleared(self) -> list[Any]:
        return self.taken("push", "cleared")

    def pages(self) -> int:
        return len(self.pushed()) + len(self.mailed())


class _Entry(Struct, frozen=True, kw_only=True):
    n: int
    at: int
    actor_kind: str
    actor_id: str | None
    kind: str
    args: dict[str, Any]
    prev_hash: str
    hash: str


async def require_intact_chain(db: Database, incident_id: str) -> list[_Entry]:
    """Every entry hashes to what the next one and the incident say."""
    entries = await db.rows(_Entry, "SELECT <fields> FROM timeline WHERE incident_id = :id ORDER BY n", id=incident_id)
    link = ""
    for n, entry in enumerate(entries, 1):
        assert entry.n == n
        assert entry.prev_hash == link
        content = (entry.n, entry.at, entry.actor_kind, entry.actor_id, entry.kind, entry.args)
        link = keyed_link(Secrets(SECRET), incident_id, link, *content)
        assert entry.hash == link
    text = "SELECT timeline_n, timeline_hash FROM incident WHERE id = :id"
    assert (await db.values(text, id=incident_id))[0] == (len(entries), link)
    return entries


async def require_told_once(story: Story) -> None:
    """What the outside world and the rows say about a story, whatever happened in between."""
    db = Database(story.world.db._store)
    rows = await db.values("SELECT id, incident_id, count FROM alert WHERE dedup_key = :name", name=story.name)
    assert len(rows) == 1, "one event makes one alert"
    incident_id, count = rows[0][1], rows[0][2]
    assert count == 1
    known = sha256(story.name.encode()).hexdigest()
    assert (await db.value("SELECT COUNT(*) FROM event WHERE idem_key LIKE :known", known=f"{known}%")) == 1
    steps = await db.values(
        "SELECT step, level, outcome FROM escalation_step WHERE incident_id = :id ORDER BY step", id=incident_id
    )
    assert [tuple(row) for row in steps] == [(0, 1, "paged"), (1, 2, "paged")]
    planned = await db.values(
        "SELECT notification.id, user_account.name, notification.channel, delivery.state FROM notification"
        " JOIN delivery ON delivery.id = notification.id JOIN user_account ON user_account.id = user_id"
        " WHERE notification.incident_id = :id ORDER BY step, turn",
        id=incident_id,
    )
    assert [tuple(row[1:]) for row in planned] == [
        ("Ana", "push", "accepted"), ("Ana", "email", "accepted"), ("Bo", "push", "accepted"),
    ]  # fmt: skip
    ana_push, ana_mail, bo_push = (row[0] for row in planned)
    assert list(dict.fromkeys(message.id for message in story.pushed())) == [ana_push, bo_push]
    assert {message.id for message in story.mailed()} == {ana_mail}
    assert len({message.id for message in story.cleared()}) == 2, "Ana's phone and Bo's are tidied up"
    assert len(story.cleared()) <= 2 + 2 * story.deaths, "both leave at once, so one death cuts off two"
    assert story.pages() <= PAGES + story.deaths
    state, number = (await db.values("SELECT state, number FROM incident WHERE id = :id", id=incident_id))[0]
    assert state == "acknowledged"
    assert story.answer["state"] == "acknowledged"
    assert story.answer["by"] == "Bo"
    assert story.answer["number"] == number
    entries = await require_intact_chain(db, incident_id)
    assert [entry.kind for entry in entries if entry.kind != "page_accepted"] == [
        "opened", "level_paged", "level_paged", "acknowledged",
    ]  # fmt: skip
    assert sum(entry.kind == "page_accepted" for entry in entries) == 3
    waiting = "SELECT COUNT(*) FROM due WHERE ref = :id OR parked_at IS NOT NULL"
    assert await db.value(waiting, id=incident_id) == 0


async def begin(mortal: MortalWorld) -> str:
    _, address = await set_up(mortal)
    return address


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_dying_at_any_commit_loses_nothing(mortal: MortalWorld, moment: Moment) -> None:
    address = await begin(mortal)
    for commit in range(1, MOST_COMMITS):
        await mortal.restart(Fate(commit=commit, moment=moment))
        story = Story(mortal, address, f"dies {moment} {commit}")
        await story.tell()
        await require_told_once(story)
        if story.deaths == 0:
            assert commit > 15, "so few commits can't be a whole story"
            return
    pytest.fail("the story never came to its end without a death")


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_dying_inside_any_send_repeats_at_most_that_send_under_its_id(
    mortal: MortalWorld, moment: Moment
) -> None:
    address = await begin(mortal)
    for send in range(1, SENDS + 1):
        await mortal.restart(Fate(send=send, moment=moment))
        story = Story(mortal, address, f"dies {moment} send {send}")
        await story.tell()
        assert story.deaths == 1
        await require_told_once(story)
        repeats = story.pages() - PAGES
        assert repeats == (1 if moment == "after" and send <= PAGES else 0)
    await mortal.restart(Fate(send=SENDS + 1, moment=moment))
    story = Story(mortal, address, "no further send")
    await story.tell()
    assert story.deaths == 0


class Unlucky(Story):
    """Each life ends a few commits after it began."""

    lifetimes = (3, 6, 4, 8, 5, 7, 3, 6)

    def next_fate(self) -> Fate:
        if self.deaths > len(self.lifetimes):
            return Fate()
        return Fate(commit=self.lifetimes[self.deaths - 1], moment=("before", "after")[self.deaths % 2])


async def test_dying_again_and_again_in_one_story_loses_nothing(mortal: MortalWorld) -> None:
    address = await begin(mortal)
    await mortal.restart(Fate(commit=5, moment="after"))
    story = Unlucky(mortal, address, "dies and dies")
    await story.tell()
    assert story.deaths >= 4
    await require_told_once(story)
