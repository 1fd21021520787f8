"""What the window is called: what is open, where that is; for tabs of a browser and for whoever has it read aloud."""

from collections.abc import Callable, Mapping
from typing import Final

from phone.locate import at
from phone.route import At
from phone.stores import Stores

SCREENS: Final[Mapping[str, str]] = {
    "sign-in": "sign_in.submit",
    "incidents": "incidents.title",
    "new-incident": "new.heading",
    "incident": "tab.incidents",
    "incident-alerts": "tab.alerts",
    "alerts": "archive.title",
    "alert": "alert.title",
    "events": "archive.title",
    "event": "event.title",
    "on-call": "on_call.title",
    "covers": "covers.title",
    "cover": "cover.screen",
    "schedules": "schedules.title",
    "schedule-list": "lanes.all",
    "my-shifts": "mine.title",
    "schedule": "schedules.title",
    "status": "tab.status",
    "status-page": "status.page",
    "status-event": "status.event",
    "status-page-new": "status.make",
    "status-page-settings": "page.settings",
    "status-components": "components.title",
    "status-templates": "templates.title",
    "status-rules": "status_rules.title",
    "status-subscribers": "subscribers.title",
    "outbox": "outbox.title",
    "me": "tab.me",
    "me-rule": "rule.title",
    "me-security": "security.title",
    "me-pair": "pair.title",
    "me-messages": "messages.title",
    "me-time-off": "time_off.title",
    "configure": "console.title",
    "audit": "kind.audit",
    "coverage": "kind.coverage",
    "dead-letters": "kind.dead-letters",
    "configure-list": "kind.{kind}",
    "invite-table": "table.title",
    "configure-object": "kind.{kind}",
    "first-run": "first.title",
}
"""What each screen is called while nothing of its own is known; a test compares it with the table of routes."""
FELT: Final = ("route", "language", "phase", "me")
"""Of the address, the looks and the session, what changes a title; of the rest everything may."""


class Titles:
    """Tells the window's title whenever it is another."""

    def __init__(self, app: Stores) -> None:
        self._app = app
        self._told = ""
        self._heard = self._listen
        self._opened = self._look
        for each in (app.place, app.look, app.session):
            each.subscribe(self._heard)
        status = (app.status.page, app.status.event)
        for each in (app.incident, app.alerts, app.events, app.schedule, app.rotas, app.editor, *status):
            each.subscribe(self._opened)

    def _listen(self, _: object, field: str | None) -> None:
        if field in FELT:
            self._tell()

    def _look(self, _: object, __: str | None) -> None:
        self._tell()

    def _tell(self) -> None:
        title = title_of(self._app)
        if title != self._told:
            self._told = title
            self._app.attention.at(title)


def title_of(app: Stores) -> str:
    """Of the screen that the reader sees; empty while nothing is there yet."""
    words, me = app.look.words, app.session.me
    if app.session.phase != "signed_in":
        return words(SCREENS["sign-in"]) if app.session.phase == "signed_out" else ""
    here = at(app.place.route, demo=me is not None and me.server.demo)
    if here is None:
        return words("not_found.title")
    return _named(app, here) or words(SCREENS[here.route.screen].format(**here.params))


def _named(app: Stores, here: At) -> str:
    """By what is open, once that is known."""
    named = NAMED.get(here.route.screen)
    return named(app, here) if named is not None else ""


def _incident(app: Stores, here: At) -> str:
    found = app.incident.incident
    if found is None or found.id != here.params["incident_id"]:
        return ""
    return f"{app.look.words('incident.number', number=found.number)} {found.title}"


def _alert(app: Stores, here: At) -> str:
    found = app.alerts.opened
    return found.title if found is not None and app.alerts.open_id == here.params["alert_id"] else ""


def _event(app: Stores, here: At) -> str:
    found = app.events.opened
    return found.integration.name if found is not None and app.events.open_id == here.params["event_id"] else ""


def _schedule(app: Stores, here: At) -> str:
    found = app.rotas.find(here.params["schedule_id"])
    return found.schedule.name if found is not None else ""


def _status_page(app: Stores, here: At) -> str:
    parts = app.status.page.parts
    return parts.page.name if parts is not None and parts.page.id == here.params["page_id"] else ""


def _status_event(app: Stores, here: At) -> str:
    parts, found = app.status.page.parts, app.status.event.event
    if parts is None or found is None or found.id != here.params["event_id"]:
        return ""
    return found.title.said(app.look.language, parts.page.language)


def _rule(app: Stores, here: At) -> str:
    words = app.look.words
    return words("rule.of", severity=words(f"severity.{here.params['severity']}"), rule=words("rule.title"))


def _object(app: Stores, here: At) -> str:
    editor, known = app.editor, app.directory.known(app)
    if editor.kind is None or (editor.kind.slug, editor.ident) != (here.params["kind"], here.params["object_id"]):
        return ""
    if editor.is_new:
        return app.look.words(f"kind_new.{editor.kind.slug}")
    return editor.kind.title(known, editor.item) if known is not None and editor.item is not None else ""


NAMED: Final[Mapping[str, Callable[[Stores, At], str]]] = {
    "incident": _incident,
    "incident-alerts": _incident,
    "alert": _alert,
    "event": _event,
    "schedule": _schedule,
    "status-page": _status_page,
    "status-event": _status_event,
    "me-rule": _rule,
    "configure-object": _object,
}
