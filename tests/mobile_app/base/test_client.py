"""The client: renewed tokens, problems as typed errors, answers of a newer server."""

import asyncio
import json

import httpx
import msgspec
import pytest

from phone.base.api.client import REFRESH_TOKEN, Client
from phone.base.api.errors import ApiError, SignedOut, Unreachable
from phone.base.device.store import MemoryStore, Silent, is_secure
from shared.wire import routes
from shared.wire.problems import FieldProblem, Problem
from shared.wire.sessions import MeChange
from tests.kit.fake_api import PASSWORD, FakeApi


@pytest.fixture
def api() -> FakeApi:
    return FakeApi()


def client_of(api: FakeApi, secrets: MemoryStore | None = None) -> Client:
    return Client("http://api.test", secrets or MemoryStore(), transport=api.transport)


async def test_signing_in_keeps_the_refresh_token_and_sends_the_access_token(api: FakeApi) -> None:
    secrets = MemoryStore()
    client = client_of(api, secrets)
    await client.sign_in("responder@example.com", PASSWORD)
    assert secrets.kept == {REFRESH_TOKEN: "refresh-1"}
    assert (await client.me()).name == "Jonas Keller"
    assert api.requests[-1].headers["authorization"] == "Bearer access-1"


async def test_an_expired_access_token_is_renewed_once_for_requests_at_the_same_time(api: FakeApi) -> None:
    secrets = MemoryStore()
    client = client_of(api, secrets)
    await client.sign_in("responder@example.com", PASSWORD)
    await client.renew_now()
    client._access = "expired"
    api.calls.clear()
    await asyncio.gather(client.me(), client.my_on_call(), client.incident_counts())
    assert [path for _, path in api.calls].count(routes.REFRESH) == 1
    assert secrets.kept == {REFRESH_TOKEN: "refresh-3"}


async def test_another_tab_used_the_refresh_token_so_the_kept_one_is_tried(api: FakeApi) -> None:
    secrets = MemoryStore()
    first, second = client_of(api, secrets), client_of(api, secrets)
    await first.sign_in("responder@example.com", PASSWORD)
    assert await second.resume()
    assert (await first.me()).name == "Jonas Keller"
    assert (await second.me()).name == "Jonas Keller"


async def test_a_refused_refresh_token_signs_out(api: FakeApi) -> None:
    secrets = MemoryStore()
    secrets.kept[REFRESH_TOKEN] = "stolen"
    with pytest.raises(SignedOut):
        await client_of(api, secrets).resume()


async def test_a_device_without_a_token_is_signed_out_without_asking(api: FakeApi) -> None:
    assert not await client_of(api).resume()
    assert api.calls == []


async def test_signing_out_forgets_the_token_even_without_a_network(api: FakeApi) -> None:
    secrets = MemoryStore()
    client = client_of(api, secrets)
    await client.sign_in("responder@example.com", PASSWORD)
    api.offline = True
    await client.sign_out()
    assert secrets.kept == {}


async def test_signing_out_ends_the_session_also_where_another_tab_has_renewed_it(api: FakeApi) -> None:
    secrets = MemoryStore()
    first, second = client_of(api, secrets), client_of(api, secrets)
    await first.sign_in("responder@example.com", PASSWORD)
    assert await second.resume()
    await second.renew_now()
    await first.sign_out()
    last = api.requests[-1]
    assert last.url.path == routes.LOGOUT
    assert last.headers["authorization"] == f"Bearer access-{api.generation}"
    assert secrets.kept == {}


async def test_a_problem_becomes_an_error_with_code_and_arguments() -> None:
    field = FieldProblem(field="q", code="too_long", message="…", args={"limit": 200})
    problem = Problem(type="about:blank", title="Invalid", status=400, code="invalid", errors=[field])
    error = ApiError.of(problem)
    assert (error.code, error.arguments, error.may_pass_later) == (
        "too_long",
        {"field": "q", "limit": 200},
        False,
    )


async def test_retry_after_is_kept(api: FakeApi) -> None:
    api.refuse(routes.LOGIN, 429, "too_many_attempts", headers={"retry-after": "30"})
    with pytest.raises(ApiError) as caught:
        await client_of(api).sign_in("a@b.c", "x")
    assert (caught.value.status, caught.value.retry_after_s, caught.value.may_pass_later) == (429, 30, True)


async def test_a_proxys_page_instead_of_a_problem_is_an_error_too() -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        return httpx.Response(502, content=b"<html>Bad gateway</html>")

    client = Client("http://api.test", MemoryStore(), transport=httpx.MockTransport(broken))
    with pytest.raises(ApiError) as caught:
        await client.sign_in("a@b.c", "x")
    assert (caught.value.status, caught.value.code) == (502, "no_problem")


async def test_no_network_is_unreachable(api: FakeApi) -> None:
    api.offline = True
    with pytest.raises(Unreachable):
        await client_of(api).sign_in("a@b.c", "x")


async def test_fields_that_a_newer_server_adds_are_ignored(api: FakeApi) -> None:
    def newer(request: httpx.Request) -> httpx.Response:
        if request.url.path == routes.ME:
            fields = msgspec.to_builtins(api.me) | {"mood": "sleepy"}
            return httpx.Response(200, content=msgspec.json.encode(fields))
        return httpx.Response(200, content=b'{"access_token": "a", "refresh_token": "r", "expires_in_s": 9, "x": 1}')

    client = Client("http://api.test", MemoryStore(), transport=httpx.MockTransport(newer))
    await client.sign_in("a@b.c", "x")
    assert (await client.me()).name == "Jonas Keller"


async def test_a_change_sends_its_revision_and_only_what_changes(api: FakeApi) -> None:
    client = client_of(api)
    await client.sign_in("responder@example.com", PASSWORD)
    me = await client.change_me(MeChange(language="zh"), rev=1)
    assert (me.language, me.rev) == ("zh", 2)
    assert api.requests[-1].headers["if-match"] == "1"
    assert api.requests[-1].content == b'{"language":"zh"}'


@pytest.mark.parametrize(
    ("url", "secure"),
    [
        ("wss://dogwatch.example.com/ws", True),
        ("ws://127.0.0.1:8001", True),
        ("ws://localhost:8001", True),
        ("ws://[::1]:8001", True),
        ("ws://192.168.1.20:8001", False),
        ("http://dogwatch.example.com", False),
        ("http://localhost.example.com", False),
    ],
)
def test_secrets_are_kept_only_where_the_browser_protects_them(url: str, secure: bool) -> None:
    assert is_secure(url) is secure


async def test_windows_that_renew_at_once_use_each_token_once(api: FakeApi) -> None:
    secrets = MemoryStore()
    first = client_of(api, secrets)
    await first.sign_in("responder@example.com", PASSWORD)
    others = [client_of(api, secrets) for _ in range(3)]
    for other in others:
        other._refresh = "refresh-1"
    await asyncio.gather(*(client.renew(None if client is not first else first._access) for client in (first, *others)))
    used = [json.loads(each.content)["refresh_token"] for each in api.requests if each.url.path == routes.REFRESH]
    assert len(used) == len(set(used)) == 4
    assert secrets.kept == {REFRESH_TOKEN: "refresh-5"}


async def test_a_store_that_keeps_nothing_more_does_not_bring_back_a_used_token(api: FakeApi) -> None:
    class Stuck(MemoryStore):
        async def set(self, name: str, value: str) -> None:
            self.kept.setdefault(name, value)

    secrets = Stuck()
    client = client_of(api, secrets)
    await client.sign_in("responder@example.com", PASSWORD)
    await client.renew_now()
    await client.renew_now()
    assert secrets.kept == {REFRESH_TOKEN: "refresh-1"}
    assert client._refresh == "refresh-3"


class Gone(MemoryStore):
    """The storage of a window that was closed or loaded anew once `is_gone`."""

    is_gone = False

    async def read(self, name: str) -> str | None:
        if self.is_gone:
            raise Silent
        return await super().read(name)


async def test_what_goes_on_without_its_window_uses_no_token_that_another_window_may_have_used(api: FakeApi) -> None:
    left, browser = Gone(), MemoryStore()
    left.kept = browser.kept
    old, new = client_of(api, left), client_of(api, browser)
    await old.sign_in("responder@example.com", PASSWORD)
    assert await new.resume()
    left.is_gone, old._access = True, "expired"
    with pytest.raises(Unreachable):
        await old.me()
    assert (await new.me()).name == "Jonas Keller"
    assert [path for _, path in api.calls].count(routes.REFRESH) == 1
    left.is_gone = False
    assert (await old.me()).name == "Jonas Keller"


async def test_a_device_that_does_not_say_what_it_keeps_is_not_signed_out(api: FakeApi) -> None:
    secrets = Gone()
    secrets.is_gone = True
    with pytest.raises(Unreachable):
        await client_of(api, secrets).resume()
    assert api.calls == []


async def test_signing_in_again_says_which_session_the_device_had(api: FakeApi) -> None:
    client = client_of(api)
    await client.sign_in("responder@example.com", PASSWORD)
    await client.sign_out()
    await client.sign_in("responder@example.com", PASSWORD)
    sent = [json.loads(each.content) for each in api.requests if each.url.path == routes.LOGIN]
    assert [each.get("previous") for each in sent] == [None, "refresh-1"]


async def test_who_proves_it_under_a_token_that_was_renewed_meanwhile_goes_on(api: FakeApi) -> None:
    client = client_of(api)
    await client.sign_in("responder@example.com", PASSWORD)
    me, asked = api.phone.me, 0
    me.is_fresh = False

    async def prove() -> bool:
        nonlocal asked
        asked += 1
        await client.prove(me.password, None)
        return True

    client.prove_first, client._access = prove, "expired"
    await client.write("POST", routes.MY_FEED, answer=dict)
    assert (asked, api.calls[-1]) == (1, ("POST", routes.MY_FEED))
    me.is_fresh, client.prove_first = False, _cancelled
    with pytest.raises(ApiError, match="fresh_sign_in_required"):
        await client.write("POST", routes.MY_FEED, answer=dict)


async def _cancelled() -> bool:
    return False
