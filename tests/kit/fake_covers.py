"""The fake server's time off, requests for cover, pager and handover: in memory, by the domain's own rules."""

import json
from datetime import datetime, timedelta
from typing import Any

import httpx
import msgspec
from msgspec import structs

from shared.domain.covers.candidates import Clash
from shared.domain.covers.requests import CoverSituation, CoverVerb, Part, cover_refusal, left_over, legal_cover_verbs
from shared.domain.on_call.rota import Override, Scope
from shared.domain.on_call.schedules import shifts
from shared.wire import covers as wire
from shared.wire import routes
from shared.wire import schedules as wire_schedules
from shared.wire.handovers import Handover, Remark
from shared.wire.lists import Page, Ref
from shared.wire.problems import FieldProblem
from tests.kit.answers import answered, refused
from tests.kit.fake_rotas import FakeRotas
from tests.kit.night import ANA, BO, JONAS, MEI, NOW
from tests.kit.nordwind_covers import calendars, candidates, handover, requests, time_off

VERBS: tuple[CoverVerb, ...] = ("accept", "decline", "approve", "reject", "cancel")
PEOPLE = {each.id: each for each in (JONAS, BO, ANA, MEI)}


class FakeCovers:
    """`asked` is (method, path, body) of what changes something; `decides` and `edits` as a manager would.

    `busy` are not free; `clashes` is why the reader isn't.
    """

    def __init__(self, rotas: FakeRotas) -> None:
        self.rotas = rotas
        self.requests = requests()
        self.time_off = time_off()
        self.calendars = calendars()
        self.handover: Handover = handover()
        self.busy: set[str] = set()
        self.clashes: Clash | None = None
        self.decides = False
        self.edits = False
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.keys: list[str | None] = []

    def answer(self, request: httpx.Request) -> httpx.Response | None:
        """None when the path is somebody else's."""
        method, path = request.method, request.url.path
        body: dict[str, Any] = json.loads(request.content) if request.content else {}
        found = self._of_time_off(method, path, body) or self._of_covers(request, body)
        found = found or self._of_schedule(method, path, body)
        if found is not None and method != "GET":
            self.asked.append((method, path, body))
            self.keys.append(request.headers.get("idempotency-key"))
        return found

    def sent(self, path: str) -> list[dict[str, Any]]:
        """What was posted to a path."""
        return [body for method, at, body in self.asked if (method, at) == ("POST", path)]

    # Time off

    def _of_time_off(self, method: str, path: str, body: dict[str, Any]) -> httpx.Response | None:
        if path == routes.MY_TIME_OFF_PREVIEW:
            return answered(wire.TimeOffMade(time_off=None, affected=self._affected(body)))
        if path == routes.MY_TIME_OFF:
            return self._enter(body) if method == "POST" else answered(Page(items=self.time_off))
        if path == routes.MY_TIME_OFF_CALENDARS:
            return self._add(body) if method == "POST" else answered(Page(items=self.calendars))
        base, _, ident = path.rpartition("/")
        if base == routes.MY_TIME_OFF:
            self.time_off = [
                structs.replace(each, cancelled_at=NOW) if each.id == ident else each for each in self.time_off
            ]
            return httpx.Response(204)
        if base == routes.MY_TIME_OFF_CALENDARS:
            self.calendars = [each for each in self.calendars if each.id != ident]
            return httpx.Response(204)
        return None

    def _affected(self, body: dict[str, Any]) -> list[wire.AffectedShift]:
        given = msgspec.convert(body, wire.TimeOffInput)
        start = max(given.start, NOW)
        found = [
            wire.AffectedShift(
                schedule=rota.schedule,
                start=shift.start,
                end=shift.end,
                role_id=shift.role_id,
                candidates=self._candidates(),
                request_id=self._open_request(rota.schedule.id, shift.start, shift.end),
            )
            for rota in self.rotas.rotas
            for shift in (shifts(rota.rota, start, given.end) if start < given.end else [])
            if shift.user_id == JONAS.id
        ]
        return sorted(found, key=lambda each: each.start)

    def _open_request(self, schedule_id: str, start: datetime, end: datetime) -> str | None:
        found = (
            each.id
            for each in self.requests
            if each.requester == JONAS and each.schedule.id == schedule_id and each.start < end and start < each.end
            if each.state == "open"
        )
        return next(found, None)

    def _candidates(self) -> list[wire.CoverCandidate]:
        return [each for each in candidates() if each.user.id not in self.busy]

    def _enter(self, body: dict[str, Any]) -> httpx.Response:
        given = msgspec.convert(body, wire.TimeOffInput)
        made = wire.TimeOff(
            id=f"off-new-{len(self.time_off)}",
            user=JONAS,
            start=given.start,
            end=given.end,
            reason=given.reason,
            source="entered",
            created_at=NOW,
        )
        affected = self._affected(body)
        self.time_off = [*self.time_off, made]
        return answered(wire.TimeOffMade(time_off=made, affected=affected), 201)

    def _add(self, body: dict[str, Any]) -> httpx.Response:
        given = msgspec.convert(body, wire.TimeOffCalendarInput)
        if given.content is not None and "BEGIN:VCALENDAR" not in given.content:
            told = FieldProblem(field="content", code="not_a_calendar", message="not a calendar", args={})
            return refused(400, "invalid", told)
        made = wire.TimeOffCalendar(
            id=f"cal-new-{len(self.calendars)}",
            name=given.name,
            url=given.url,
            entries=2,
            read_at=NOW,
            problem=None,
            created_at=NOW,
            left_out={"unreadable": (given.content or "").count("banana")} if "banana" in (given.content or "") else {},
        )
        self.calendars = [*self.calendars, made]
        return answered(made, 201)

    # Requests

    def _of_covers(self, request: httpx.Request, body: dict[str, Any]) -> httpx.Response | None:
        method, path, query = request.method, request.url.path, request.url.params
        if path == routes.COVER_CANDIDATES or path.endswith("/overrides/candidates"):
            relieved = query.get("user_id")
            return answered(Page(items=[each for each in self._candidates() if each.user.id != relieved]))
        if path == routes.COVER_REQUESTS:
            if method == "POST":
                return self._ask(body)
            found = [self.seen(each) for each in self.requests]
            if query.get("mine") == "true":
                found = [each for each in found if JONAS in (each.requester, *(one.user for one in each.asked))]
            wanted = query.get("state")
            return answered(Page(items=[each for each in found if wanted in (None, each.state)]))
        if not path.startswith(f"{routes.COVER_REQUESTS}/"):
            return None
        ident, _, verb = path.removeprefix(f"{routes.COVER_REQUESTS}/").partition("/")
        found_one = next((each for each in self.requests if each.id == ident), None)
        if found_one is None:
            return refused(404, "not_found")
        if not verb:
            shown = self.seen(found_one)
            mine = wire.CoverCandidate(
                user=JONAS, hours=72, rest_h=9, is_rested=False, shares="schedule", clashes=self.clashes
            )
            return answered(structs.replace(shown, mine=mine if "accept" in shown.can else None))
        return self._do(found_one, next(each for each in VERBS if each == verb), body)

    def _part(self, each: wire.CoverRequest) -> Part:
        mine = next((one for one in each.asked if one.user == JONAS), None)
        return Part(
            is_asked=mine is not None,
            has_declined=mine is not None and mine.declined_at is not None,
            is_requester=each.requester == JONAS,
            may_decide=self.decides,
            may_edit=self.edits,
        )

    def _situation(self, each: wire.CoverRequest) -> CoverSituation:
        return CoverSituation(state=each.state, needs_approval=each.needs_approval, start=each.start)

    def seen(self, each: wire.CoverRequest) -> wire.CoverRequest:
        return structs.replace(each, can=legal_cover_verbs(self._situation(each), self._part(each), now=NOW))

    def _ask(self, body: dict[str, Any]) -> httpx.Response:
        given = msgspec.convert(body, wire.CoverRequestInput)
        rota = self.rotas.find(given.schedule_id)
        assert rota is not None
        made = wire.CoverRequest(
            id=f"cover-new-{len(self.requests)}",
            schedule=rota.schedule,
            requester=JONAS,
            start=given.start,
            end=given.end,
            reason=given.reason,
            state="open",
            needs_approval=False,
            asked=[wire.AskedPerson(user=PEOPLE[each]) for each in given.asked],
            accepted_by=None,
            decided_by=None,
            override_id=None,
            created_at=NOW,
            updated_at=NOW,
            rev=1,
        )
        self.requests = [made, *self.requests]
        return answered(self.seen(made), 201)

    def _do(self, each: wire.CoverRequest, verb: CoverVerb, body: dict[str, Any]) -> httpx.Response:
        refusal = cover_refusal(verb, self._situation(each), self._part(each), now=NOW)
        if refusal is not None:
            who = {"who": each.accepted_by.name} if each.accepted_by is not None else {}
            told = FieldProblem(field="", code=refusal.code, message=refusal.message, args=who)
            return refused(403 if refusal.is_forbidden else 409, refusal.code, told)
        if verb == "accept":
            return self._accept(each, msgspec.convert(body, wire.CoverAnswer))
        changes: dict[CoverVerb, dict[str, Any]] = {
            "decline": {
                "asked": [structs.replace(one, declined_at=NOW) if one.user == JONAS else one for one in each.asked],
                "state": "declined" if len(each.asked) == 1 else "open",
            },
            "approve": {"state": "approved", "decided_by": JONAS},
            "reject": {"state": "declined", "decided_by": JONAS},
            "cancel": {"state": "cancelled"},
        }
        return answered(self._put(each, **changes[verb]))

    def _accept(self, each: wire.CoverRequest, given: wire.CoverAnswer) -> httpx.Response:
        start, end = given.start or each.start, given.end or each.end
        rest = [
            structs.replace(each, id=f"{each.id}-rest-{n}", start=since, end=until)
            for n, (since, until) in enumerate(left_over((each.start, each.end), (start, end)))
        ]
        done = self._put(each, state="accepted", accepted_by=JONAS, start=start, end=end)
        self.requests = [*rest, *self.requests]
        return answered(done)

    def _put(self, each: wire.CoverRequest, **changes: Any) -> wire.CoverRequest:
        after = structs.replace(each, rev=each.rev + 1, updated_at=NOW, **changes)
        self.requests = [after if one.id == each.id else one for one in self.requests]
        return self.seen(after)

    def settle(self, ident: str, **changes: Any) -> None:
        """Somebody else was quicker."""
        self._put(next(each for each in self.requests if each.id == ident), **changes)

    # The pager and the handover

    def _of_schedule(self, method: str, path: str, body: dict[str, Any]) -> httpx.Response | None:
        ident, _, part = path.removeprefix(f"{routes.SCHEDULES}/").partition("/")
        rota = self.rotas.find(ident)
        if rota is None or not path.startswith(f"{routes.SCHEDULES}/"):
            return None
        if part == "handover":
            return answered(structs.replace(self.handover, schedule=rota.schedule))
        if part == "remark":
            left = Remark(text=body["text"], by=JONAS, at=NOW)
            self.handover = structs.replace(self.handover, remark=left if body["text"] else None)
            return answered(left, 201)
        if part == "give":
            return self._hand(rota.schedule, PEOPLE[body["to_user_id"]], JONAS, datetime.fromisoformat(body["until"]))
        if part == "take":
            holder = PEOPLE.get(body.get("from_user_id") or "")
            return self._hand(rota.schedule, JONAS, holder, NOW + timedelta(hours=6))
        return None

    def _hand(self, schedule: Ref, to: Ref, holder: Ref | None, until: datetime) -> httpx.Response:
        scope = Scope(kind="person", user_id=holder.id) if holder is not None else Scope()
        made = Override(
            id="o-handed", start=NOW, end=until, user_id=to.id, scope=scope, created_at=NOW, created_by=JONAS.id
        )
        self.rotas.put(schedule.id, made)
        told = msgspec.convert({**msgspec.to_builtins(made), "created_by": JONAS.id}, wire_schedules.Override)
        told = structs.replace(told, warnings=self.rotas.warnings([to.id], "to_user_id"))
        return answered(wire.PagerHanded(schedule=schedule, holder=to, override=told, until=until), 201)
