"""What an edit leaves at other hours, or lets wait, is said before it is saved and after."""

from datetime import timedelta

from tests.kit.world import World
from tests.schedules.team import Team
from tests.schedules.test_saving import Draft, shifts


async def test_an_edit_lists_the_covers_whose_shift_it_moves(world: World) -> None:
    team = await Team.build(world)
    await team.answer("Di", await team.ask("Ana", "Di"), "accept")
    draft = await Draft.of(team)
    assert [each["code"] for each in (await draft.preview())["warnings"]] == []
    draft.body["layers"][0]["start"] = "2026-11-22T06:00"
    draft.body["effective_at"] = "2026-11-22T06:00:00Z"
    for answer in (await draft.preview(), await draft.save()):
        (moved,) = [each for each in answer["warnings"] if each["code"] == "cover_moved"]
        args = moved["args"]
        assert (args["name"], args["for_name"], args["start"]) == ("Di", "Ana", "2026-11-24T04:00:00Z")


async def test_an_edit_says_when_another_overlap_begins(world: World) -> None:
    team = await Team.build(world)
    draft = await Draft.of(team)
    draft.body["overlap"] = "top_layer"
    for answer in (await draft.preview(), await draft.save()):
        assert [(e["field"], e["code"], e["args"]) for e in answer["warnings"]] == [
            ("overlap", "after_running_shifts", {"at": "2026-11-21T04:00:00Z"})
        ]
    draft = await Draft.of(team)
    assert (await draft.preview())["warnings"] == [], "it was said when it was saved"


async def test_an_edit_says_how_long_a_layer_waits_for_a_shift_that_runs_below(world: World) -> None:
    """B3: above, turns of a day that nobody has; below, a week that runs until the 27th."""
    team = await Team.build(world, unit="week")
    draft = await Draft.of(team)
    low = draft.body["layers"][0]
    quiet = draft.members("Cy") + [{"nobody": True, "members": []}] * 8
    above = low | {"id": "", "name": "Above", "rotation": {"unit": "day", "every": 1}, "groups": quiet}
    draft.body |= {"overlap": "top_layer", "layers": [above, low], "effective_at": "2026-11-21T03:30:00Z"}
    await draft.save()
    world.clock.advance(timedelta(hours=1))
    draft = await Draft.of(team)
    draft.body["layers"][0]["groups"] = draft.members("Cy", "Di")
    was = await shifts(team, {"from": "2026-11-21T04:12:00Z", "to": "2026-11-27T04:00:00Z"})
    for answer in (await draft.preview(), await draft.save()):
        assert [(e["field"], e["code"], e["args"]) for e in answer["warnings"]] == [
            ("layers", "after_running_shifts", {"at": "2026-11-27T04:00:00Z"})
        ]
    assert await shifts(team, {"from": "2026-11-21T04:12:00Z", "to": "2026-11-27T04:00:00Z"}) == was
