"""What a responder's screens ask of the fake server beside incidents: names, bulk verbs, filters, the archive."""

from typing import TYPE_CHECKING, Any

import httpx
import msgspec

from shared.wire import routes
from shared.wire.alerts import FoundAlert
from shared.wire.events import ReceivedEvent
from shared.wire.incidents import Bulk, BulkItem, BulkResult, Incident, NewIncident, SavedFilter
from shared.wire.lists import Page
from tests.kit import fake_verbs, night, night_archive
from tests.kit.answers import answered, page_of, problem
from tests.kit.fake_me import FakeMe
from tests.kit.night import ANA, JONAS, NOW

if TYPE_CHECKING:
    from tests.kit.fake_api import FakeApi


class FakePhone:
    """`filters` are the reader's saved ones; `bulk` remembers each bulk verb."""

    def __init__(self, api: "FakeApi") -> None:
        self.api = api
        self.filters: list[SavedFilter] = []
        self.bulk: list[Bulk] = []
        self.me = FakeMe()
        self.alerts: list[Any] = night_archive.found_alerts()
        self.events: list[Any] = night_archive.received_events()
        self.opened: list[NewIncident] = []

    def answer(self, request: httpx.Request, body: dict[str, Any]) -> httpx.Response | None:
        """None when the path is somebody else's."""
        method, path = request.method, request.url.path
        if path == routes.INCIDENTS_BULK:
            return self._bulk(msgspec.convert(body, Bulk))
        if path == routes.INCIDENTS and method == "POST":
            return self._open(msgspec.convert(body, NewIncident))
        if path.startswith(routes.MY_SAVED_FILTERS):
            return self._filters(request, body)
        if path.startswith(routes.ALERTS):
            return self._archive(request, path.removeprefix(routes.ALERTS), self.alerts, "outcome")
        if path == routes.EVENTS or path.removeprefix(f"{routes.EVENTS}/") in {each.id for each in self.events}:
            return self._archive(request, path.removeprefix(routes.EVENTS), self.events, "state")
        return self.me.answer(request, body)

    def _bulk(self, wanted: Bulk) -> httpx.Response:
        self.bulk.append(wanted)
        items: list[BulkItem] = []
        for ident in wanted.ids:
            body = {name: value for name, value in msgspec.to_builtins(wanted.args).items() if value is not None}
            done = fake_verbs.after(self.api.get(ident), wanted.verb, body, self.api.incidents)
            if isinstance(done, str):
                items.append(BulkItem(id=ident, done=False, code=done, detail=done))
            else:
                self.api.change(ident, **{name: getattr(done, name) for name in Incident.__struct_fields__})
                items.append(BulkItem(id=ident, done=True))
        count = sum(each.done for each in items)
        return answered(BulkResult(done=count, refused=len(items) - count, items=items))

    def _open(self, new: NewIncident) -> httpx.Response:
        self.opened.append(new)
        opened = night.incident(
            4822,
            new.title,
            severity=new.severity,
            triggered_at=NOW,
            opened_by=JONAS,
            integration=None,
            source=None,
            alert_count=0,
            open_alert_count=0,
            paging=[fake_verbs.PEOPLE[each] for each in new.user_ids] or [ANA],
        )
        self.api.incidents = [opened, *self.api.incidents]
        return answered(opened, 201)

    def _archive(self, request: httpx.Request, rest: str, items: list[Any], field: str) -> httpx.Response:
        if ident := rest.strip("/"):
            found = next((each for each in items if each.id == ident), None)
            return answered(found) if found is not None else problem(404, "not_found")
        wanted, words = request.url.params.get_list(field), request.url.params.get("q", "").lower()
        shown = [each for each in items if not wanted or getattr(each, field) in wanted]
        found = [each for each in shown if words in getattr(each, "title", "").lower()]
        listed = FoundAlert if field == "outcome" else ReceivedEvent
        return answered(page_of(found, request.url.params, listed, largest=self.api.page_size))

    def _filters(self, request: httpx.Request, body: dict[str, Any]) -> httpx.Response:
        ident = request.url.path.removeprefix(routes.MY_SAVED_FILTERS).strip("/")
        if request.method == "GET":
            return answered(Page(items=self.filters))
        found = next((i for i, each in enumerate(self.filters) if each.id == ident), None)
        if request.method == "DELETE" and found is not None:
            del self.filters[found]
            return httpx.Response(204)
        if ident and found is None:
            return problem(404, "not_found")
        if any(each.name == body["name"] and each.id != ident for each in self.filters):
            return problem(409, "name_taken")
        rev = self.filters[found].rev + 1 if found is not None else 1
        fields = {"id": ident or f"f-{len(self.filters) + 1}", "position": len(self.filters), "rev": rev, **body}
        if fields["position"] is None:
            fields["position"] = 0
        made = msgspec.convert({"is_default": False, **fields}, SavedFilter)
        if made.is_default:
            self.filters = [msgspec.structs.replace(each, is_default=False) for each in self.filters]
        if found is None:
            self.filters.append(made)
        else:
            self.filters[found] = made
        return answered(made, 201 if found is None else 200)
