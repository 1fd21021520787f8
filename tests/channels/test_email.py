"""Mail: what it looks like, and what a relay's refusal means."""

# pyright: basic

import asyncio

import pytest

from server.channels.base import Channel, DeliveryFailed
from server.channels.email import Address, Email, Letter, Relay, compose, read_relay
from server.kernel.outbound import Outbound
from server.kernel.settings import SettingError, Settings
from tests.channels.conftest import INCIDENT, NOTIFICATION, NOW, page
from tests.kit.fake_http import Reply, running
from tests.kit.fake_smtp import FakeSmtp

ANNA = Address(email="anna@example.com")
SENDER = "Dogwatch <oncall@example.org>"


def channel(url: str) -> Channel:
    made = Email.configured(Settings(smtp_url=url, smtp_from=SENDER), Outbound(), lambda: NOW)
    assert made is not None
    return made


async def test_a_mail_arrives():
    async with running(FakeSmtp()) as relay:
        await channel(relay.url).send(page(), ANNA)
        [mail] = relay.mails
    assert mail["To"] == "anna@example.com"
    assert mail["From"] == SENDER
    assert mail["Subject"] == "Checkout answers 5xx"
    assert mail["Message-ID"] == f"<{NOTIFICATION}@example.org>"
    assert mail["References"] == f"<incident-{INCIDENT}@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"] == "Sun, 01 Mar 2026 08:00:00 +0000"
    text, html = (part.get_content() for part in mail.iter_parts())
    link = f"https://oncall.example.com/incidents/{INCIDENT}"
    assert link in text
    assert f'href="{link}"' in html
    assert "act_" not in text + html, "a link opens the app; it never acts"


async def test_signing_in():
    async with running(FakeSmtp(user="me", password="p@ss/word")) as relay:
        good = f"smtp://me:p%40ss%2Fword@127.0.0.1:{relay.port}"
        await channel(good).send(page(), ANNA)
        with pytest.raises(DeliveryFailed) as caught:
            await channel(f"smtp://me:wrong@127.0.0.1:{relay.port}").send(page(), ANNA)
    assert (caught.value.reason, caught.value.bad_credentials) == ("smtp_535", True)
    assert not caught.value.dead_address


ROWS = [
    ("rcpt", "550 5.1.1 no such user", "smtp_550", True, True, False),
    ("rcpt", "550 no mailbox here", "smtp_550", True, True, False),
    ("rcpt", "550 5.7.1 rejected by policy", "smtp_550", True, False, False),
    ("rcpt", "553 5.1.3 bad address", "smtp_553", True, True, False),
    ("rcpt", "552 5.2.2 mailbox full", "smtp_552", True, False, False),
    ("rcpt", "450 4.2.1 greylisted", "smtp_450", False, False, False),
    ("rcpt", "451 4.7.1 later", "smtp_451", False, False, False),
    ("mail", "550 5.7.1 sender not allowed", "smtp_550", False, False, True),
    ("mail", "451 4.3.0 later", "smtp_451", False, False, False),
    ("data", "554 5.6.0 looks like spam", "smtp_554", True, False, False),
    ("data", "452 4.3.1 disk full", "smtp_452", False, False, False),
    ("data", "421 4.3.2 shutting down", "smtp_421", False, False, False),
]


@pytest.mark.parametrize(("stage", "line", "reason", "permanent", "dead", "credentials"), ROWS)
async def test_refusal(stage: str, line: str, reason: str, permanent: bool, dead: bool, credentials: bool):
    async with running(FakeSmtp()) as relay:
        relay.stages[stage] = line
        with pytest.raises(DeliveryFailed) as caught:
            await channel(relay.url).send(page(), ANNA)
        assert relay.mails == []
    failed = caught.value
    assert (failed.reason, failed.permanent) == (reason, permanent)
    assert (failed.dead_address, failed.bad_credentials) == (dead, credentials)


async def test_silence_and_nobody_there(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("server.channels.email.TIMEOUT_S", 0.3)
    async with running(FakeSmtp()) as relay:
        relay.answer(Reply(hang=True))
        with pytest.raises(DeliveryFailed) as caught:
            await channel(relay.url).send(page(), ANNA)
        assert (caught.value.reason, caught.value.permanent) == ("timeout", False)
    with pytest.raises(DeliveryFailed) as caught:
        await channel("smtp://127.0.0.1:1").send(page(), ANNA)
    assert (caught.value.reason, caught.value.permanent) == ("unreachable", False)


async def test_no_message_waits_behind_letters_to_subscribers():
    async with running(FakeSmtp()) as relay:
        relay.script.addresses["slow@example.com"] = Reply(hang=True)
        mail = channel(relay.url)
        assert isinstance(mail, Email)
        letter = Letter(id="u s", to="slow@example.com", subject="s", text="t", html="<p>t</p>")
        hung = [asyncio.create_task(mail.post(letter)) for _ in range(6)]
        await asyncio.sleep(0.2)
        await mail.send(page(), ANNA)
        assert [mail["To"] for mail in relay.mails] == ["anna@example.com"]
        assert not any(task.done() for task in hung)
        for task in hung:
            task.cancel()
        await asyncio.gather(*hung, return_exceptions=True)


async def test_a_letter_says_how_to_leave_the_list_in_headers_that_no_fold_breaks():
    link = f"https://status.example.com/unsubscribe?t={'a' * 300}"
    async with running(FakeSmtp()) as relay:
        mail = channel(relay.url)
        assert isinstance(mail, Email)
        words = {"subject": "Läuft wieder\r\nBcc: x@x.example", "text": "t", "html": "<p>t</p>"}
        await mail.post(Letter(id="u s", to=ANNA.email, unsubscribe=link, thread="status-e", **words))
        [taken] = relay.mails
    assert (taken["List-Unsubscribe"], taken["List-Unsubscribe-Post"]) == (f"<{link}>", "List-Unsubscribe=One-Click")
    assert (taken["Auto-Submitted"], taken["Bcc"]) == ("auto-generated", None)
    assert taken["References"] == "<status-e@example.org>"


@pytest.mark.parametrize("subject", ["[北风] 银行卡支付失败：调查中" * 4, "=?utf-8?q?Bcc?= x", "plain", "Läuft " * 30])
@pytest.mark.parametrize("text", ["short", "long " * 400, "über\nalles"])
async def test_a_letter_arrives_as_it_was_written(subject: str, text: str):
    async with running(FakeSmtp()) as relay:
        mail = channel(relay.url)
        assert isinstance(mail, Email)
        await mail.post(Letter(id="u s", to=ANNA.email, subject=subject, text=text, html=f"<p>{text}</p>"))
        [taken] = relay.mails
    assert taken["Subject"] == subject[:200].strip()
    bodies = {kind: taken.get_body((kind,)) for kind in ("plain", "html")}
    read = {kind: part.get_content().replace("\r\n", "\n").strip() for kind, part in bodies.items() if part}
    assert read == {"plain": text.strip(), "html": f"<p>{text}</p>"}
    assert max(len(line) for line in taken.as_bytes().split(b"\n")) < 999


async def test_an_address_that_no_header_holds_fails_for_good_and_is_no_crash():
    async with running(FakeSmtp()) as relay:
        mail = channel(relay.url)
        assert isinstance(mail, Email)
        letter = Letter(id="u s", to="jürgen@example.com", subject="s", text="t", html="<p>t</p>")
        for sending in (mail.send(page(), Address(email="jürgen@example.com")), mail.post(letter)):
            with pytest.raises(DeliveryFailed) as caught:
                await sending
            assert (caught.value.reason, caught.value.permanent) == ("invalid_message", True)


async def test_behind_a_relay_that_hangs_nobody_waits_long(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("server.channels.email.STILL_S", 0.05)
    async with running(FakeSmtp()) as relay:
        relay.answer(*[Reply(hang=True)] * 4)
        mail = channel(relay.url)
        hung = [asyncio.create_task(mail.send(page(), ANNA)) for _ in range(4)]
        while relay.script.first:
            await asyncio.sleep(0.01)
        with pytest.raises(DeliveryFailed) as caught:
            await mail.send(page(), ANNA)
        assert (caught.value.reason, caught.value.permanent) == ("timeout", False)
        assert not any(task.done() for task in hung)
        for task in hung:
            task.cancel()
        await asyncio.gather(*hung, return_exceptions=True)


async def test_after_a_passing_failure_the_same_mail_goes_again():
    async with running(FakeSmtp()) as relay:
        relay.answer(Reply(451, "4.3.0 later"))
        with pytest.raises(DeliveryFailed):
            await channel(relay.url).send(page(), ANNA)
        await channel(relay.url).send(page(), ANNA)
        ids = {request.headers["message-id"] for request in relay.requests}
    assert ids == {f"<{NOTIFICATION}@example.org>"}


@pytest.mark.parametrize(
    "address",
    [
        "",
        "anna",
        "anna@",
        "@example.com",
        "a b@example.com",
        "anna@example.com\r\nBcc: x@y.z",
        "a@b,c@d",
        "<a@b>",
    ],
)
async def test_not_a_mailbox(address: str):
    with pytest.raises(DeliveryFailed) as caught:
        await channel("smtp://127.0.0.1:1").send(page(), Address(email=address))
    assert (caught.value.reason, caught.value.dead_address) == ("invalid_address", True)


def test_a_title_cannot_start_another_header():
    title = "Down\r\nBcc: victim@example.com\r\n\r\nbody\x00\u2028\ud83d"
    mail = compose(page(title=title, id="n\r\nX: y"), ANNA.email, sender=SENDER, now=lambda: NOW)
    raw = mail.as_bytes()
    assert mail["Bcc"] is None
    assert mail["Subject"].startswith("Down Bcc:")
    assert raw.count(b"\nBcc:") == 0
    assert raw.count(b"\nX:") == 0


def test_html_is_inert():
    mail = compose(
        page(title="<script>", body="<img src=x onerror=y>\n<b>"),
        ANNA.email,
        sender=SENDER,
        now=lambda: NOW,
    )
    html = list(mail.iter_parts())[1].get_content()
    for live in ("<script", "<img", "<b>"):
        assert live not in html


def test_privacy_holds_for_mail():
    raw = compose(page(privacy="minimal"), ANNA.email, sender=SENDER, now=lambda: NOW).as_string()
    assert "heckout" not in raw
    assert "prod-eu" not in raw


@pytest.mark.parametrize(
    ("url", "relay", "start_tls"),
    [
        ("smtp://r", Relay(host="r", port=25, user=None, password=None, is_tls=False), None),
        ("smtp://u:p@r", Relay(host="r", port=587, user="u", password="p", is_tls=False), True),
        (
            "smtp://u:p@localhost",
            Relay(host="localhost", port=587, user="u", password="p", is_tls=False),
            None,
        ),
        ("smtps://u:p@r", Relay(host="r", port=465, user="u", password="p", is_tls=True), False),
        ("smtp://r:2525", Relay(host="r", port=2525, user=None, password=None, is_tls=False), None),
    ],
)
def test_the_relay_of_a_url(url: str, relay: Relay, start_tls: bool | None):
    assert read_relay(url) == relay
    assert read_relay(url).start_tls is start_tls


def test_a_sender_that_is_no_address_stops_the_start():
    with pytest.raises(SettingError):
        Email.configured(Settings(smtp_url="smtp://r", smtp_from="nobody"), Outbound(), lambda: NOW)
