"""Invitations: a link that makes one account, once, within a week."""

import asyncio
import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from tests.accounts.asking import answered, fields
from tests.kit.client import Client
from tests.kit.world import World

PATH = "/api/v1/invitations"
ACCEPT = f"{PATH}/accept"


def token_of(invitation: Any) -> str:
    return invitation["link"].rsplit("/", 1)[1]


def acceptance(token: str, **more: Any) -> Any:
    return {"token": token, "name": "Nia", "password": "a long enough one", "time_zone": "Europe/Berlin", **more}


async def accept(world: World, token: str, **more: Any) -> tuple[int, str]:
    return await answered(world.nobody, "POST", ACCEPT, acceptance(token, **more))


@pytest.mark.store
async def test_a_link_makes_an_account_with_its_role_and_teams_and_signs_it_in(office: World) -> None:
    root = await office.sign_in("Root")
    team = office.teams["Payments"]
    made = await root.post(PATH, {"email": "Nia@Example.com", "role": "manager", "team_ids": [team]})
    assert (made["email"], made["state"], made["is_mailed"]) == ("nia@example.com", "open", False)
    shown = await office.nobody.post(f"{PATH}/welcome", {"token": token_of(made)})
    assert (shown["email"], shown["teams"], shown["invited_by"]) == ("nia@example.com", ["Payments"], "Root")
    tokens = await office.nobody.post(ACCEPT, acceptance(token_of(made), language="zh"))
    me = await Client(office.http, tokens["access_token"]).get("/api/v1/me")
    assert (me["email"], me["role"], me["language"]) == ("nia@example.com", "manager", "zh")
    assert [each["id"] for each in me["teams"]] == [team]
    assert await accept(office, token_of(made)) == (404, "bad_invitation")
    listed = (await root.get(PATH))["items"]
    assert [(each["state"], each["link"]) for each in listed] == [("accepted", None)]
    verbs = [(each["verb"], each["actor_name"]) for each in (await root.get("/api/v1/audit"))["items"][:2]]
    assert verbs == [("accepted", "Nia"), ("made", "Root")]


@pytest.mark.store
async def test_of_two_who_use_a_link_at_once_one_gets_the_account(office: World) -> None:
    root = await office.sign_in("Root")
    made = await root.post(PATH, {"email": "nia@example.com"})
    answers = await asyncio.gather(*(accept(office, token_of(made), name=f"N{n}") for n in range(4)))
    assert [code for code, _ in answers].count(200) == 1
    assert {code for code, _ in answers} <= {200, 404, 409}
    count = await office.db.value("SELECT COUNT(*) FROM user_account WHERE email = 'nia@example.com'")
    assert count == 1


async def test_a_link_ends_after_a_week_and_when_another_is_sent_or_it_is_withdrawn(office: World) -> None:
    root = await office.sign_in("Root")
    made = await root.post(PATH, {"email": "nia@example.com"})
    again = await root.post(f"{PATH}/{made['id']}/resend")
    assert await accept(office, token_of(made)) == (404, "bad_invitation")
    office.clock.advance(timedelta(days=7))
    root = await office.sign_in("Root")
    assert await accept(office, token_of(again)) == (404, "bad_invitation")
    assert (await root.get(PATH))["items"][0]["state"] == "expired"
    third = await root.post(f"{PATH}/{made['id']}/resend")
    assert (await answered(root, "DELETE", f"{PATH}/{made['id']}"))[0] == 204
    assert await accept(office, token_of(third)) == (404, "bad_invitation")
    assert await answered(root, "POST", f"{PATH}/{made['id']}/resend") == (409, "invitation_over")
    for nonsense in ("", "dwi_x", "dwi_" + "0" * 36 + "_" + "A" * 43, "é" * 90):
        assert await accept(office, nonsense) == (404, "bad_invitation")


async def test_an_address_is_invited_once_and_again_after_a_week(office: World) -> None:
    root = await office.sign_in("Root")
    body = {"email": "nia@example.com"}
    await root.post(PATH, body)
    assert await answered(root, "POST", PATH, body) == (409, "invited_already")
    assert await answered(root, "POST", PATH, {"email": "rob@example.com"}) == (409, "email_taken")
    office.clock.advance(timedelta(days=7, seconds=1))
    root = await office.sign_in("Root")
    assert (await root.post(PATH, body))["state"] == "open"


async def test_who_invites_gives_no_more_than_they_have_and_sees_no_stronger_link(office: World) -> None:
    root, olga, mia = await office.sign_in("Root"), await office.sign_in("Olga"), await office.sign_in("Mia")
    body = {"email": "nia@example.com", "role": "owner"}
    assert await answered(root, "POST", PATH, body) == (403, "role_above_yours")
    made = await olga.post(PATH, body)
    assert (await root.get(PATH))["items"][0]["link"] is None
    assert await answered(root, "POST", f"{PATH}/{made['id']}/resend") == (403, "role_above_yours")
    assert (await answered(mia, "POST", PATH, {"email": "x@example.com"}))[0] == 403
    assert (await answered(mia, "GET", PATH))[0] == 403
    unknown = await root.send("POST", PATH, {"email": "x@example.com", "team_ids": ["nowhere"]})
    assert fields(unknown) == [("team_ids[0]", "unknown")]


async def test_a_bad_password_leaves_the_link_good(office: World) -> None:
    root = await office.sign_in("Root")
    token = token_of(await root.post(PATH, {"email": "nia@example.com"}))
    refused = await office.nobody.send("POST", ACCEPT, acceptance(token, password="short"))
    assert fields(refused) == [("password", "too_short")]
    assert (await accept(office, token))[0] == 200


async def test_the_link_is_answered_again_to_the_same_key_and_stored_nowhere(office: World) -> None:
    root = await office.sign_in("Root")
    first = await root.post(PATH, {"email": "nia@example.com"}, idempotency_key="once")
    assert await root.post(PATH, {"email": "nia@example.com"}, idempotency_key="once") == first
    proof = token_of(first).split("_", 2)[2].encode()
    for table in ("idempotency", "invitation", "audit"):
        rows = await office.db.values(f"SELECT * FROM {table}")
        assert rows
        assert all(proof not in (bytes(v) if isinstance(v, bytes) else str(v).encode()) for r in rows for v in r)


async def test_with_a_relay_the_link_is_mailed_in_the_language_asked_for(
    office: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []

    async def send(message: Any, address: Any) -> None:
        sent.append((address.email, message.title, message.body))

    monkeypatch.setattr(office.engine.channels["email"], "send", send)
    parts = office.parts
    monkeypatch.setattr(parts, "settings", dataclasses.replace(parts.settings, demo=False))
    root = await office.sign_in("Root")
    made = await root.post(PATH, {"email": "nia@example.com", "language": "zh"})
    assert made["is_mailed"] is True
    await office.settle()
    assert [(to, title) for to, title, _ in sent] == [("nia@example.com", "邀请你加入 Dogwatch")]
    assert made["link"] in sent[0][2]
    gone = await root.post(PATH, {"email": "gone@example.com"})
    await answered(root, "DELETE", f"{PATH}/{gone['id']}")
    await office.settle()
    assert len(sent) == 1, "what was withdrawn before it left is not sent"
