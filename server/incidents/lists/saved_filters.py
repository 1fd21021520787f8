"""Each person's named filters, in their order."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from server.accounts.access.actors import Actor
from server.accounts.access.ownership import refuse_taken
from server.accounts.audit.trail import About, audit
from server.incidents.lists.filtering import is_label
from server.kernel.database import Database, Writes, delete, select
from server.kernel.errors import Conflict, Flaws, NotFound
from server.kernel.ids import new_id
from server.kernel.refusals import require_rev
from server.tables.incidents import SavedFilter
from shared.wire import incidents as wire

MOST = 50


async def list_saved_filters(db: Database, actor: Actor) -> list[wire.SavedFilter]:
    return await db.rows(
        wire.SavedFilter,
        select(SavedFilter)
        .where(SavedFilter.user_id == actor.user_id)
        .order_by(SavedFilter.position)
        .order_by(SavedFilter.id),
    )


async def make_saved_filter(
    db: Database, actor: Actor, data: wire.SavedFilterInput, *, now: datetime
) -> tuple[Writes, wire.SavedFilter]:
    """Raises Conflict for a name that is taken, or when there are fifty; Invalid for what no list can be read by."""
    _check(data)
    others = await list_saved_filters(db, actor)
    if len(others) >= MOST:
        raise Conflict(f"there are {MOST} saved filters already", code="too_many")
    made = wire.SavedFilter(id=new_id(now), name=data.name, query=data.query, position=0, is_default=False, rev=1)
    writes = Writes()
    saved = _place(writes, others, made, data)
    writes.insert(
        SavedFilter,
        user_id=actor.user_id,
        created_at=now,
        **{name: getattr(saved, name) for name in saved.__struct_fields__},
    )
    audit(writes, actor, _about(saved), after=saved, now=now)
    return writes, saved


async def change_saved_filter(
    db: Database, actor: Actor, id: str, data: wire.SavedFilterInput, *, rev: int, now: datetime
) -> tuple[Writes, wire.SavedFilter]:
    """Without a position it stays where it is."""
    _check(data)
    before, others = await _own(db, actor, id, rev)
    writes = Writes()
    data = data if data.position is not None else msgspec.structs.replace(data, position=before.position)
    saved = _place(writes, others, msgspec.structs.replace(before, query=data.query, rev=rev + 1), data)
    values = {name: getattr(saved, name) for name in saved.__struct_fields__ if name != "id"}
    writes.update(SavedFilter, {"id": id, "rev": rev}, **values)
    audit(writes, actor, _about(saved), before=before, after=saved, now=now)
    return writes, saved


async def remove_saved_filter(db: Database, actor: Actor, id: str, *, rev: int, now: datetime) -> Writes:
    before, others = await _own(db, actor, id, rev)
    writes = Writes().query(delete(SavedFilter).where(SavedFilter.id == id, SavedFilter.rev == rev), expect=1)
    _number(writes, others)
    audit(writes, actor, _about(before), before=before, now=now)
    return writes


async def _own(db: Database, actor: Actor, id: str, rev: int) -> tuple[wire.SavedFilter, list[wire.SavedFilter]]:
    """The filter and its owner's others; raises NotFound or PreconditionFailed."""
    every = await list_saved_filters(db, actor)
    found = next((each for each in every if each.id == id), None)
    if found is None:
        raise NotFound
    require_rev(found.rev, rev)
    return found, [each for each in every if each.id != id]


def _check(data: wire.SavedFilterInput) -> None:
    flaws = Flaws()
    for n, label in enumerate(data.query.label):
        if not is_label(label):
            flaws.add(f"query.label[{n}]", "not_a_label", "must be key=value")
    flaws.refuse()


def _place(
    writes: Writes, others: list[wire.SavedFilter], saved: wire.SavedFilter, data: wire.SavedFilterInput
) -> wire.SavedFilter:
    """The filter as wanted, the others moved around it; raises Conflict for a name that is taken."""
    was = saved.name if saved.rev > 1 else None
    refuse_taken(data.name, [each.name for each in others], "another of your filters", was=was)
    position = min(len(others), data.position if data.position is not None else len(others))
    saved = msgspec.structs.replace(saved, name=data.name, position=position, is_default=data.is_default)
    if saved.is_default:
        for each in others:
            if each.is_default:
                writes.update(SavedFilter, {"id": each.id}, is_default=False)
    _number(writes, [*others[:position], saved, *others[position:]], but=saved.id)
    return saved


def _number(writes: Writes, ordered: Sequence[wire.SavedFilter], *, but: str | None = None) -> None:
    for position, each in enumerate(ordered):
        if each.id != but and each.position != position:
            writes.update(SavedFilter, {"id": each.id}, position=position)


def _about(saved: wire.SavedFilter) -> About:
    return About("saved_filter", saved.id, saved.name)
