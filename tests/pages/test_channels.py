"""Ways out that administrators configure: kept sealed, taken up at once, never over the environment."""

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from phone.base.i18n import Words, catalogue
from phone.console.channels.kind import CONFIG
from phone.console.form.schema import schema_fields
from server.kernel.database import Database
from server.kernel.settings import Settings
from shared.wire.problems import FieldProblem
from tests.kit.certificates import write_apns_key
from tests.kit.client import Client
from tests.kit.fake_http import running
from tests.kit.fake_smtp import FakeSmtp
from tests.kit.providers import LOOPBACK, Providers, code_in
from tests.kit.world import World, world_of

ACCOUNT_OF_NOBODY = (
    '{"type":"service_account","project_id":1,"private_key":5,"client_email":[],"token_uri":{},"private_key_id":0}'
)
CHANNELS = "/api/v1/channels"


@pytest.fixture
async def bare(settings: Settings, db: Database) -> AsyncIterator[World]:
    """An installation whose environment configures no way out."""
    async with world_of(dataclasses.replace(settings, egress_allow_cidrs=LOOPBACK), db) as world:
        await world.add_team("Payments")
        await world.add_person("Root", role="admin", reach="")
        await world.add_person("Ana", team="Payments", reach="")
        yield world


async def configure(client: Client, slug: str, config: dict[str, Any], rev: int = 0) -> Any:
    return await client.send("PUT", f"{CHANNELS}/{slug}", {"config": config}, headers={"if-match": str(rev)})


async def test_every_way_out_describes_itself_in_both_languages(bare: World) -> None:
    root = await bare.sign_in("Root")
    listed = {item["slug"]: item for item in (await root.get(CHANNELS))["items"]}
    assert {slug: (item["is_configured"], item["source"]) for slug, item in listed.items()} == {
        "email": (False, None),
        "push": (False, None),
        "webhook": (True, "always"),
    }
    for item in listed.values():
        assert set(item["title"]) == {"en", "zh"}
        for field in item["config_schema"]["properties"].values():
            assert set(field["x-title"]) == {"en", "zh"}
            assert field["type"] == "string"
    fields = listed["email"]["config_schema"]["properties"]
    assert fields["smtp_url"]["writeOnly"] is True
    found = schema_fields(Words("zh"), listed["email"]["config_schema"], CONFIG)
    drawn = {each.key: (each.form, each.hint) for each in found}
    assert drawn == {
        "config.smtp_url": ("secret", "smtp://user:password@host:587"),
        "config.smtp_from": ("text", "Dogwatch <pager@example.com>"),
    }


async def test_mail_that_is_configured_in_the_app_leaves_at_once_and_keeps_its_secret(bare: World) -> None:
    root, ana = await bare.sign_in("Root"), await bare.sign_in("Ana")
    async with running(FakeSmtp()) as smtp:
        config = {"smtp_url": smtp.url, "smtp_from": "Dogwatch <pager@example.com>"}
        saved = (await configure(root, "email", config)).json()
        assert (saved["is_configured"], saved["source"], saved["rev"]) == (True, "here", 1)
        assert saved["config"] == {"smtp_from": "Dogwatch <pager@example.com>"}
        assert saved["has"] == ["smtp_url"]
        body = {"channel": "email", "name": "Work", "value": "ana@example.com"}
        made = await ana.post("/api/v1/me/contact-methods", body)
        await bare.settle()
        code = code_in(smtp.mails[-1])
        await ana.post(f"/api/v1/me/contact-methods/{made['id']}/verify", {"code": code})
        changed = (await configure(root, "email", {"smtp_from": "new@example.com"}, rev=1)).json()
        assert (changed["rev"], changed["has"]) == (2, ["smtp_url"]), "a secret left out stays"
        test = await ana.post(f"{CHANNELS}/email/test")
        await bare.settle()
        assert smtp.mails[-1]["From"] == "new@example.com"
        found = await ana.get(f"/api/v1/notifications/{test['notification_id']}")
        assert (found["state"], found["kind"]) == ("accepted", "test")
        shown = await ana.get(f"{CHANNELS}/email")
        assert (shown["config"], shown["has"]) == ({}, []), "how it is set is for administrators"
        assert shown["last_success_at"] is not None
    await ana.post(f"{CHANNELS}/email/test")
    await bare.settle()
    failed = await root.get(f"{CHANNELS}/email")
    assert failed["last_failure_reason"] == "unreachable"
    kept = await bare.db.values("SELECT config_enc FROM channel_setting")
    assert "127.0.0.1" not in str(kept)
    audit = await bare.db.values("SELECT differences FROM audit WHERE object_kind = 'channel'")
    assert len(audit) == 2
    assert "127.0.0.1" not in str(audit)
    gone = (await configure(root, "email", {"smtp_url": ""}, rev=2)).json()
    assert (gone["is_configured"], gone["has"]) == (False, [])


async def test_another_process_takes_it_up_by_the_configurations_revision(bare: World, settings: Settings) -> None:
    root = await bare.sign_in("Root")
    async with world_of(settings, bare.db) as other:
        assert "email" not in other.engine.channels
        config = {"smtp_url": "smtp://relay.example.com", "smtp_from": "a@example.com"}
        assert (await configure(root, "email", config)).status_code == 200
        held = other.engine.channels
        await other.engine.ways_out.refresh()
        assert "email" in held, "whoever holds the channels has the new one"
        first = held["email"]
        await root.send("POST", "/api/v1/teams", {"name": "another change"})
        await other.engine.ways_out.refresh()
        assert held["email"] is first


@pytest.mark.parametrize(
    ("slug", "config", "named"),
    [
        ("email", {"smtp_url": "http://x", "smtp_from": "a@example.com"}, "config.smtp_url"),
        ("email", {"smtp_url": "smtp://relay.example.com", "smtp_from": "nobody"}, "config.smtp_from"),
        ("email", {"smtp_url": 7}, "config.smtp_url"),
        ("email", {"host": "x"}, "config.host"),
        ("push", {"fcm_credentials": "{}"}, "config.fcm_credentials"),
        ("push", {"fcm_credentials": "not json"}, "config.fcm_credentials"),
        ("push", {"fcm_credentials": ACCOUNT_OF_NOBODY}, "config.fcm_credentials"),
        ("email", {"smtp_url": "smtp://" + "x" * 20_000}, "config.smtp_url"),
        ("push", {"apns_key": "x", "apns_key_id": "a", "apns_team_id": "b", "apns_topic": "c"}, "config.apns_key"),
        ("push", {"apns_key": "x", "apns_key_id": "a", "apns_team_id": "b"}, "config.apns_topic config.apns_key"),
        (
            "push",
            {"apns_key": "x", "fcm_credentials": "{}"},
            "config.fcm_credentials config.apns_key_id config.apns_team_id config.apns_topic config.apns_key",
        ),
        ("email", {"smtp_url": "http://x", "smtp_from": "nobody"}, "config.smtp_url config.smtp_from"),
    ],
)
async def test_what_cant_be_used_is_refused_by_its_field(
    bare: World, slug: str, config: dict[str, Any], named: str
) -> None:
    refused = await configure(await bare.sign_in("Root"), slug, config)
    assert refused.status_code == 400
    flaws = [msgspec.convert(each, FieldProblem) for each in refused.json()["errors"]]
    assert [flaw.field for flaw in flaws] == named.split()
    for flaw in flaws:
        said = f"refusal.unusable_{flaw.field.removeprefix('config.')}"
        assert flaw.code != "unusable" or said in catalogue("zh")
    assert await bare.db.values("SELECT * FROM channel_setting") == []


async def test_push_credentials_are_pasted_and_never_name_where_tokens_come_from(bare: World, tmp_path: Path) -> None:
    root = await bare.sign_in("Root")
    pem = Path(write_apns_key(tmp_path / "key.p8")).read_text()
    config = {"apns_key": pem, "apns_key_id": "K", "apns_team_id": "T", "apns_topic": "dev.dogwatch.app"}
    saved = (await configure(root, "push", config)).json()
    assert (saved["is_configured"], saved["has"]) == (True, ["apns_key"])
    assert "PRIVATE" not in str(saved)


async def test_a_relay_in_the_machine_is_refused_unless_the_operator_allows_it(
    settings: Settings, db: Database
) -> None:
    async with running(FakeSmtp()) as smtp, world_of(settings, db) as world:
        await world.add_person("Root", role="owner", reach="")
        root = await world.sign_in("Root")
        await configure(root, "email", {"smtp_url": smtp.url, "smtp_from": "a@example.com"})
        body = {"channel": "email", "name": "Work", "value": "root@example.com"}
        await root.post("/api/v1/me/contact-methods", body)
        test = await root.post(f"{CHANNELS}/email/test")
        await world.settle()
        found = await root.get(f"/api/v1/notifications/{test['notification_id']}")
        assert (found["state"], found["reason"]) == ("failed", "blocked_address")
        assert smtp.requests == []


async def test_what_the_environment_sets_cant_be_changed_here(providers: Providers) -> None:
    await providers.world.add_person("Root", role="admin", reach="")
    await providers.world.add_person("Ana", reach="")
    root, ana = await providers.world.sign_in("Root"), await providers.world.sign_in("Ana")
    shown = await root.get(f"{CHANNELS}/email")
    assert (shown["source"], shown["config"], shown["has"]) == ("environment", {}, [])
    refused = await configure(root, "email", {"smtp_from": "x@example.com"})
    assert (refused.status_code, refused.json()["code"]) == (409, "set_by_environment")
    assert (await configure(ana, "email", {})).status_code == 403
    assert (await configure(root, "pigeon", {})).status_code == 404
    assert (await ana.send("POST", f"{CHANNELS}/email/test")).json()["code"] == "no_address"
    assert (await ana.send("POST", f"{CHANNELS}/pigeon/test")).status_code == 404
