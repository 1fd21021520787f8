"""One search finds whatever has a name, as far as the reader sees it."""

from typing import Any

from tests.ingest.conftest import ways
from tests.ingest.ways import EVENT, Ways

__all__ = ["ways"]


async def found(ways: Ways, q: str) -> list[tuple[str, str]]:
    items: list[Any] = (await ways.manager.get("/api/v1/search", q=q))["items"]
    return [(item["kind"], item["name"]) for item in items]


async def test_names_numbers_and_mail_addresses_are_found(ways: Ways) -> None:
    await ways.send(ways.path("events"), EVENT)
    await ways.world.settle()
    [incident] = await ways.incidents()
    assert await found(ways, f"#{incident['number']}") == [("incident", EVENT["title"])]
    hit: Any = (await ways.manager.get("/api/v1/search", q=f"#{incident['number']}"))["items"][0]
    assert [hit[each] for each in ("severity", "state", "triggered_at")] == [
        incident[each] for each in ("severity", "state", "triggered_at")
    ]
    assert ("incident", EVENT["title"]) in await found(ways, "disk FULL")
    assert await found(ways, "mia@") == [("user", "Mia")]
    assert ("team", "Payments") in await found(ways, "pay")
    assert {kind for kind, _ in await found(ways, "alertm")} == {"integration"}


async def test_nothing_and_signs_are_taken_word_for_word(ways: Ways) -> None:
    for text in ("", " ", "%", "_", "!", "' OR ''='", "9" * 40):
        assert await found(ways, text) == []
    answer = await ways.manager.send("GET", "/api/v1/search", q="\0")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "q")


async def test_what_a_private_team_owns_is_not_found_by_strangers(ways: Ways) -> None:
    await ways.world.add_team("Other")
    await ways.world.add_team("Hidden", is_private=True)
    await ways.world.add_person("Eve", team="Other")
    await ways.world.add_person("Hal", team="Hidden", role="manager")
    hal, eve = await ways.world.sign_in("Hal"), await ways.world.sign_in("Eve")
    await ways.world.add_service("hidden shop", team="Hidden")
    assert [item["kind"] for item in (await hal.get("/api/v1/search", q="hidden"))["items"]] == ["service", "team"]
    assert (await eve.get("/api/v1/search", q="hidden"))["items"] == []
