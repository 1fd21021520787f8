"""The record can be checked: whoever changes what was written is found at the first place they touched."""

import re
import subprocess
import sys

import pytest

from server.accounts.audit.chain import AuditSealer, Head, head_of
from server.kernel.database import Database, Writes
from server.kernel.secrets import Secrets
from server.kernel.settings import Settings
from server.paging_health.record import EVERY, Break, Checked, begin_logging_heads, verify
from tests.incidents.desk import Desk
from tests.kit.stores import SECRET
from tests.kit.world import World

pytestmark = pytest.mark.store


async def lived_in(world: World) -> Desk:
    """Two incidents, one of them with a life, and an audit trail."""
    desk = await Desk.build(world)
    first = await desk.fire()
    await desk.fire("other")
    await desk.act("Ana", first, "acknowledge")
    await desk.act("Ana", first, "resolve", {})
    await world.settle()
    return desk


async def found(world: World, known: Head | None = None) -> Checked | Break:
    return await verify(world.db, world.engine.secrets, known=known)


async def test_what_nobody_touched_is_unbroken_and_wholly_sealed(world: World) -> None:
    await lived_in(world)
    checked = await found(world)
    assert isinstance(checked, Checked)
    lines = await world.db.value("SELECT COUNT(*) FROM timeline")
    audits = await world.db.value("SELECT COUNT(*) FROM audit")
    assert checked == Checked(incidents=2, entries=lines, audit_entries=audits)
    assert await found(world, await head_of(world.db)) == checked


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        (
            "UPDATE timeline SET args = 'x' WHERE n = 2 AND incident_id = :first",
            "incident #1, timeline",
            "entry 2 was changed",
        ),
        (
            "UPDATE timeline SET at = at + 1 WHERE n = 1 AND incident_id = :first",
            "incident #1, timeline",
            "entry 1 was changed",
        ),
        (
            "UPDATE timeline SET actor_id = 'x' WHERE n = 3 AND incident_id = :first",
            "incident #1, timeline",
            "entry 3 was changed",
        ),
        ("DELETE FROM timeline WHERE n = 2 AND incident_id = :first", "incident #1, timeline", "entry 2 is missing"),
        ("DELETE FROM timeline WHERE n >= 2 AND incident_id = :first", "incident #1, timeline", "entry 2 is missing"),
        (
            "UPDATE timeline SET n = n + 50 WHERE n = 2 AND incident_id = :first",
            "incident #1, timeline",
            "entry 2 is missing",
        ),
        (
            "UPDATE incident SET title = 'harmless' WHERE number = 2",
            "incident #2",
            "has another title than its timeline tells",
        ),
        ("DELETE FROM incident WHERE number = 1", "incident #1", "is missing"),
        ("DELETE FROM incident WHERE number = 2", "incident #2", "is missing"),
        ("UPDATE audit SET actor_name = 'Eve' WHERE place = 3", "audit trail, entry 3", "was changed"),
        ("UPDATE audit SET actor_id = 'eve' WHERE place = 3", "audit trail, entry 3", "was changed"),
        ("UPDATE audit SET differences = 'x' WHERE place = 1", "audit trail, entry 1", "was changed"),
        ("UPDATE audit SET team_id = NULL WHERE place = 2", "audit trail, entry 2", "was changed"),
        ("DELETE FROM audit WHERE place = 2", "audit trail, entry 2", "is missing"),
        ("DELETE FROM audit WHERE place = (SELECT MAX(place) FROM audit)", "audit trail", "is missing"),
        ("UPDATE chain SET link = 'x' WHERE name = 'audit'", "audit trail", "is not what the chain ends with"),
    ],
)
async def test_the_first_break_is_named(world: World, change: str, where: str, what: str) -> None:
    await lived_in(world)
    first = await world.db.value("SELECT id FROM incident WHERE number = 1")
    await world.db.apply(Writes().sql(change, first=first) if ":first" in change else Writes().sql(change))
    broken = await found(world)
    assert isinstance(broken, Break)
    assert broken.where.startswith(where)
    assert broken.what == what


async def test_where_a_timeline_is_said_to_end_is_checked(world: World) -> None:
    await lived_in(world)
    sealed = await world.db.value("SELECT sealed_n FROM incident WHERE number = 1")
    await world.db.apply(Writes().sql("UPDATE incident SET timeline_hash = 'x' WHERE number = 1"))
    assert await found(world) == Break("incident #1, timeline", f"the end at entry {sealed} was changed")


async def test_a_title_that_somebody_changed_by_right_holds(world: World) -> None:
    desk = await lived_in(world)
    item = await desk.fire("third")
    mia, path = await desk.world.client("Mia"), f"/api/v1/incidents/{item['id']}"
    changed = await mia.send("PATCH", path, {"title": " 另一个 “title” "}, headers={"if-match": str(item["rev"])})
    assert changed.status_code == 200
    assert isinstance(await found(world), Checked)
    await world.settle()
    await world.db.apply(Writes().sql("UPDATE incident SET title = 'third' WHERE number = 3"))
    assert isinstance(await found(world), Break)


async def test_a_line_that_is_added_is_found(world: World) -> None:
    await lived_in(world)
    await world.db.apply(
        Writes().sql(
            "INSERT INTO timeline (incident_id, n, at, actor_kind, kind, args, prev_hash, hash)"
            " SELECT id, timeline_n + 1, 0, 'system', 'exhausted', '{}', 'a', 'b' FROM incident WHERE number = 1"
        )
    )
    broken = await found(world)
    assert isinstance(broken, Break)
    assert re.fullmatch(r"entry \d+ was added", broken.what)


async def test_a_trail_cut_short_together_with_its_head_is_told_by_the_log(world: World) -> None:
    await lived_in(world)
    logged = await head_of(world.db)
    cut = "SELECT link FROM audit WHERE place = 2"
    link = await world.db.value(cut)
    writes = Writes().sql("DELETE FROM audit WHERE place > 2")
    await world.db.apply(writes.sql("UPDATE chain SET length = 2, link = :link WHERE name = 'audit'", link=link))
    assert isinstance(await found(world), Checked), "nothing in the database tells"
    assert await found(world, logged) == Break("audit trail, entry 3", "is missing, which the log has")


async def test_a_running_engine_seals_nothing_onto_a_chain_that_was_rolled_back(world: World) -> None:
    await lived_in(world)
    link = await world.db.value("SELECT link FROM audit WHERE place = 2")
    writes = Writes().sql("UPDATE audit SET actor_name = 'Eve' WHERE place = 3")
    writes.sql("UPDATE audit SET place = NULL, link = NULL WHERE place > 2")
    await world.db.apply(writes.sql("UPDATE chain SET length = 2, link = :link WHERE name = 'audit'", link=link))
    await world.engine.audit_sealer.drain()
    assert await world.db.value("SELECT COUNT(*) FROM audit WHERE place IS NULL") > 0
    await world.advance(minutes=2)
    assert any("audit trail" in problem for problem in await world.engine.auditor.audit(world.clock.now()))


async def test_an_old_entry_that_was_slipped_in_is_a_break_until_it_is_sealed(world: World) -> None:
    await lived_in(world)
    await world.db.apply(
        Writes().sql(
            "INSERT INTO audit (id, at, actor_kind, actor_name, verb, object_kind, object_id, object_name, differences)"
            " VALUES ('x', 5, 'user', 'Mallory', 'made', 'team', 'x', 'x', '[]')"
        )
    )
    broken = await found(world)
    assert isinstance(broken, Break)
    assert broken.what == "were never sealed"


async def test_another_key_seals_nothing_that_holds(world: World) -> None:
    await lived_in(world)
    assert isinstance(await verify(world.db, Secrets("another key, long enough for one")), Break)


async def test_many_sealers_make_one_chain(world: World) -> None:
    await lived_in(world)
    await world.db.apply(
        Writes()
        .sql("UPDATE audit SET place = NULL, link = NULL")
        .sql("UPDATE chain SET length = 0, link = '' WHERE name = 'audit'")
    )
    for sealer in [AuditSealer(world.db, world.engine.secrets) for _ in range(3)]:
        await sealer.drain()
    assert isinstance(await found(world), Checked)


async def test_the_heads_are_logged_once_a_day(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    await lived_in(world)
    await begin_logging_heads(world.db, world.clock.now())
    await world.advance(seconds=70)
    head = await head_of(world.db)
    await world.advance(seconds=EVERY.total_seconds() + 1)
    said = capsys.readouterr().out
    assert said.count("record.heads") == 2
    assert f"{head.length}:{head.link}" in said


async def test_the_command_says_what_it_found(world: World, settings: Settings, db: Database) -> None:
    await lived_in(world)
    environment = {"DATABASE_URL": settings.database_url, "DOGWATCH_SECRET_KEY": SECRET}

    def command(*args: str) -> "subprocess.CompletedProcess[str]":
        line = [sys.executable, "-m", "server.cli", "verify", *args]
        return subprocess.run(line, env=environment, capture_output=True, text=True, check=False)

    nowhere = settings.database_url + ".none"
    if settings.is_sqlite:
        line = [sys.executable, "-m", "server.cli", "verify"]
        missing = subprocess.run(line, env=environment | {"DATABASE_URL": nowhere}, capture_output=True, check=False)
        assert (missing.returncode, list(settings.sqlite_path.parent.glob("*.none*"))) == (2, [])
    good = command()
    assert (good.returncode, good.stdout.splitlines()[0][:12]) == (0, "2 incidents,"), good.stderr
    assert command("--head", "nonsense").returncode == 2
    await db.apply(Writes().sql("UPDATE audit SET verb = 'x' WHERE place = 1"))
    bad = command()
    assert bad.returncode == 1
    assert bad.stderr.startswith("dogwatch: audit trail, entry 1 of ")
