"""The fake server's status pages: what picture 12 has, in memory."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import httpx
import msgspec
from msgspec import structs

from shared.wire import routes
from shared.wire import status_pages as wire
from shared.wire import status_publishing as publishing
from shared.wire import status_subscribers as subscribers
from shared.wire.lists import Page
from tests.kit import nordwind_publishing as nordwind
from tests.kit.answers import NOT_FAKED, answered, page_of, refused
from tests.kit.fake_status_events import PUBLISH, FakeStatusEvents
from tests.kit.night import NOW

SET_UP: Final = "status_pages:edit"


class FakeStatus(FakeStatusEvents):
    """Pages, what they are made of, and who subscribes."""

    # Answering

    def answer(self, request: httpx.Request) -> httpx.Response | None:
        """None when the path is somebody else's."""
        method, path = request.method, request.url.path
        body: dict[str, Any] = json.loads(request.content) if request.content else {}
        if path.startswith(f"{routes.INCIDENTS}/") and path.endswith(("/publish", "/publications")):
            found = self._of_incident(method, path, body)
        elif path == routes.STATUS_PAGES or path.startswith(f"{routes.STATUS_PAGES}/"):
            found = self._of_pages(request, method, path.removeprefix(routes.STATUS_PAGES).strip("/"), body)
        else:
            return None
        if method != "GET":
            self.asked.append((method, path, body))
        return found

    def _of_pages(self, request: httpx.Request, method: str, rest: str, body: dict[str, Any]) -> httpx.Response:
        if not rest:
            return self._make_page(body) if method == "POST" else answered(Page(items=self.pages))
        page_id, _, part = rest.partition("/")
        page = next((each for each in self.pages if each.id == page_id), None)
        if page is None:
            return refused(404, "not_found")
        kind = part.split("/")[0]
        for_publishers = kind in ("proposals",) or part.endswith(("/letters", "/notified"))
        writes_events = method != "GET" and kind == "events"
        needs = PUBLISH if for_publishers or writes_events else SET_UP
        if (method != "GET" or for_publishers or kind == "subscribers") and not self._may(needs, page):
            return refused(403, "not_your_team")
        answers: dict[str, Callable[[], httpx.Response]] = {
            "": lambda: self._page(request, method, page, body),
            "components": lambda: self._components(request, method, page, body),
            "uptime": lambda: answered(self._uptime(page)),
            "events": lambda: self._of_events(request, method, page, part.split("/")[1:], body),
            "templates": lambda: self._shelf(
                request,
                method,
                self.templates[page.id],
                part.split("/")[1:],
                body,
                wire.StatusTemplateInput,
                wire.StatusTemplate,
            ),
            "rules": lambda: self._shelf(
                request,
                method,
                self.rules[page.id],
                part.split("/")[1:],
                body,
                publishing.StatusRuleInput,
                publishing.StatusRule,
            ),
            "proposals": lambda: self._of_proposals(method, page, part.split("/")[1:], body),
            "subscribers": lambda: self._of_subscribers(request, method, part.split("/")[1:], body),
        }
        is_known = kind in answers and part != "events/csv"
        return answers[kind]() if is_known else httpx.Response(NOT_FAKED, content=b"{}")

    # Pages

    def _make_page(self, body: dict[str, Any]) -> httpx.Response:
        given = msgspec.convert(body, wire.StatusPageInput)
        if any(each.slug == given.slug for each in self.pages):
            return refused(409, "slug_taken")
        if self.most_pages and sum(each.is_public == given.is_public for each in self.pages) >= self.most_pages:
            return refused(409, "too_many_status_pages")
        made = wire.StatusPage(id=f"page-{len(self.pages)}", rev=1, **structs.asdict(given))
        self.pages.append(made)
        self.groups[made.id], self.events[made.id] = [], []
        self.templates[made.id], self.rules[made.id] = [], []
        return answered(made, 201)

    def _page(self, request: httpx.Request, method: str, page: wire.StatusPage, body: dict[str, Any]) -> httpx.Response:
        if method == "GET":
            return answered(page)
        if request.headers.get("if-match") != str(page.rev):
            return refused(412, "stale")
        self.pages = [each for each in self.pages if each.id != page.id]
        if method == "DELETE":
            return httpx.Response(204)
        given = msgspec.convert(body, wire.StatusPageInput)
        saved = wire.StatusPage(id=page.id, rev=page.rev + 1, **structs.asdict(given))
        self.pages.append(saved)
        return answered(saved)

    def _components(
        self, request: httpx.Request, method: str, page: wire.StatusPage, body: dict[str, Any]
    ) -> httpx.Response:
        if method == "PUT":
            if request.headers.get("if-match") != str(page.rev):
                return refused(412, "stale")
            given = msgspec.convert(body, wire.ComponentsInput)
            before = {each.id: each for group in self.groups[page.id] for each in group.components}
            self.groups[page.id] = [
                wire.Group(
                    id=group.id or f"new-group-{n}",
                    name=group.name,
                    is_uptime_hidden=group.is_uptime_hidden,
                    components=tuple(
                        wire.Component(
                            id=each.id or f"new-{n}-{m}",
                            name=each.name,
                            description=each.description,
                            available_since=before[each.id].available_since if each.id else NOW,
                            is_uptime_hidden=each.is_uptime_hidden,
                            impact="operational",
                        )
                        for m, each in enumerate(group.components)
                    ),
                )
                for n, group in enumerate(given.groups)
            ]
            self.pages = [
                structs.replace(each, rev=each.rev + 1) if each.id == page.id else each for each in self.pages
            ]
            page = next(each for each in self.pages if each.id == page.id)
        now = {each.component_id: each.impact for event in self.events[page.id] for each in event.impacts}
        groups = tuple(
            structs.replace(
                group,
                components=tuple(
                    structs.replace(each, impact=now.get(each.id, "operational")) for each in group.components
                ),
            )
            for group in self.groups[page.id]
        )
        return answered(wire.Components(groups=groups, rev=page.rev))

    def _uptime(self, page: wire.StatusPage) -> wire.StatusUptime:
        figures = tuple(
            wire.ComponentUptime(
                uptime=wire.UptimeFigure(id=each.id, percent="99.94", available_s=90 * 86_400.0, down_s=4_665.0),
                days=(),
            )
            for group in self.groups[page.id]
            for each in group.components
        )
        return wire.StatusUptime(since=NOW - timedelta(days=90), until=NOW, components=figures, groups=())

    # Lists

    def _shelf(
        self,
        request: httpx.Request,
        method: str,
        items: list[Any],
        rest: list[str],
        body: dict[str, Any],
        given: type[Any],
        kind: type[Any],
    ) -> httpx.Response:
        if method == "GET":
            return answered(Page(items=items))
        if method == "POST":
            wanted = msgspec.to_builtins(msgspec.convert(body, given))
            made = msgspec.convert({**wanted, "id": f"made-{len(items)}", "rev": 1}, kind)
            items.append(made)
            return answered(made, 201)
        at = next(n for n, each in enumerate(items) if each.id == rest[0])
        if request.headers.get("if-match") != str(items[at].rev):
            return refused(412, "stale")
        if method == "DELETE":
            del items[at]
            return httpx.Response(204)
        wanted = msgspec.to_builtins(msgspec.convert(body, given))
        items[at] = msgspec.convert({**wanted, "id": items[at].id, "rev": items[at].rev + 1}, kind)
        return answered(items[at])

    def _of_subscribers(
        self, request: httpx.Request, method: str, rest: list[str], body: dict[str, Any]
    ) -> httpx.Response:
        if rest == ["csv"]:
            if method == "GET":
                table = "email,language,components\r\n" + "".join(
                    f"{each.email},{each.language},\r\n" for each in self.subscribers
                )
                return httpx.Response(200, content=table.encode(), headers={"content-type": "text/csv; charset=utf-8"})
            given = msgspec.convert(body, subscribers.SubscribersTable)
            lines = [each for each in given.csv.splitlines()[1:] if each.strip()]
            known = {each.email for each in self.subscribers}
            new = [each.partition(",")[0] for each in lines if each.partition(",")[0] not in known]
            if not given.dry_run:
                self.subscribers += [nordwind.person(each, imported=True) for each in new]
            return answered(subscribers.SubscribersImported(added=len(new), known=len(lines) - len(new)))
        if rest:
            self.subscribers = [each for each in self.subscribers if each.id != rest[0]]
            return httpx.Response(204)
        wanted = request.url.params.get("q", "")
        found = [each for each in self.subscribers if (each.email or "").startswith(wanted)]
        return answered(page_of(found, request.url.params, subscribers.StatusSubscriber, largest=50))
