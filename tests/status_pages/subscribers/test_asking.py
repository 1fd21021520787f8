"""Subscribe forms send nobody a flood, tell nobody who is known, and take what is no address for none."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

import pytest

from server.kernel.database import Database
from server.kernel.errors import TooManyRequests
from server.kernel.settings import Settings
from server.status_pages.subscribers.asking import ask_to_subscribe
from shared.domain.status.subscribing import Scope
from tests.status_pages.subscribers.post_office import PostOffice, post_office, token_in


@pytest.fixture
async def office(settings: Settings, db: Database, tmp_path: Path) -> AsyncGenerator[PostOffice]:
    async with post_office(settings, db, tmp_path / "sites") as made:
        yield made


async def ask(office: PostOffice, email: str, origin: str) -> None:
    world = office.world
    await ask_to_subscribe(
        world.db,
        world.engine.secrets,
        office.page.id,
        email=email,
        scope=Scope(),
        language="en",
        origin=origin,
        now=world.clock.now(),
    )


async def test_ten_thousand_posts_for_one_address_send_three_mails(office: PostOffice) -> None:
    for n in range(10_000):
        await ask(office, "Victim@example.com" if n % 2 else " victim@example.com", f"10.{n // 250}.0.{n % 250}")
        if n % 1000 == 0:
            await office.world.settle()
    await office.world.settle()
    assert 1 <= len(office.to("victim@example.com")) <= 3
    office.world.clock.move_to(office.world.clock.now() + timedelta(days=1))
    await ask(office, "victim@example.com", "10.9.9.9")
    await office.world.settle()
    assert len(office.mails) <= 4


async def test_one_stranger_asks_so_often_and_no_oftener(office: PostOffice) -> None:
    for n in range(20):
        await ask(office, f"v{n}@example.com", "10.0.0.1")
    with pytest.raises(TooManyRequests):
        await ask(office, "v21@example.com", "10.0.0.1")
    answers = [(await office.subscribe(f"w{n}@example.com")).status_code for n in range(21)]
    assert answers == [200] * 20 + [429]


async def test_the_answer_is_the_same_whether_an_address_is_known_or_not(office: PostOffice) -> None:
    await office.confirmed("known@example.com")
    known, unknown = [await office.subscribe(each) for each in ("known@example.com", "unknown@example.com")]
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    assert [mail["Subject"] for mail in office.mails[-2:]] == [
        "You are subscribed to Nordwind already",
        "Confirm your subscription to Nordwind",
    ]
    assert token_in(office.mails[-2], "manage")


@pytest.mark.parametrize(
    "email",
    ["", "x", "a@b@c", "a b@example.com", "vera@example.com\r\nBcc: x@x.example", "<vera@example.com>", "x" * 300],
)
async def test_what_is_no_address_is_refused_in_words(office: PostOffice, email: str) -> None:
    answer = await office.subscribe(email)
    assert (answer.status_code, "This is no email address." in answer.text) == (400, True)
    assert office.mails == []


async def test_a_page_may_take_no_subscribers(office: PostOffice) -> None:
    client = await office.world.client("Ana")
    path = f"/api/v1/status-pages/{office.page.id}"
    page = await client.get(path)
    body = {name: value for name, value in page.items() if name not in ("id", "rev")}
    await client.put(path, body | {"takes_subscribers": False}, rev=page["rev"])
    await office.world.parts.site_keeper.refresh()
    assert (await office.visit("subscribe.html")).status_code == 404
    assert "Subscribe by email" not in (await office.visit("")).text
    assert (await office.subscribe("vera@example.com")).status_code == 409
    assert office.mails == []


@pytest.mark.parametrize("path", ["confirm", "manage", "unsubscribe"])
async def test_no_token_and_no_number_of_fields_is_more_than_a_bad_link(office: PostOffice, path: str) -> None:
    for query in ("", "t=", "t=a.b", "t=%C3%A9.%C3%A9", "t=%00.%00", "&".join(["t=1"] * 50), "t=" + "9" * 5000):
        assert (await office.visit(f"{path}?{query}")).status_code == 404, query[:40]
        assert (await office.visit(path, x=query)).status_code == 404, query[:40]
    assert (await office.visit("subscribe", email="a@example.com", scope="event", event="\x00")).status_code == 400


@pytest.mark.parametrize(
    "wanted", [{"scope": "some"}, {"scope": "event", "event": "nope"}, {"scope": "some", "component": "x"}]
)
async def test_who_chooses_nothing_is_asked_to_and_hears_of_nothing(office: PostOffice, wanted: dict[str, str]) -> None:
    answer = await office.subscribe("vera@example.com", **wanted)
    assert (answer.status_code, "Choose at least one thing" in answer.text) == (400, True)
    assert await office.world.db.value("SELECT COUNT(*) FROM status_subscriber") == 0
    assert office.mails == []


async def test_names_behind_a_plus_are_one_inbox(office: PostOffice) -> None:
    for n in range(50):
        await ask(office, f"Victim+{n}@example.com", f"10.0.1.{n}")
    await office.world.settle()
    assert len(office.mails) == 3
    await ask(office, "+@example.com", "10.0.2.1")
    await ask(office, "++@example.com", "10.0.2.2")
    await office.world.settle()
    assert len(office.mails) == 5
