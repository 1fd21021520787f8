"""Who has only the database can neither seal timelines anew nor let the record go back unseen, across a restart too."""

import asyncio
import dataclasses
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from server.accounts.audit.chain import AuditSealer, Head
from server.incidents.alerts import open_alerts
from server.kernel.database import Writes
from server.kernel.secrets import Secrets
from server.kernel.settings import Settings
from server.paging_health.record import Break, Checked, verify
from server.paging_health.record_heads import Heads, KeepHeads, heads_path, load_heads, read_heads
from server.timeline.links import chain_hash
from server.timeline.seal import Sealer
from tests.incidents.desk import Desk
from tests.kit.stores import SECRET
from tests.kit.world import World


async def lived_in(world: World) -> Desk:
    desk = await Desk.build(world)
    first = await desk.fire()
    await desk.fire("other")
    await desk.act("Ana", first, "acknowledge")
    await world.settle()
    return desk


async def found(world: World, kept: Heads | None = None) -> Checked | Break:
    return await verify(world.db, world.engine.secrets, kept=kept)


async def seal_plainly(world: World, number: int, *, said: str | None = None) -> None:
    """As anybody can who has the database, and as it was before there was a key."""
    id = await world.db.value("SELECT id FROM incident WHERE number = :number", number=number)
    writes = Writes()
    if said is not None:
        await world.db.apply(Writes().sql("UPDATE timeline SET args = :said WHERE incident_id = :id AND n = 1",
                                          said=said, id=id))  # fmt: skip
    link = ""
    rows = await world.db.values(
        "SELECT n, at, actor_kind, actor_id, kind, args FROM timeline WHERE incident_id = :id ORDER BY n", id=id
    )
    for row in rows:
        *content, args = row
        before, link = link, chain_hash(link, *content, msgspec.json.decode(args))
        writes.sql(
            "UPDATE timeline SET prev_hash = :before, hash = :link WHERE incident_id = :id AND n = :n",
            before=before, link=link, id=id, n=row[0],
        )  # fmt: skip
    writes.sql("UPDATE incident SET timeline_hash = :link, sealed_n = timeline_n WHERE id = :id", link=link, id=id)
    await world.db.apply(writes)


async def without_key(world: World) -> None:
    """The record as an older release left it."""
    for number in (1, 2):
        await seal_plainly(world, number)
    await world.db.apply(Writes().sql("DELETE FROM chain WHERE name IN ('timelines', 'sealed')"))
    world.engine.sealer = world.engine.auditor.sealer = again(world)


def again(world: World) -> Sealer:
    """The sealer of a process that begins."""
    return Sealer(world.db, world.clock, world.engine.secrets, open_alerts)


@pytest.mark.store
async def test_a_timeline_sealed_anew_without_the_key_is_found(world: World) -> None:
    await lived_in(world)
    assert isinstance(await found(world), Checked)
    await seal_plainly(world, 1, said="{}")
    broken = await found(world)
    assert isinstance(broken, Break)
    assert broken.where == "timelines"
    assert "sealed without the key" in broken.what


@pytest.mark.store
async def test_what_was_sealed_before_the_key_holds_and_is_tied_with_the_first_sealing_under_it(world: World) -> None:
    desk = await lived_in(world)
    await without_key(world)
    before = await found(world)
    assert isinstance(before, Checked)
    await desk.act("Ana", await desk.fire("third"), "acknowledge")
    first = await world.db.value("SELECT id FROM incident WHERE number = 1")
    await desk.act("Ana", {"id": first}, "resolve", {})
    await world.settle()
    after = await found(world)
    assert isinstance(after, Checked)
    assert after.entries > before.entries
    await seal_plainly(world, 2, said="{}")
    broken = await found(world)
    assert isinstance(broken, Break), "an old timeline can't be sealed anew either"
    assert broken.where == "timelines"


async def test_a_chain_of_another_incident_does_not_fit(world: World) -> None:
    await lived_in(world)
    ids = [id for (id,) in await world.db.values("SELECT id FROM incident ORDER BY number")]
    swap = "UPDATE timeline SET incident_id = CASE incident_id WHEN :a THEN :b ELSE :a END, n = n + 1000"
    writes = Writes().sql(swap, a=ids[0], b=ids[1]).sql("UPDATE timeline SET n = n - 1000")
    numbers = await world.db.values("SELECT id, timeline_n, sealed_n, timeline_hash FROM incident ORDER BY number")
    for (id, *_), (_, timeline_n, sealed_n, link) in zip(numbers, reversed(numbers), strict=True):
        writes.sql("UPDATE incident SET timeline_n = :n, sealed_n = :s, timeline_hash = :link WHERE id = :id",
                   n=timeline_n, s=sealed_n, link=link, id=id)  # fmt: skip
    await world.db.apply(writes)
    assert await found(world) == Break("incident #1, timeline", "entry 1 was changed")


@pytest.mark.store
async def test_many_sealers_begin_with_one_mark(world: World) -> None:
    await lived_in(world)
    await world.db.apply(
        Writes()
        .sql("DELETE FROM chain WHERE name IN ('timelines', 'sealed')")
        .sql("UPDATE timeline SET hash = '', prev_hash = ''")
        .sql("UPDATE incident SET sealed_n = 0, timeline_hash = ''")
    )
    await asyncio.gather(*(again(world).drain() for _ in range(3)))
    assert isinstance(await found(world), Checked)


async def keeper(world: World, path: Path) -> KeepHeads:
    """Of a process that begins; its sealers go on from what it read."""
    made = KeepHeads(world.db, world.engine.secrets, path)
    world.engine.auditor.heads = made
    world.engine.go_on_from(made.read())
    return made


async def cut_audit(world: World, *, to: int) -> None:
    link = await world.db.value("SELECT link FROM audit WHERE place = :to", to=to)
    writes = Writes().sql("DELETE FROM audit WHERE place > :to", to=to)
    cut = "UPDATE chain SET length = :to, link = :link WHERE name = 'audit'"
    await world.db.apply(writes.sql(cut, to=to, link=link))


@pytest.mark.store
async def test_across_a_restart_a_trail_that_went_back_is_found_told_and_not_gone_on_with(
    world: World, tmp_path: Path
) -> None:
    path = tmp_path / "record.heads"
    desk = await lived_in(world)
    await (await keeper(world, path)).keep()
    assert path.stat().st_mode & 0o777 == 0o600
    kept = read_heads(path, world.engine.secrets)
    assert isinstance(await found(world, kept), Checked)
    await cut_audit(world, to=2)
    assert isinstance(await found(world), Checked), "nothing in the database tells"
    assert await found(world, kept) == Break("audit trail, entry 3", "is missing, which the file of heads has")
    world.engine.audit_sealer.seen = None
    second = await keeper(world, path)
    await desk.act("Ana", await desk.fire("third"), "acknowledge")
    await world.settle()
    await second.keep()
    assert read_heads(path, world.engine.secrets) == kept, "the file is not brought down to what is left"
    assert await world.db.value("SELECT COUNT(*) FROM audit WHERE place IS NULL") > 0
    problems = await world.engine.auditor.audit(world.clock.now())
    assert any("the record went back" in problem for problem in problems)


async def test_a_crash_between_commit_and_file_is_no_break(world: World, tmp_path: Path) -> None:
    path = tmp_path / "record.heads"
    desk = await lived_in(world)
    await (await keeper(world, path)).keep()
    behind = read_heads(path, world.engine.secrets)
    await desk.act("Ana", await desk.fire("third"), "acknowledge")
    await world.settle()
    assert isinstance(await found(world, behind), Checked)
    world.engine.audit_sealer.seen = None
    begun = await keeper(world, path)
    await begun.keep()
    assert begun.flaw is None
    assert read_heads(path, world.engine.secrets) == await load_heads(world.db) != behind


async def test_timelines_whose_newest_entries_went_are_found(world: World, tmp_path: Path) -> None:
    await lived_in(world)
    kept = await load_heads(world.db)
    last = await world.db.value("SELECT id FROM incident WHERE number = 2")
    link = await world.db.value("SELECT hash FROM timeline WHERE incident_id = :id AND n = 1", id=last)
    await world.db.apply(
        Writes()
        .sql("DELETE FROM timeline WHERE seq > (SELECT MIN(seq) FROM timeline WHERE incident_id = :id)", id=last)
        .sql(
            "UPDATE incident SET timeline_n = 1, sealed_n = 1, timeline_hash = :link WHERE id = :id", id=last, link=link
        )
    )
    broken = await found(world, kept)
    assert isinstance(broken, Break)


async def test_the_mark_of_the_key_can_not_be_made_anew(world: World, tmp_path: Path) -> None:
    path = tmp_path / "record.heads"
    desk = await lived_in(world)
    await (await keeper(world, path)).keep()
    await seal_plainly(world, 1, said="{}")
    await seal_plainly(world, 2)
    await world.db.apply(Writes().sql("DELETE FROM chain WHERE name = 'timelines'"))
    world.engine.sealer.key_begins = None
    await (await keeper(world, path)).keep()
    kept = read_heads(path, world.engine.secrets)
    assert await found(world, kept) == Break("timelines", "the mark of the key is not what the file of heads has")
    await desk.fire("third")
    await world.settle()
    assert await world.db.value("SELECT COUNT(*) FROM chain WHERE name = 'timelines'") == 0, "nor by the engine"


async def test_a_file_that_somebody_changed_is_said(world: World, tmp_path: Path) -> None:
    path = tmp_path / "record.heads"
    await lived_in(world)
    await (await keeper(world, path)).keep()
    said = path.read_bytes()
    for forged in (b"", b"{", said.replace(b'"length":', b'"length":1'), b"\xff"):
        path.write_bytes(forged)
        with pytest.raises(ValueError, match=r"read|changed"):
            read_heads(path, world.engine.secrets)
        begun = await keeper(world, path)
        await begun.keep()
        assert begun.flaw is not None
        assert path.read_bytes() == forged
    path.write_bytes(said)
    with pytest.raises(ValueError, match="changed"):
        read_heads(path, Secrets("another key, long enough for one"))


async def test_another_sealer_goes_on_where_the_file_is_behind(world: World) -> None:
    desk = await lived_in(world)
    kept = await load_heads(world.db)
    await desk.act("Ana", await desk.fire("third"), "acknowledge")
    sealer = AuditSealer(world.db, world.engine.secrets, seen=Head(kept.length, kept.link))
    await sealer.drain()
    assert isinstance(await found(world, kept), Checked)


@pytest.mark.store
async def test_where_the_file_stands(settings: Settings, tmp_path: Path) -> None:
    beside = heads_path(settings)
    assert (beside is not None) == settings.is_sqlite
    named = dataclasses.replace(settings, heads_file=str(tmp_path / "x"))
    assert heads_path(named) == tmp_path / "x"
    assert heads_path(dataclasses.replace(named, demo=True)) is None


async def test_the_command_holds_the_record_to_the_file(world: World, settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "record.heads"
    await lived_in(world)
    await (await keeper(world, path)).keep()
    environment = {"DATABASE_URL": settings.database_url, "DOGWATCH_SECRET_KEY": SECRET, "HEADS_FILE": str(path)}

    def command() -> "subprocess.CompletedProcess[str]":
        line = [sys.executable, "-m", "server.cli", "verify"]
        return subprocess.run(line, env=environment, capture_output=True, text=True, check=False)

    good = command()
    assert good.returncode == 0, good.stderr
    assert "file of heads" in good.stdout
    await cut_audit(world, to=2)
    bad = command()
    assert (bad.returncode, bad.stderr) == (
        1,
        "dogwatch: audit trail, entry 3: is missing, which the file of heads has\n",
    )
