"""One verb on many incidents: a result for each, committed slice by slice."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.access.permissions import INCIDENTS_ACT
from server.accounts.audit.trail import audit
from server.incidents.current import IncidentRow, load_incident
from server.incidents.merging import Merged, check_merge, merge, merge_target, named_in_trail
from server.incidents.one_request import way_of
from server.incidents.read import matching_ids
from server.incidents.snoozing import snooze_end
from server.incidents.verbs import acknowledge, escalate, resolve, snooze, unacknowledge, unsnooze
from server.kernel.database import Database, Stale, Writes
from server.kernel.errors import Conflict, DogwatchError, Flaws
from server.kernel.http import TRIES
from server.kernel.idempotency import find_replay, keep_answer
from shared.domain.incidents.timeline import Who
from shared.wire.incidents import BULK_MOST, Bulk, BulkItem, BulkResult, Resolve

SLICE = 20
"""As many as SQLite's writer, which pages wait for, commits in about 20 ms."""


class _Chosen(Struct, frozen=True):
    ids: tuple[str, ...]
    more: int


@dataclass(frozen=True)
class InBulk:
    """One request. With an Idempotency-Key each slice remembers its own answer, so that a repeat goes on where the
    first one ended."""

    db: Database
    actor: Actor
    data: Bulk
    key: str
    request: str
    now: datetime

    async def carry_out(self) -> BulkResult:
        """Raises Invalid for arguments that fit no incident; what one incident refuses is its own item."""
        target = await self._check()
        chosen = await self._chosen()
        items: list[BulkItem] = []
        for n, start in enumerate(range(0, len(chosen.ids), SLICE)):
            items += await self._slice(n, chosen.ids[start : start + SLICE], target)
        done = sum(item.done for item in items)
        return BulkResult(done=done, refused=len(items) - done, more=chosen.more, items=items)

    async def _check(self) -> str | None:
        """The target of a merge, seen and legal."""
        flaws, args, target = Flaws(), self.data.args, None
        if bool(self.data.ids) == (self.data.filter is not None):
            flaws.add("ids", "one_of", "give either ids or a filter")
        if self.data.verb == "snooze":
            with flaws.gathered():
                snooze_end(seconds=args.seconds, until=args.until, now=self.now, at="args.")
        if self.data.verb == "merge" and args.into is None:
            flaws.add("args.into", "required", "name the incident to merge into")
        if self.data.verb == "merge" and args.into is not None:
            with flaws.gathered():
                target = (await merge_target(self.db, self.actor, args.into, field="args.into")).id
        flaws.refuse()
        return target

    async def _chosen(self) -> _Chosen:
        kept = await self._kept("ids")
        if kept is not None:
            return msgspec.json.decode(kept, type=_Chosen)
        if self.data.filter is None:
            chosen = _Chosen(tuple(dict.fromkeys(self.data.ids)), 0)
        else:
            chosen = _Chosen(*await matching_ids(self.db, self.actor, self.data.filter, limit=BULK_MOST))
        writes = Writes()
        self._keep(writes, "ids", msgspec.json.encode(chosen))
        await self.db.apply(writes)
        return chosen

    async def _slice(self, n: int, ids: Sequence[str], target: str | None) -> list[BulkItem]:
        for _ in range(TRIES):
            kept = await self._kept(str(n))
            if kept is not None:
                return msgspec.json.decode(kept, type=list[BulkItem])
            writes, items = await (self._merged(ids, target) if target else self._each(ids))
            self._keep(writes, str(n), msgspec.json.encode(items))
            try:
                await self.db.apply(writes)
            except Stale:
                continue
            return items
        return [_refused(id, Conflict("it kept changing meanwhile; try again", code="contended")) for id in ids]

    async def _each(self, ids: Sequence[str]) -> tuple[Writes, list[BulkItem]]:
        writes, items = Writes(), list[BulkItem]()
        for id in ids:
            try:
                incident = await self._seen(id)
                decided = await self._decide(incident)
            except DogwatchError as error:
                items.append(_refused(id, error))
                continue
            audit(decided, self.actor, incident.about, verb=self.data.verb, now=self.now)
            writes.extend_with(decided)
            items.append(BulkItem(id=id, done=True))
        return writes, items

    async def _decide(self, incident: IncidentRow) -> Writes:
        args = self.data.args
        by, via, now = Who(self.actor.kind, self.actor.user_id), way_of(self.actor), self.now
        match self.data.verb:
            case "acknowledge":
                return await acknowledge(self.db, incident, via=via, by=by, now=now)
            case "unacknowledge":
                return await unacknowledge(self.db, incident, via=via, by=by, now=now)
            case "snooze":
                until = snooze_end(seconds=args.seconds, until=args.until, now=self.now)
                return await snooze(self.db, incident, via=via, until=until, by=by, now=now)
            case "unsnooze":
                return await unsnooze(self.db, incident, by=by, now=now)
            case "escalate":
                return await escalate(self.db, incident, level=None, by=by, now=now)
            case _:
                words = Resolve(**{name: getattr(args, name) for name in Resolve.__struct_fields__})
                return await resolve(self.db, incident, via=via, words=words, by=by, now=now)

    async def _merged(self, ids: Sequence[str], target_id: str) -> tuple[Writes, list[BulkItem]]:
        target = await load_incident(self.db, target_id)
        sources, items = list[IncidentRow](), list[BulkItem]()
        for id in ids:
            try:
                source = await self._seen(id)
                await check_merge(self.db, source, target, now=self.now)
            except DogwatchError as error:
                items.append(_refused(id, error))
                continue
            sources.append(source)
            items.append(BulkItem(id=id, done=True))
        if not sources:
            return Writes(), items
        writes = await merge(self.db, target, sources, by=Who(self.actor.kind, self.actor.user_id), now=self.now)
        for source in sources:
            into = Merged(into=named_in_trail(target))
            audit(writes, self.actor, source.about, verb="merge", after=into, now=self.now)
        return writes, items

    async def _seen(self, id: str) -> IncidentRow:
        incident = await load_incident(self.db, id)
        self.actor.require_team(incident.team_id, INCIDENTS_ACT)
        return incident

    async def _kept(self, part: str) -> bytes | None:
        if not self.key:
            return None
        replay = await find_replay(
            self.db, actor=self.actor.user_id, key=self._part(part), request=self.request, now=self.now
        )
        return replay.body if replay else None

    def _keep(self, writes: Writes, part: str, body: bytes) -> None:
        if self.key:
            keep_answer(
                writes,
                actor=self.actor.user_id,
                key=self._part(part),
                request=self.request,
                status=200,
                body=body,
                now=self.now,
            )

    def _part(self, part: str) -> str:
        return f"bulk:{hashlib.sha256(self.key.encode()).hexdigest()}:{part}"


def _refused(id: str, error: DogwatchError) -> BulkItem:
    return BulkItem(id=id, done=False, code=error.code, detail=error.detail or error.title)
