"""What is read and drawn for an address, where that takes more than one store."""

import asyncio
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import flet as ft

from phone.alerts.store import Archive
from phone.base.addresses import MINE
from phone.console.configured import ConfiguredObject
from phone.console.form.editor import NEW
from phone.console.form.kind import PEOPLE_EDIT
from phone.console.kinds import KINDS, kinds_for
from phone.first_run.checklist_card import ChecklistCard
from phone.first_run.screen import FirstRunScreen, not_yours
from phone.hand_over.hand_over_sheet import HandOverSheet
from phone.incidents.detail.all_alerts import of_incident
from phone.incidents.detail.screen import IncidentDetail
from phone.incidents.list.new_incident import NewIncidentScreen
from phone.incidents.list.screen import IncidentList
from phone.me import saying
from phone.me.pair import PairScreen
from phone.me.rules import RuleScreen
from phone.on_call.my_shifts import MyShiftsScreen
from phone.route import At
from phone.schedules.schedule import ScheduleScreen
from phone.status.events.screen import EventScreen as StatusEventScreen
from phone.status.pages.components import ComponentsScreen
from phone.status.pages.list import StatusList
from phone.status.pages.page_form import PageFormScreen
from phone.status.pages.rules import RulesScreen
from phone.status.pages.screen import PageScreen
from phone.status.pages.subscribers import SubscribersScreen
from phone.status.pages.templates import TemplatesScreen
from phone.status.rights import may_publish
from phone.stores import Stores
from shared.wire.incidents import Severity


async def preselected(app: Stores, _here: At) -> None:
    """What stands beside a list of which nothing was picked, where it is open already."""
    if app.look.is_split and app.incident.id is not None:
        await app.incident.load()


def first_alert(app: Stores) -> str | None:
    """What is open beside the list of alerts: what is open stays so, else it is the first."""
    shown = [each.id for each in app.alerts.items or ()]
    ident = app.alerts.open_id if app.alerts.open_id in shown else next(iter(shown), None)
    return f"/alerts/{ident}" if ident is not None else None


async def archived(archive: Archive[Any, Any], ident: str) -> None:
    """One alert or event, and the list beside it."""
    await asyncio.gather(archive.load(), archive.show(ident))


async def alerts_of(app: Stores, here: At) -> None:
    """Every alert of one incident, and what they have in common."""
    incident_id = here.params["incident_id"]
    of_incident(app.incident_alerts, incident_id)
    await asyncio.gather(app.incident.show(incident_id), app.incident_alerts.load())


async def on_call(app: Stores, request_id: str | None = None) -> None:
    """Schedules and requests for cover; one of them that is open."""
    opened = [app.covers.show(request_id)] if request_id is not None else []
    await asyncio.gather(app.rotas.freshen(), app.covers.freshen(), *opened)


async def schedule(app: Stores, ident: str) -> None:
    """One schedule with its remarks, or my own shifts."""
    app.schedule.my_zone_name = app.look.zone_name
    opened = [app.covers.freshen()] if ident == MINE else [app.schedule.show(ident), app.handover.show(ident)]
    await asyncio.gather(app.rotas.freshen(), *opened)


async def lanes(app: Stores) -> None:
    """The schedules of all teams; what is asked about one of them stays open while they are read anew."""
    app.schedule.my_zone_name = app.lanes.my_zone_name = app.look.zone_name
    await app.rotas.freshen()


async def ways(app: Stores, _here: At) -> None:
    """How the reader is reached, as it will be at three in the night."""
    now = app.clock.now()
    await app.ways.load(at=saying.three_am(now, now.astimezone(app.look.zone)))


async def kinds(app: Stores) -> None:
    """Every list of the Console that the reader sees, and the proof, whose gaps its index tells."""
    await asyncio.gather(app.directory.load(_shown(app)), app.coverage.once())


async def audit(app: Stores, _here: At) -> None:
    """The trail, and the names of what it tells of."""
    await asyncio.gather(app.trail.load(), app.directory.load(["people", *_shown(app)]))


async def coverage(app: Stores, _here: At) -> None:
    """The proof, and the lists of what may be missing."""
    await asyncio.gather(app.coverage.load(), app.directory.load(_shown(app)))


async def dead_letters(app: Stores) -> None:
    """What was given up, and the lists beside it."""
    await asyncio.gather(app.dead_letters.load(), app.directory.load(_shown(app)))


async def objects(app: Stores, slug: str) -> None:
    """A kind's objects, and the lists of what they name."""
    kind = KINDS[slug]
    await app.directory.load([kind.slug, *kind.needs])


async def object_of(app: Stores, slug: str, ident: str) -> None:
    """One object in its form, and what stands beside it."""
    kind, me = KINDS[slug], app.session.me
    await objects(app, slug)
    await app.editor.show(kind, ident)
    await app.beside.show(slug, ident)
    if slug == "integrations" and ident != NEW:
        await app.rules.show(ident)
    if slug == "people":
        await app.person.show(ident, reads_grants=me is not None and PEOPLE_EDIT in me.permissions)


def _shown(app: Stores) -> list[str]:
    return [each.slug for each in kinds_for(app.session.me)] if app.session.me is not None else []


async def status_page(app: Stores, here: At) -> None:
    """One page, and the list beside it."""
    await asyncio.gather(app.status.board.freshen(), app.status.page.show(here.params["page_id"]))


async def status_event(app: Stores, here: At) -> None:
    """One event, and the page beside it."""
    page_id, event_id = here.params["page_id"], here.params["event_id"]
    await app.status.page.show(page_id)
    parts = app.status.page.parts
    counts = parts is not None and may_publish(app.session.me, parts.page)
    await app.status.event.show(page_id, event_id, counts=counts)


async def incident(app: Stores, here: At) -> None:
    """One incident, and what status pages say of it."""
    incident_id = here.params["incident_id"]
    await asyncio.gather(app.incident.show(incident_id), app.status.on_incident.show(incident_id))


def draw_incident(app: Stores, _: At) -> ft.Control:
    return IncidentDetail(
        app,
        app.incident,
        app.outbox,
        app.look,
        names=app.names,
        verbs=app.verbs,
        silencing=app.silencing,
        status=app.status,
    )


async def status_rules(app: Stores, here: At) -> None:
    """A page's rules, and the services that they name."""
    await asyncio.gather(status_page(app, here), app.names.need("services"))


async def status_page_form(app: Stores, here: At) -> None:
    """A page, or nothing of a new one, and the teams that it may belong to."""
    page = status_page(app, here) if "page_id" in here.params else app.status.board.freshen()
    await asyncio.gather(page, app.names.need("teams"))


async def status_subscribers(app: Stores, here: At) -> None:
    """Who subscribes to a page, and its components."""
    await asyncio.gather(status_page(app, here), app.status.subscribers.show(here.params["page_id"]))


def draw_status_page_form(app: Stores, here: At) -> ft.Control:
    stores, page_id = app.status, here.params.get("page_id")
    return PageFormScreen(app, stores.page, stores.setting_up, app.names, app.look, page_id)


def draw_status_components(app: Stores, here: At) -> ft.Control:
    stores = app.status
    return ComponentsScreen(app, stores.page, stores.setting_up, app.look, here.params["page_id"])


def draw_status_templates(app: Stores, here: At) -> ft.Control:
    stores = app.status
    return TemplatesScreen(app, stores.page, stores.setting_up, app.look, here.params["page_id"])


def draw_status_rules(app: Stores, here: At) -> ft.Control:
    stores = app.status
    return RulesScreen(app, stores.page, stores.setting_up, app.names, app.look, here.params["page_id"])


def draw_status_subscribers(app: Stores, here: At) -> ft.Control:
    stores = app.status
    return SubscribersScreen(app, stores.page, stores.subscribers, app.look, here.params["page_id"])


def draw_status(app: Stores, here: At) -> ft.Control:
    stores, beside = app.status, here.params.get("page_id")
    return StatusList(app, stores.board, stores, app.look, beside, event_id=here.params.get("event_id"))


def draw_status_page(app: Stores, here: At) -> ft.Control:
    stores = app.status
    return PageScreen(app, stores.page, stores, app.look, event_id=here.params.get("event_id"))


def draw_status_event(app: Stores, here: At) -> ft.Control:
    stores = app.status
    return StatusEventScreen(app, stores.event, stores.page, stores, app.look, here.params["page_id"])


def draw_incidents(app: Stores, here: At) -> ft.Control:
    def checklist() -> ft.Control:
        card = ChecklistCard(app, app.first_run, app.directory, app.ways, app.look)
        return ft.Column([card, HandOverSheet(app, app.hand_over, app.look)], spacing=0, tight=True)

    stores = app.incident_stores
    watched = (*stores.of_list, app.link)
    return IncidentList(app, stores, app.look, here.params.get("incident_id"), checklist, *watched)


def draw_new_incident(app: Stores, _: At) -> ft.Control:
    asked = parse_qs(urlsplit(app.place.route).query).get("to", [""])
    return NewIncidentScreen(app, app.by_hand, app.names, app.look, asked[0])


def draw_schedule(app: Stores, _: At) -> ft.Control:
    return ScheduleScreen(app, app.schedule, app.rotas, app.on_call, app.hand_over, app.look, handover=app.handover)


def draw_my_shifts(app: Stores, _: At) -> ft.Control:
    return MyShiftsScreen(
        app,
        app.my_shifts,
        app.rotas,
        app.covers,
        app.look,
        app.clock.minutes,
        hand_over=app.hand_over,
        on_call=app.on_call,
    )


def draw_rule(app: Stores, here: At) -> ft.Control:
    return RuleScreen(app, app.ways, app.look, cast(Severity, here.params["severity"]))


def draw_pair(app: Stores, _: At) -> ft.Control:
    return PairScreen(app, app.safety, app.look, lambda: "/first-run" if app.first_run.is_wanted else "/me")


def draw_first_run(app: Stores, _: At) -> ft.Control:
    if not app.first_run.may_be_done:
        return not_yours(app)
    return FirstRunScreen(app, app.first_run, app.first_run.form, app.directory, app.ways, app.look)


def draw_object(app: Stores, here: At) -> ft.Control:
    kind = KINDS[here.params["kind"]]
    return ConfiguredObject(app, app.form_stores, app.look, kind, here.params["object_id"], app.editor, app.directory)
