"""The fake server's rotas, overrides that change them, and one schedule's words."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import httpx
import msgspec
from msgspec import structs

from shared.domain.on_call.rota import Override
from shared.wire import routes
from shared.wire import schedules as wire
from shared.wire.lists import Page
from shared.wire.problems import FieldProblem
from shared.wire.schedules import ScheduleRota
from tests.kit.answers import answered, refused
from tests.kit.night import JONAS, NOW
from tests.kit.nordwind_rotas import PEOPLE, rotas


class FakeRotas:
    """`asked` is (method, path, body) of what changes something; `out_of_reach` have no way to be paged."""

    def __init__(self) -> None:
        self.rotas: list[ScheduleRota] = rotas()
        self.held: list[wire.MyShift] = []
        self.out_of_reach: set[str] = set()
        self.asked: list[tuple[str, str, dict[str, Any]]] = []

    def find(self, ident: str) -> ScheduleRota | None:
        return next((each for each in self.rotas if each.schedule.id == ident), None)

    def answer(self, request: httpx.Request) -> httpx.Response | None:
        """None when the path is somebody else's."""
        method, path = request.method, request.url.path
        if path == routes.SCHEDULE_ROTAS:
            return answered(wire.Rotas(items=self.rotas, held=self.held))
        ident, _, part = path.removeprefix(f"{routes.SCHEDULES}/").partition("/")
        found = self.find(ident)
        if not path.startswith(f"{routes.SCHEDULES}/") or found is None:
            return None
        if method != "GET":
            self.asked.append((method, path, json.loads(request.content) if request.content else {}))
        if part == "overrides":
            return self._overrides(found, request)
        if part.startswith("overrides/") and method == "DELETE":
            return self._cancel(found, part.rsplit("/", 1)[1])
        return None

    def _overrides(self, found: ScheduleRota, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            newest = sorted(found.rota.overrides, key=lambda each: each.start, reverse=True)
            return answered(Page(items=[_as_wire(each) for each in newest]))
        given = msgspec.json.decode(request.content, type=wire.OverrideInput)
        made = Override(
            id=f"o-new-{len(found.rota.overrides)}",
            start=given.start,
            end=given.end,
            user_id=given.user_id,
            scope=given.scope,
            reason=given.reason,
            created_at=NOW,
            created_by=JONAS.id,
        )
        self._put(found, (*found.rota.overrides, made))
        return answered(structs.replace(_as_wire(made), warnings=self.warnings([made.user_id], "user_id")), 201)

    def warnings(self, user_ids: Iterable[str], field: str) -> list[FieldProblem]:
        """What is told to whoever puts these on call."""
        named = [(id, PEOPLE[id]) for id in user_ids if id in self.out_of_reach]
        return [
            FieldProblem(field=field, code="unreachable", message="", args={"user_id": id, "name": name})
            for id, name in named
        ]

    def _cancel(self, found: ScheduleRota, ident: str) -> httpx.Response:
        if ident not in {each.id for each in found.rota.overrides}:
            return refused(404, "not_found")
        now: datetime = NOW
        self._put(
            found,
            tuple(
                structs.replace(each, cancelled_at=now) if each.id == ident else each for each in found.rota.overrides
            ),
        )
        return httpx.Response(204)

    def put(self, ident: str, made: Override) -> None:
        """Add an override."""
        found = self.find(ident)
        assert found is not None
        self._put(found, (*found.rota.overrides, made))

    def _put(self, found: ScheduleRota, overrides: tuple[Override, ...]) -> None:
        changed = structs.replace(found, rota=structs.replace(found.rota, overrides=overrides))
        self.rotas = [changed if each.schedule.id == found.schedule.id else each for each in self.rotas]


def _as_wire(each: Override) -> wire.Override:
    return msgspec.convert({**msgspec.to_builtins(each), "created_by": each.created_by or ""}, wire.Override)
