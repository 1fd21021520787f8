"""Contact methods: proven before they are paged, by a mailed code or a signed challenge."""

import base64
import dataclasses
import hashlib
import hmac
from datetime import timedelta
from typing import Any

import pytest

from server.kernel.database import Database
from server.kernel.errors import Stale
from server.kernel.settings import Settings
from tests.kernel.refusing import Refusing
from tests.kit.client import Client
from tests.kit.fake_http import Reply
from tests.kit.providers import Providers, code_in, text_of
from tests.kit.world import world_of
from tests.pages.conftest import providers as providers

pytestmark = pytest.mark.store
METHODS = "/api/v1/me/contact-methods"
MAIL = {"channel": "email", "name": "Work", "value": "ana@work.example.com"}


async def ana_of(providers: Providers, **more: Any) -> Client:
    if "Payments" not in providers.world.teams:
        await providers.world.add_team("Payments")
    await providers.world.add_person("Ana", team="Payments", reach="", **more)
    return await providers.world.sign_in("Ana")


async def mailed(providers: Providers) -> str:
    await providers.world.settle()
    return code_in(providers.smtp.mails[-1])


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


async def verify(client: Client, id: str, code: str) -> Any:
    return await client.send("POST", f"{METHODS}/{id}/verify", {"code": code})


async def warnings(client: Client) -> list[str]:
    return [flaw["code"] for flaw in (await client.get("/api/v1/me/notification-rules"))["warnings"]]


async def test_a_mail_address_is_paged_once_its_code_was_entered(providers: Providers) -> None:
    ana = await ana_of(providers, language="zh", time_zone="Asia/Shanghai")
    made = await ana.post(METHODS, MAIL)
    assert (made["verified_at"], made["label"], made["value"]) == (None, "a…@work.example.com", MAIL["value"])
    assert "reaches_nobody" in await warnings(ana)
    code = await mailed(providers)
    mail = providers.smtp.mails[-1]
    assert mail["To"] == MAIL["value"]
    assert "验证码" in mail["Subject"]
    assert "(Asia/Shanghai)" in text_of(mail)
    assert (await verify(ana, made["id"], f" {code} ")).json()["verified_at"] is not None
    assert await warnings(ana) == []
    assert (await verify(ana, made["id"], "anything")).status_code == 200, "it is verified already"


async def test_the_database_never_holds_the_code(providers: Providers) -> None:
    ana = await ana_of(providers)
    await ana.post(METHODS, MAIL)
    code = await mailed(providers)
    [(message,)] = await providers.world.db.values("SELECT message FROM delivery")
    assert code not in message
    rows = await providers.world.db.values("SELECT * FROM contact_code")
    assert code not in str(rows)


async def test_five_tries_then_a_new_code_is_needed(providers: Providers) -> None:
    ana = await ana_of(providers)
    made = await ana.post(METHODS, MAIL)
    code = await mailed(providers)
    for left in (4, 3, 2, 1, 0):
        refused = await verify(ana, made["id"], wrong(code))
        [flaw] = refused.json()["errors"]
        assert (refused.status_code, flaw["field"], flaw["code"]) == (400, "code", "wrong_code")
        assert flaw["args"] == {"tries_left": left}
    spent = await verify(ana, made["id"], code)
    assert (spent.status_code, spent.json()["code"]) == (409, "code_spent")
    await providers.world.advance(seconds=61)
    await ana.post(f"{METHODS}/{made['id']}/send-code")
    fresh = await mailed(providers)
    assert fresh != code
    assert (await verify(ana, made["id"], fresh)).status_code == 200


async def test_a_code_is_good_for_ten_minutes_and_only_the_newest(providers: Providers) -> None:
    ana = await ana_of(providers)
    made = await ana.post(METHODS, MAIL)
    first = await mailed(providers)
    await providers.world.advance(seconds=70)
    await ana.post(f"{METHODS}/{made['id']}/send-code")
    second = await mailed(providers)
    assert (await verify(ana, made["id"], first)).status_code == 400
    await providers.world.advance(minutes=10)
    ana = await providers.world.sign_in("Ana")
    assert (await verify(ana, made["id"], second)).json()["code"] == "code_spent"


async def test_codes_are_throttled_also_for_who_removes_and_adds(providers: Providers) -> None:
    ana = await ana_of(providers)
    made = await ana.post(METHODS, MAIL)
    soon = await ana.send("POST", f"{METHODS}/{made['id']}/send-code")
    assert (soon.status_code, soon.json()["code"]) == (429, "code_just_sent")
    assert 0 < int(soon.headers["retry-after"]) <= 61
    assert (await ana.send("POST", METHODS, MAIL)).status_code == 429
    for n in range(9):
        more = await ana.post(METHODS, MAIL | {"value": f"victim{n}@example.com"})
        assert (await ana.send("DELETE", f"{METHODS}/{more['id']}")).status_code == 204
    much = await ana.send("POST", METHODS, MAIL | {"value": "one.more@example.com"})
    assert (much.status_code, much.json()["code"]) == (429, "too_many_codes")


async def test_an_address_added_again_stays_verified(providers: Providers) -> None:
    ana = await ana_of(providers)
    made = await providers.add_contact(ana, "email", MAIL["value"])
    again = await ana.post(METHODS, MAIL | {"name": "Renamed", "value": MAIL["value"].upper()})
    assert (again["id"], again["name"]) == (made["id"], "Renamed")
    assert again["verified_at"] is not None
    await providers.world.settle()
    assert providers.smtp.mails == []


async def test_the_owners_own_mail_address_pages_a_fresh_installation(providers: Providers) -> None:
    owner = await ana_of(providers, role="owner")
    own = await owner.post(METHODS, MAIL | {"value": "Ana@example.com"})
    other = await owner.post(METHODS, MAIL | {"value": "ana@other.example.com"})
    assert own["verified_at"] is not None
    assert other["verified_at"] is None


@pytest.mark.parametrize("value", ["nonsense", "a b@example.com", "Ana <ana@example.com>", "a@b@c", "@example.com"])
async def test_what_is_no_mail_address_is_said_plainly(providers: Providers, value: str) -> None:
    ana = await ana_of(providers)
    refused = await ana.send("POST", METHODS, MAIL | {"value": value})
    [flaw] = refused.json()["errors"]
    assert (flaw["field"], flaw["code"], flaw["message"]) == ("value", "not_an_email", "must be an email address")
    assert "regex" not in refused.text


async def test_a_webhook_proves_itself_by_taking_a_signed_challenge(providers: Providers) -> None:
    ana = await ana_of(providers)
    body = {"channel": "webhook", "name": "Bot", "value": providers.webhook.url("/bot?key=k")}
    made = await ana.post(METHODS, body, idempotency_key="once")
    [challenge] = providers.webhook.requests
    assert challenge.json["type"] == "address.challenge"
    headers = challenge.headers
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + challenge.body
    key = base64.b64decode(made["secret"].removeprefix("whsec_"))
    digest = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{digest}"
    assert made["verified_at"] is not None
    assert made["label"] == "127.0.0.1"
    assert await ana.post(METHODS, body, idempotency_key="once") == made, "an answer that got lost is given again"
    [listed] = (await ana.get(METHODS))["items"]
    assert listed["secret"] is None, "shown once"
    kept = await providers.world.db.values("SELECT body FROM idempotency")
    assert all(made["secret"].encode() not in bytes(row[0]) for row in kept)


async def test_a_secret_of_ones_own_is_never_shown(providers: Providers) -> None:
    ana = await ana_of(providers)
    body = {"channel": "webhook", "name": "Bot", "value": providers.webhook.url(), "secret": "sixteen letters and more"}
    assert (await ana.post(METHODS, body))["secret"] is None


async def test_a_webhook_that_doesnt_is_refused_in_the_same_words_whatever_is_there(providers: Providers) -> None:
    ana = await ana_of(providers)
    said: set[str] = set()
    here = providers.webhook.url()
    for url, reply in (
        ("http://169.254.169.254/latest", None),
        ("http://nowhere.invalid/", None),
        ("http://127.0.0.1:1/", None),
        ("http://10.0.0.7:9/", None),
        ("http://[fd12::7]/", None),
        (here, Reply(404)),
        (here, Reply(302, headers={"location": "http://169.254.169.254/"})),
        (here, Reply(503)),
        (here, Reply(drop=True)),
    ):
        if reply is not None:
            providers.webhook.answer(reply)
        refused = await ana.send("POST", METHODS, {"channel": "webhook", "name": "Bot", "value": url})
        [flaw] = refused.json()["errors"]
        assert (refused.status_code, flaw["field"], flaw["code"]) == (400, "value", "unreachable")
        said.add(refused.text)
    assert len(said) == 1
    assert (await ana.get(METHODS))["items"] == []


async def test_a_person_tries_so_many_addresses_and_no_more_on_all_ways_together(providers: Providers) -> None:
    ana, now = await ana_of(providers), providers.world.clock
    webhook = {"channel": "webhook", "name": "Bot", "value": "http://127.0.0.1:1/"}
    calendar = {"name": "Mine", "url": "http://127.0.0.1:1/"}
    statuses = []
    for _ in range(11):
        statuses.append((await ana.send("POST", METHODS, webhook)).status_code)
        statuses.append((await ana.send("POST", "/api/v1/me/time-off-calendars", calendar)).status_code)
    assert statuses == [400] * 20 + [429] * 2
    refused = await ana.send("POST", METHODS, webhook)
    assert refused.json()["code"] == "too_many_addresses_tried"
    now.advance(timedelta(seconds=int(refused.headers["retry-after"])))
    assert (await ana.send("POST", METHODS, webhook)).status_code == 400


async def test_loopback_is_refused_unless_the_operator_allows_it(settings: Settings, db: Database) -> None:
    async with world_of(dataclasses.replace(settings, public_url="https://x.example.com"), db) as world:
        await world.add_person("Ana", reach="")
        ana = await world.sign_in("Ana")
        body = {"channel": "webhook", "name": "Bot", "value": "http://127.0.0.1:8000/health"}
        refused = await ana.send("POST", METHODS, body)
        [flaw] = refused.json()["errors"]
        assert (flaw["field"], flaw["code"]) == ("value", "unreachable")
        unset = await ana.send("POST", METHODS, MAIL)
        assert (unset.status_code, unset.json()["code"]) == (409, "channel_not_configured")


@pytest.mark.parametrize(("method", "suffix"), [("POST", "/verify"), ("POST", "/send-code"), ("DELETE", "")])
async def test_somebody_elses_address_isnt_there(providers: Providers, method: str, suffix: str) -> None:
    ana = await ana_of(providers)
    made = await ana.post(METHODS, MAIL)
    code = await mailed(providers)
    await providers.world.add_person("Bo", team="Payments", reach="")
    bo = await providers.world.sign_in("Bo")
    body = {"code": code} if suffix == "/verify" else None
    foreign = await bo.send(method, f"{METHODS}/{made['id']}{suffix}", body)
    nothing = await bo.send(method, f"{METHODS}/nothing{suffix}", body)
    assert foreign.status_code == nothing.status_code == 404
    assert foreign.json() == nothing.json()
    assert (await ana.get(METHODS))["items"][0]["verified_at"] is None


async def test_every_change_is_in_the_audit_trail_without_what_was_typed(providers: Providers) -> None:
    ana = await ana_of(providers)
    made = await providers.add_contact(ana, "email", MAIL["value"])
    assert (await ana.send("DELETE", f"{METHODS}/{made['id']}")).status_code == 204
    rows = await providers.world.db.values("SELECT verb, differences FROM audit WHERE verb <> 'signed_in' ORDER BY seq")
    assert [verb for verb, _ in rows] == ["made", "verified", "removed"]
    assert MAIL["value"] not in str(rows)


async def test_a_webhook_is_challenged_once_however_often_the_address_is_decided_again(providers: Providers) -> None:
    """And the secret that is kept is the one that the challenge was signed with."""
    ana = await ana_of(providers)
    refusing = Refusing(providers.world.db)
    refusing.refuse('INTO "address"', times=3, error=Stale)
    providers.world.parts.db = refusing
    made = await ana.post(METHODS, {"channel": "webhook", "name": "Hook", "value": providers.webhook.url()})
    [challenge] = providers.webhook.requests
    signed = f"{challenge.headers['webhook-id']}.{challenge.headers['webhook-timestamp']}.".encode() + challenge.body
    key = base64.b64decode(made["secret"].removeprefix("whsec_"))
    digest = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert challenge.headers["webhook-signature"] == f"v1,{digest}"
