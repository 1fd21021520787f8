"""Subscribers hear by mail of what is published, after they confirmed, and one click ends it."""

import re
from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from server.kernel.database import Database
from server.kernel.settings import Settings
from server.status_pages.subscribers import fan_out
from shared.wire import routes
from tests.kit.fake_http import Reply
from tests.status_pages.site.hostile import CORPUS
from tests.status_pages.subscribers.post_office import PostOffice, post_office, text_of, token_in


@pytest.fixture
async def office(settings: Settings, db: Database, tmp_path: Path) -> AsyncGenerator[PostOffice]:
    async with post_office(settings, db, tmp_path / "sites") as made:
        yield made


@pytest.mark.store
async def test_a_visitor_subscribes_confirms_hears_and_unsubscribes_from_the_mail(office: PostOffice) -> None:
    page = await office.visit("subscribe.html")
    assert 'action="./subscribe"' in page.text
    assert "Checkout" in page.text
    answer = await office.subscribe("Vera@Example.com")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    (asked,) = office.mails
    assert (asked["To"], asked["Subject"]) == ("vera@example.com", "Confirm your subscription to Nordwind")
    assert (asked["Auto-Submitted"], asked["List-Unsubscribe"]) == ("auto-generated", None)
    await office.publish(office.world.update_of("investigating", "Too early."))
    assert len(office.mails) == 1, "nothing before it is confirmed"
    token = token_in(asked, "confirm")
    seen = await office.visit(f"confirm?t={token}")
    assert "<button>Confirm</button>" in seen.text
    await office.publish(office.world.update_of("investigating", "Looked at by a scanner."))
    assert len(office.mails) == 1, "reading a link changes nothing"
    assert "You are subscribed" in (await office.visit("confirm", t=token)).text
    event = await office.publish(
        office.world.update_of("investigating", "Looking **into** it.", Checkout="partial_outage")
    )
    letter = office.mails[-1]
    assert letter["Subject"] == "[Nordwind] Cards fail: Investigating"
    assert "Looking into it." in text_of(letter)
    assert "Checkout: Partial outage" in text_of(letter)
    assert f"/status/nordwind/events/{event.number}.html" in text_of(letter)
    assert "<strong>into</strong>" in text_of(letter, "html")
    header = re.fullmatch(r"<(http://localhost/status/nordwind/unsubscribe\?t=\S+)>", letter["List-Unsubscribe"])
    assert header is not None, letter["List-Unsubscribe"]
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "<button>Unsubscribe</button>" in (await office.world.http.get(header[1])).text
    assert (await office.world.db.value("SELECT COUNT(*) FROM status_subscriber")) == 1
    for _ in range(2):
        gone = await office.world.http.post(header[1], data={"List-Unsubscribe": "One-Click"})
        assert (gone.status_code, "set-cookie" in gone.headers) == (200, False)
    await office.publish(office.world.update_of("investigating", "More."))
    assert office.mails[-1] is not None
    assert len(office.mails) == 2
    assert await office.world.db.value("SELECT COUNT(*) FROM status_subscriber") == 0


async def test_a_confirmation_holds_for_a_day(office: PostOffice) -> None:
    await office.subscribe("vera@example.com")
    token = token_in(office.mails[0], "confirm")
    office.world.clock.move_to(office.world.clock.now() + timedelta(hours=24))
    assert (await office.visit("confirm", t=token)).status_code == 404
    assert (await office.visit("confirm", t=token[:-1] + "x")).status_code == 404
    assert await office.world.db.value("SELECT confirmed_at FROM status_subscriber") is None


async def test_whoever_wants_some_components_or_one_event_hears_of_these(office: PostOffice) -> None:
    world = office.world
    checkout = world.components["Checkout"]
    await office.confirmed("some@example.com", scope="some", component=checkout)
    first = await office.publish(world.update_of("investigating", "a", API="full_outage"))
    assert len(office.to("some@example.com")) == 1, "the confirmation alone"
    page = await office.world.http.get(f"{routes.STATUS_SITES}/nordwind/events/{first.number}.html")
    if page.status_code == 404:
        await world.parts.site_keeper.refresh()
        page = await office.visit(f"events/{first.number}.html")
    assert f'name="event" value="{first.id}"' in page.text
    await office.confirmed("one@example.com", scope="event", event=first.id)
    await office.publish(world.update_of("investigating", "b", Checkout="full_outage"))
    path = f"{routes.STATUS_EVENTS.format(status_page_id=office.page.id)}/{first.id}/updates"
    await (await world.client("Ana")).post(path, world.update_of("identified", "c"))
    await world.settle()
    assert [mail["Subject"] for mail in office.to("some@example.com")[1:]] == ["[Nordwind] Cards fail: Investigating"]
    assert [mail["Subject"] for mail in office.to("one@example.com")[1:]] == ["[Nordwind] Cards fail: Identified"]


async def test_an_update_is_sent_unless_its_publisher_says_no_and_the_past_only_when_they_say_yes(
    office: PostOffice,
) -> None:
    world = office.world
    await office.confirmed("vera@example.com")
    before = len(office.mails)
    await office.publish(world.update_of("investigating") | {"notify": False})
    now = world.clock.now()
    past = [
        world.update_of("investigating", at=now - timedelta(days=2)),
        world.update_of("resolved", "Told later.", at=now - timedelta(days=1)),
    ]
    await office.publish(*past, is_past=True)
    assert len(office.mails) == before
    await office.publish(past[0], past[1] | {"notify": True}, is_past=True)
    assert "Told later." in text_of(office.mails[-1])
    later = now + timedelta(hours=1)
    await office.publish(world.update_of("investigating", "On time."), publish_at=later)
    assert "Told later." in text_of(office.mails[-1])
    await world.advance(hours=1, seconds=10)
    assert "On time." in text_of(office.mails[-1])


@pytest.mark.store
async def test_no_more_letters_are_written_than_leave_and_everybody_gets_theirs_once(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fan_out, "SLICE", 4)
    monkeypatch.setattr(fan_out, "MOST_WAITING", 4)
    world, path = office.world, routes.STATUS_SUBSCRIBERS_CSV.format(status_page_id=office.page.id)
    table = "email\n" + "\n".join(f"reader{n}@example.com" for n in range(14))
    await (await world.client("Ana")).send("POST", path, {"csv": table})
    office.smtp.answer(Reply(status=451, body="4.3.0 later"))
    said = world.update_of("investigating", "Looking.")
    most = 0
    await world.add_status_event(office.page, "Cards fail", said)
    while await world.db.value("SELECT COUNT(*) FROM due WHERE kind IN ('status.notify', 'status.letter')"):
        await world.engine.due.cycle()
        most = max(most, await world.db.value("SELECT COUNT(*) FROM status_letter WHERE state = 'queued'"))
        await world.advance(seconds=10)
    assert sorted(mail["To"] for mail in office.mails) == sorted(f"reader{n}@example.com" for n in range(14))
    assert most <= 9, "a slice, another that began when only three waited, and the one that is tried again"


@pytest.mark.store
async def test_letters_say_what_is_true_when_they_leave(office: PostOffice) -> None:
    world = office.world
    for name in ("vera", "wim"):
        await office.confirmed(f"{name}@example.com")
    event = await office.publish(world.update_of("investigating", "First."))
    assert "First." in text_of(office.mails[-1])
    path = f"{routes.STATUS_EVENTS.format(status_page_id=office.page.id)}/{event.id}"
    await (await world.client("Ana")).put(path, {"title": {"en": "Payments fail"}}, rev=event.rev)
    await (await world.client("Ana")).post(f"{path}/updates", world.update_of("identified", "Found."))
    await world.settle()
    assert {mail["Subject"] for mail in office.mails[-2:]} == {"[Nordwind] Payments fail: Identified"}


async def test_a_mail_speaks_the_language_of_its_reader(office: PostOffice) -> None:
    await office.confirmed("li@example.com", language="zh")
    assert office.mails[0]["Subject"] == "确认订阅 Nordwind"
    said = office.world.update_of("investigating") | {"body": {"en": "Looking.", "zh": "正在调查。"}}
    await office.publish(said)
    assert office.mails[-1]["Subject"] == "[Nordwind] Cards fail: 调查中"
    assert "正在调查。" in text_of(office.mails[-1])
    assert "退订" in text_of(office.mails[-1])


async def test_the_publisher_sees_what_became_of_each_letter(office: PostOffice) -> None:
    await office.confirmed("vera@example.com")
    await office.confirmed("gone@example.com")
    office.smtp.script.addresses["gone@example.com"] = Reply(status=550, body="5.7.1 no")
    event = await office.publish(office.world.update_of("investigating", "x"))
    path = routes.STATUS_LETTERS.format(status_page_id=office.page.id, status_event_id=event.id)
    found = await (await office.world.client("Ana")).get(path)
    assert sorted((each["label"], each["state"]) for each in found["items"]) == [
        ("g…@example.com", "failed"),
        ("v…@example.com", "sent"),
    ]
    counts = await (await office.world.client("Ana")).get(
        routes.STATUS_NOTIFIED.format(status_page_id=office.page.id, status_event_id=event.id)
    )
    assert [(each["sent"], each["queued"], each["failed"]) for each in counts["items"]] == [(1, 0, 1)]


async def test_a_relay_that_refuses_is_tried_again_and_a_dead_mailbox_gets_no_more(office: PostOffice) -> None:
    await office.confirmed("vera@example.com")
    office.smtp.stages["rcpt"] = "450 4.2.1 later"
    await office.publish(office.world.update_of("investigating", "Held up."))
    assert await office.world.db.values("SELECT state, reason, attempts FROM status_letter") == [
        ("queued", "smtp_450", 1)
    ]
    del office.smtp.stages["rcpt"]
    await office.world.advance(minutes=2)
    assert "Held up." in text_of(office.mails[-1])
    office.smtp.stages["rcpt"] = "550 5.1.1 nobody"
    for _ in range(3):
        await office.publish(office.world.update_of("investigating", "x"))
    assert await office.world.db.value("SELECT failures FROM status_subscriber") == 2
    assert await office.world.db.value("SELECT COUNT(*) FROM status_letter WHERE state = 'failed'") == 2


async def test_hostile_words_run_in_no_mail(office: PostOffice) -> None:
    await office.confirmed("vera@example.com")
    for payload in CORPUS[:: len(CORPUS) // 24]:
        title = re.sub(r"[\x00-\x1f]", "", payload)[:150] or "x"
        said = office.world.update_of("investigating") | {"body": {"en": payload.replace("\x00", "")}}
        await office.publish(said, title=title)
        html = text_of(office.mails[-1], "html").lower()
        assert not re.search(r"<(script|img|svg|iframe|object|embed|form|input|style|link|base|meta|video)\b", html), (
            payload
        )
        assert not re.search(r"<[^>]*\son\w+\s*=", html), payload
        schemes = {urlsplit(each).scheme for each in re.findall(r'href="([^"]*)"', html)}
        assert schemes <= {"", "http", "https", "mailto"}, payload
