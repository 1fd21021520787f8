"""Bodies that no route can read are refused in words."""

import pytest

from server.kernel import api_docs
from server.kernel.api_docs import encode_description
from tests.accounts.asking import fields
from tests.kit.world import World

LOGIN = "/api/v1/auth/login"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "required"),
        ('{"email": "\xe9", "password": "x"}'.encode("latin-1"), "not_utf8"),
        (b"{", "not_json"),
    ],
)
async def test_what_is_wrong_is_said(world: World, body: bytes, code: str) -> None:
    answer = await world.nobody.send("POST", LOGIN, body)
    assert (answer.status_code, fields(answer)) == (400, [("", code)])
    assert "'data'" not in answer.text


async def test_the_answers_of_verbs_that_make_nothing_are_documented(world: World) -> None:
    paths = (await world.nobody.get("/schema/openapi.json"))["paths"]
    for path in ("users/{user_id}/deactivate", "users/{user_id}/reactivate", "me/totp/confirm"):
        answers = paths[f"/api/v1/{path}"]["post"]["responses"]
        assert ("200" in answers, "201" in answers) == (True, False), path


async def test_the_description_is_encoded_once(world: World) -> None:
    encode_description(world.app)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(api_docs, "complete", None)
        answers = [await world.nobody.send("GET", "/schema/openapi.json") for _ in range(2)]
    assert answers[0].status_code == 200
    assert answers[0].content == answers[1].content
    assert "/v2/enqueue" in answers[0].json()["paths"]
