"""The fake server's status events: published, updated, edited and taken back, by the domain's own rules."""

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import httpx
import msgspec
from msgspec import structs

from shared.domain.status.events import ComponentImpact, Update, is_closed, may_follow, standing
from shared.domain.status.events import StatusEvent as SaidEvent
from shared.domain.status.publishing import next_status
from shared.wire import routes
from shared.wire import status_pages as wire
from shared.wire import status_publishing as publishing
from shared.wire import status_subscribers as subscribers
from shared.wire.lists import Page, Ref
from shared.wire.problems import FieldProblem
from tests.kit import nordwind_publishing as nordwind
from tests.kit.answers import answered, page_of, refused
from tests.kit.night import NOW

if TYPE_CHECKING:
    from tests.kit.fake_api import FakeApi

PUBLISH: Final = "status_events:edit"
TOLD: Final = 1204
"""Subscribers of the page for customers."""


class FakeStatusEvents:
    """`asked` is (method, path, body) of what changes something; `now` is the night's, whatever the pictures say."""

    def __init__(self, api: "FakeApi") -> None:
        self.api = api
        self.pages = nordwind.pages()
        self.groups: dict[str, list[wire.Group]] = {"page-nordwind": nordwind.groups(), "page-inside": []}
        self.events: dict[str, list[wire.StatusEvent]] = {"page-nordwind": nordwind.events(), "page-inside": []}
        self.versions: list[wire.UpdateVersion] = []
        self.templates: dict[str, list[wire.StatusTemplate]] = {
            "page-nordwind": nordwind.templates(),
            "page-inside": [],
        }
        self.rules: dict[str, list[publishing.StatusRule]] = {"page-nordwind": [nordwind.rule()], "page-inside": []}
        self.proposals: list[publishing.StatusProposal] = []
        self.subscribers: list[subscribers.StatusSubscriber] = nordwind.people()
        self.links: dict[str, list[str]] = {}
        self.held = 0
        self.most_pages = 0
        self.asked: list[tuple[str, str, dict[str, Any]]] = []

    def propose(self, incident: Ref | None = None) -> None:
        """A rule wants to say something of an incident, and somebody has to approve it."""
        template = self.templates["page-nordwind"][0]
        self.proposals.append(
            publishing.StatusProposal(
                id=f"proposal-{len(self.proposals)}",
                rule_name="Checkout is down",
                incident=incident,
                state="asked",
                title=template.title,
                body=template.body,
                changes=template.changes,
                event_id=None,
                made_at=NOW - timedelta(minutes=2),
                decided_at=None,
                decided_by_name=None,
            )
        )

    def sent(self, method: str = "POST") -> list[tuple[str, dict[str, Any]]]:
        """What was sent by this method."""
        return [(path, body) for asked, path, body in self.asked if asked == method]

    def _may(self, permission: str, page: wire.StatusPage) -> bool:
        me = self.api.me
        held = (*me.team_permissions.get(page.team_id, ()), *me.object_permissions.get(page.id, ()))
        return permission in held

    # Events

    def _of_events(
        self, request: httpx.Request, method: str, page: wire.StatusPage, rest: list[str], body: dict[str, Any]
    ) -> httpx.Response:
        events = self.events[page.id]
        if not rest:
            if method == "POST":
                return self._publish(page, msgspec.convert(body, wire.StatusEventInput))
            query = request.url.params
            wanted = [each for each in events if query.get("is_open") in (None, str(each.is_open).lower())]
            return answered(page_of(wanted, query, wire.StatusEvent, largest=200))
        event = next((each for each in events if each.id == rest[0]), None)
        if event is None:
            return refused(404, "not_found")
        part = rest[1] if len(rest) > 1 else ""
        beside = self._beside(event, part)
        if beside is not None:
            return beside
        if method == "GET":
            return answered(event)
        if method == "POST":
            return self._say(page, event, msgspec.convert(body, wire.UpdateInput))
        if request.headers.get("if-match") != str(event.rev):
            return refused(412, "stale")
        if part == "updates":
            return self._otherwise(page, event, rest[2], body if method == "PUT" else None)
        if method == "DELETE":
            self.events[page.id] = [each for each in events if each.id != event.id]
            return httpx.Response(204)
        changed = structs.asdict(msgspec.convert(body, wire.StatusEventChange))
        return self._put(page, structs.replace(event, **changed))

    def _beside(self, event: wire.StatusEvent, part: str) -> httpx.Response | None:
        if part == "history":
            return answered(Page(items=[each for each in self.versions if each.update_id.startswith(event.id)]))
        if part == "notified":
            return answered(Page(items=[self._counts(each) for each in event.updates if each.is_notified]))
        if part == "letters":
            return answered(Page(items=nordwind.letters(event)))
        return None

    def _publish(self, page: wire.StatusPage, given: wire.StatusEventInput) -> httpx.Response:
        if not getattr(given.title, page.language).strip():
            return refused(400, "invalid", FieldProblem(field=f"title.{page.language}", code="empty", message="empty"))
        number = len(self.events[page.id]) + 1
        updates = tuple(
            wire.StatusUpdate(
                id=f"made-{number}-{n}",
                at=each.at or given.publish_at or NOW,
                status=each.status,
                body=each.body,
                changes=each.changes,
                next_update_at=each.next_update_at,
                edited_at=None,
                is_notified=each.notify is not False and not given.is_past,
            )
            for n, each in enumerate(given.updates)
        )
        event = wire.StatusEvent(
            id=f"made-{number}",
            number=number,
            kind=given.kind,
            title=given.title,
            status=updates[-1].status,
            is_open=True,
            began_at=updates[0].at,
            closed_at=None,
            starts_at=given.starts_at,
            ends_at=given.ends_at,
            is_by_time=given.is_by_time and given.kind == "maintenance",
            publish_at=given.publish_at,
            published_at=None if given.publish_at else NOW,
            impacts=(),
            linked_event_ids=given.linked_event_ids,
            updates=updates[::-1],
            rev=0,
        )
        self.events[page.id].insert(0, event)
        return self._put(page, event, 201)

    def _put(self, page: wire.StatusPage, event: wire.StatusEvent, status: int = 200) -> httpx.Response:
        """As the domain says where it stands."""
        said = tuple(Update(id=each.id, at=each.at, status=each.status, changes=each.changes) for each in event.updates)
        stands = standing(SaidEvent(id=event.id, kind=event.kind, updates=said), at=max(each.at for each in said))
        assert stands is not None
        impacts = stands.impacts if event.published_at is not None else {}
        saved = structs.replace(
            event,
            rev=event.rev + 1,
            status=stands.status,
            is_open=stands.is_open,
            closed_at=None if stands.is_open else next(e.at for e in event.updates if is_closed(event.kind, e.status)),
            impacts=tuple(ComponentImpact(component_id=id, impact=impact) for id, impact in sorted(impacts.items())),
        )
        self.events[page.id] = [saved if each.id == saved.id else each for each in self.events[page.id]]
        return answered(saved, status)

    def _say(self, page: wire.StatusPage, event: wire.StatusEvent, given: wire.UpdateInput) -> httpx.Response:
        if not may_follow(event.kind, event.status, given.status):
            return refused(400, "invalid", FieldProblem(field="status", code="out_of_order", message="out of order"))
        said = wire.StatusUpdate(
            id=f"{event.id}-{len(event.updates)}",
            at=given.at or NOW,
            status=given.status,
            body=given.body,
            changes=given.changes,
            next_update_at=given.next_update_at,
            edited_at=None,
            is_notified=given.notify is not False,
        )
        return self._put(page, structs.replace(event, updates=(said, *event.updates)), 201)

    def _otherwise(
        self, page: wire.StatusPage, event: wire.StatusEvent, update_id: str, body: dict[str, Any] | None
    ) -> httpx.Response:
        was = next(each for each in event.updates if each.id == update_id)
        self.versions.insert(
            0,
            wire.UpdateVersion(
                id=f"v{len(self.versions)}",
                update_id=f"{event.id} {update_id}",
                was=was,
                is_removed=body is None,
                changed_by_name=self.api.me.name,
                changed_at=NOW,
            ),
        )
        kept = [each for each in event.updates if each.id != update_id]
        if body is not None:
            given = msgspec.convert(body, wire.UpdateInput)
            changed = structs.replace(
                was, status=given.status, body=given.body, at=given.at or was.at, changes=given.changes, edited_at=NOW
            )
            kept = [changed if each.id == update_id else each for each in event.updates]
        answer = self._put(page, structs.replace(event, updates=tuple(kept)))
        return answer if body is not None else httpx.Response(204)

    def _counts(self, update: wire.StatusUpdate) -> subscribers.NotifiedUpdate:
        return subscribers.NotifiedUpdate(
            update_id=update.id, queued=0, held=self.held, sent=TOLD - self.held - 3, failed=3
        )

    # From on call

    def _of_incident(self, method: str, path: str, body: dict[str, Any]) -> httpx.Response:
        incident_id = path.removeprefix(f"{routes.INCIDENTS}/").partition("/")[0]
        links = self.links.get(incident_id, [])
        if method == "GET":
            return answered(Page(items=[self._publication(each, incident_id) for each in links]))
        given = msgspec.convert(body, publishing.PublishInput)
        page = next(each for each in self.pages if each.id == given.status_page_id)
        if not self._may(PUBLISH, page):
            return refused(403, "not_your_team")
        if any(each.id in links and each.is_open for each in self.events[page.id]):
            return refused(409, "published_from_already")
        template = next((each for each in self.templates[page.id] if each.id == given.template_id), None)
        update = wire.UpdateInput(
            status=given.status,
            body=given.body or (template.body if template else wire.Passage()),
            changes=given.changes or (template.changes if template else ()),
            next_update_at=given.next_update_at,
            notify=given.notify,
        )
        title = given.title or (template.title if template else wire.Phrase())
        event = wire.StatusEventInput(kind="incident", title=title, updates=(update,))
        made = self._publish(page, event)
        if made.status_code == 201:
            self.links[incident_id] = [json.loads(made.content)["id"], *links]
        return made

    def _publication(self, event_id: str, incident_id: str) -> publishing.Publication:
        page, event = next((page, each) for page in self.pages for each in self.events[page.id] if each.id == event_id)
        following = next_status(event.status, [self.api.get(incident_id).state])
        proposed = wire.UpdateInput(status=following) if following is not None else None
        return publishing.Publication(
            status_page=Ref(page.id, page.name), event=event, rule_name=None, proposed=proposed
        )

    def _of_proposals(
        self, method: str, page: wire.StatusPage, rest: list[str], body: dict[str, Any]
    ) -> httpx.Response:
        if not rest:
            return answered(Page(items=self.proposals if page.id == "page-nordwind" else []))
        found = next(each for each in self.proposals if each.id == rest[0])
        if found.state != "asked":
            return refused(409, "proposal_decided")
        if rest[1] == "decline":
            self._decide(found, "declined")
            return httpx.Response(204)
        answer = msgspec.convert(body, publishing.ProposalAnswer)
        update = wire.UpdateInput(
            status=answer.status, body=answer.body or found.body, changes=answer.changes or found.changes
        )
        title = answer.title or found.title
        made = self._publish(page, wire.StatusEventInput(kind="incident", title=title, updates=(update,)))
        self._decide(found, "published")
        if found.incident is not None:
            self.links.setdefault(found.incident.id, []).insert(0, json.loads(made.content)["id"])
        return made

    def _decide(self, found: publishing.StatusProposal, state: publishing.ProposalState) -> None:
        decided = structs.replace(found, state=state, decided_at=NOW, decided_by_name=self.api.me.name)
        self.proposals = [decided if each.id == found.id else each for each in self.proposals]
