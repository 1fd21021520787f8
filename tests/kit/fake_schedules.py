"""The fake server's schedules: previews by the real rules, on-call roles, calendars, coverage, calendar addresses."""

import re
from datetime import date, timedelta
from typing import Any

import httpx
import msgspec

from shared.domain.on_call.layer_edits import diff_shifts
from shared.domain.on_call.rota import Rota
from shared.domain.on_call.rota import Schedule as Plan
from shared.domain.on_call.schedule_checks import Nameable, check_schedule
from shared.domain.on_call.schedules import gaps, shifts
from shared.wire import routes
from shared.wire.covers import CalendarFeed
from shared.wire.lists import Page
from shared.wire.on_call_roles import OnCallRole
from shared.wire.problems import FieldProblem
from shared.wire.schedules import Preview, PreviewInput
from shared.wire.service_calendars import CalendarDays, ServiceCalendar
from tests.kit import nordwind_schedules as nordwind
from tests.kit.answers import Shelf, answered, refused
from tests.kit.night import NOW

FEED = "https://dogwatch.nordwind.example/api/v1/calendars/nw-4f7Qk2"


class FakeSchedules:
    """`coverage`, in how many pages it comes, and `feeds` (by path) may be set before the app asks."""

    def __init__(self, schedules: Shelf, users: Shelf) -> None:
        self.schedules, self.users = schedules, users
        self.roles = Shelf(routes.ON_CALL_ROLES, nordwind.on_call_roles(), {"is_built_in": False, "used_by": 0})
        self.calendars = Shelf(routes.SERVICE_CALENDARS, nordwind.service_calendars(), {})
        self.coverage = nordwind.coverage()
        self.coverage_pages = 1
        self.feeds: dict[str, int] = {}
        self.previews: list[PreviewInput] = []

    def answer(self, method: str, request: httpx.Request, body: dict[str, Any]) -> httpx.Response | None:
        """None when the path is somebody else's."""
        path = request.url.path
        if path == routes.SCHEDULE_PREVIEW:
            return self._preview(body)
        if path == routes.COVERAGE:
            return self._coverage(request)
        if path == routes.HOLIDAY_COUNTRIES:
            return answered(Page(items=nordwind.holiday_countries()))
        if found := re.fullmatch(rf"{routes.SERVICE_CALENDARS}/([\w-]+)/days", path):
            return self._days(found[1], request)
        if path.endswith("/calendar-feed"):
            return self._feed(method, path)
        return None

    def _coverage(self, request: httpx.Request) -> httpx.Response:
        items, page = self.coverage.items, int(request.url.params.get("cursor", 0))
        each = -(-len(items) // self.coverage_pages)
        more = str(page + 1) if page + 1 < self.coverage_pages else None
        shown = items[page * each : (page + 1) * each]
        return answered(msgspec.structs.replace(self.coverage, items=shown, next_cursor=more))

    def _preview(self, body: dict[str, Any]) -> httpx.Response:
        asked = msgspec.convert(body, PreviewInput)
        self.previews.append(asked)
        wanted = asked.schedule
        layers = tuple(
            msgspec.structs.replace(layer, id=layer.id or f"new-{i}") for i, layer in enumerate(wanted.layers)
        )
        people = {each.id: each.name for each in self.users.items}
        known = Nameable(users=frozenset(people), roles=frozenset(each.id for each in self.roles.items))
        plan = Plan(time_zone=wanted.time_zone, overlap=wanted.overlap, layers=layers)
        checked = check_schedule(plan, known, now=NOW)
        if checked.flaws:
            flaws = [
                FieldProblem(field=f"schedule.{each.field}", code=each.code, message=each.message, args=each.args)
                for each in checked.flaws
            ]
            return refused(400, "invalid", *flaws)
        after = Rota(schedule=checked.schedule)
        before = next((each for each in self.schedules.items if each.id == asked.schedule_id), None)
        was = Rota(schedule=Plan(time_zone=before.time_zone, layers=before.layers)) if before else None
        return answered(
            Preview(
                layers=checked.schedule.layers,
                shifts=shifts(after, asked.start, asked.end),
                gaps=gaps(after, asked.start, asked.end),
                changes=diff_shifts(was, after, asked.start, asked.end) if was else [],
                people=people,
            )
        )

    def _days(self, ident: str, request: httpx.Request) -> httpx.Response:
        calendar = next((each for each in self.calendars.items if each.id == ident), None)
        if calendar is None:
            return refused(404, "not_found")
        query = request.url.params
        first, end = (date.fromisoformat(query[name]) for name in ("from", "to"))
        return answered(CalendarDays(items=nordwind.days(calendar, first, end)))

    def _feed(self, method: str, path: str) -> httpx.Response:
        if method == "DELETE":
            self.feeds.pop(path, None)
            return httpx.Response(204)
        if method == "POST":
            self.feeds[path] = self.feeds.get(path, 0) + 1
        made = self.feeds.get(path)
        url = f"{FEED}-{made}.ics" if made else None
        feed = CalendarFeed(url=url, made_at=NOW - timedelta(days=12) if made else None)
        return answered(feed, 201 if method == "POST" else 200)


def kinds() -> dict[str, Any]:
    """What the lists hold, by path."""
    return {routes.ON_CALL_ROLES: OnCallRole, routes.SERVICE_CALENDARS: ServiceCalendar}
