"""The permission sets that an account begins with."""

import pytest

from server.accounts.people.setup import setup_token
from shared.wire import routes
from tests.kit.client import Client
from tests.kit.world import World

NAMES = {
    "en": ("Status Page Event Management", "Status Page Management"),
    "zh": ("状态页事件管理", "状态页管理"),
}


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_status_pages_have_two_in_the_language_of_whoever_begins(world: World, language: str) -> None:
    new = {"name": "Root", "email": "root@example.com", "password": "a password of the tests", "language": language}
    token = setup_token(world.engine.secrets)
    root = Client(world.http, (await world.nobody.post(routes.SETUP, {"token": token, **new}))["access_token"])
    found = {each["name"]: each for each in (await root.get(routes.ROLES))["items"] if not each["built_in"]}
    assert tuple(sorted(found)) == NAMES[language]
    events, pages = (found[name] for name in NAMES[language])
    assert (events["permissions"], pages["permissions"]) == (["status_events:edit"], ["status_pages:edit"])
    vic = await world.add_person("Vic", role="viewer")
    grant = {"role_id": events["id"], "scope": {"kind": "account"}}
    await root.post(routes.USER_GRANTS.format(user_id=vic.id), grant)
    me = await (await world.sign_in("Vic")).get(routes.ME)
    assert "status_events:edit" in me["permissions"]
    assert "status_pages:edit" not in me["permissions"]
    renamed = {"name": "Publishers", "permissions": ["status_events:edit"]}
    assert (await root.put(f"{routes.ROLES}/{events['id']}", renamed, rev=1))["name"] == "Publishers"
