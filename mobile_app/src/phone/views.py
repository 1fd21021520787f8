"""Which screen an address shows, on a phone and on a tablet: the stack of views."""

from collections.abc import Callable
from typing import Final, get_args

import flet as ft

from phone.alerts.alert import AlertScreen
from phone.alerts.alerts import AlertList
from phone.alerts.events import EventList, EventScreen
from phone.app import App
from phone.base.look import Look
from phone.base.session import Session
from phone.base.theme import enlarge, enlargement
from phone.base.window import Place
from phone.console_views import console_views
from phone.covers.screen import CoverList, CoverScreen
from phone.first_run.checklist_card import ChecklistCard
from phone.first_run.screen import FirstRunScreen, not_yours
from phone.frame import frame
from phone.incidents.detail.screen import IncidentDetail
from phone.incidents.list.new_incident import NewIncidentScreen
from phone.incidents.list.screen import IncidentList
from phone.kit.layout import pick_one, view
from phone.kit.not_found import not_found
from phone.kit.placeholders import failed, skeleton
from phone.kit.sheet import sheet
from phone.me.messages import MessagesScreen
from phone.me.pair import PairScreen
from phone.me.rules import RuleScreen
from phone.me.screen import MeScreen
from phone.me.security import SecurityScreen
from phone.on_call.my_shifts import MyShiftsScreen
from phone.on_call.screen import OnCallScreen
from phone.outbox.screen import OutboxScreen
from phone.routes import MINE, route_of
from phone.schedules.schedule import ScheduleScreen
from phone.schedules.schedules import ScheduleList
from phone.sign_in.proof import Proof
from phone.sign_in.proof_sheet import ProofForm
from phone.sign_in.screen import SignIn
from phone.time_off.screen import MyTimeOffScreen
from shared.wire.incidents import Severity

# How high the bars of an incident's verbs are: a message must not lie on them.
ACTIONS_BELOW: Final = 140
GROWS_BY: Final = 48
CONSOLE: Final = ("configure", "configure-list", "configure-object", "audit", "coverage")


@ft.component
def Root(app: App, place: Place, session: Session, look: Look, proof: Proof) -> list[ft.Control]:
    """The stack of views of where the reader is."""
    page = ft.context.page
    title = look.words("prove.title")
    ft.use_dialog(sheet(look, title, [ProofForm(proof, look)], proof.close) if proof.asking else None)
    enlarge(page, look.text_size)
    ft.use_effect(lambda: _tell_material(page, look), [look.theme, look.language])
    if session.phase == "starting":
        return [view(app, "/", skeleton(look))]
    if session.phase == "unreachable" and session.error is not None:
        return [view(app, "/", failed(look, session.error, app.start))]
    if session.phase == "signed_out":
        return [view(app, "/sign-in", SignIn(app, session, app.joining, look, joined=app.joined, sign_in=app.sign_in))]
    route = route_of(place.route, demo=session.me is not None and session.me.server.demo)
    if route.screen == "not-found":
        return [view(app, place.route, not_found(app))]
    if route.screen in ("incidents", "incident"):
        return _incidents(app, is_open=route.screen == "incident")
    if route.screen in CONSOLE:
        return console_views(app)
    if route.screen == "new-incident":
        return _new_incident(app)
    if route.screen in ("alerts", "alert", "events", "event"):
        return _archive(app, kind="alerts" if route.screen in ("alerts", "alert") else "events")
    if route.screen in PAIRS:
        return PAIRS[route.screen](app)
    screens: dict[str, Callable[[], ft.Control]] = {
        "on-call": lambda: OnCallScreen(
            app,
            app.on_call,
            app.rotas,
            app.covers,
            app.link,
            look,
            hand_over=app.hand_over,
        ),
        "outbox": lambda: OutboxScreen(app, app.demo_outbox, look),
        "me": lambda: MeScreen(
            app,
            session,
            app.ways,
            look,
            live_here=app.live_here,
            outbox=app.outbox,
            rename=app.rename,
            sign_out=app.sign_out,
        ),
        "me-rule": lambda: RuleScreen(app, app.ways, look, _severity(place)),
        "me-security": lambda: SecurityScreen(app, app.safety, session, look),
        "me-pair": lambda: PairScreen(
            app, app.safety, look, then=lambda: "/first-run" if app.first_run.is_wanted else "/me"
        ),
        "me-time-off": lambda: MyTimeOffScreen(
            app,
            app.time_off,
            app.link,
            look,
            feed=app.feed,
            hand_over=app.hand_over,
        ),
        "me-messages": lambda: MessagesScreen(app, app.ways, look),
        "first-run": lambda: (
            FirstRunScreen(app, app.first_run, app.directory, app.ways, look)
            if app.first_run.may_be_done
            else not_yours(app)
        ),
    }
    return [view(app, "/", frame(app, screens[route.screen](), tab=route.tab))]


def _severity(place: Place) -> Severity:
    named = place.route.rsplit("/", 1)[-1]
    return next((each for each in get_args(Severity) if each == named), "critical")


def _tell_material(page: ft.Page, look: Look) -> None:
    """What Flutter draws by itself follows the reader: cursors, selections, its own few words."""
    page.theme_mode = ft.ThemeMode(look.theme)
    page.locale_configuration = ft.LocaleConfiguration(
        supported_locales=[ft.Locale("en"), ft.Locale("zh")], current_locale=ft.Locale(look.language)
    )
    page.schedule_update()


def _incidents(app: App, *, is_open: bool) -> list[ft.Control]:
    look = app.look
    ident = app.place.route.partition("?")[0].strip("/").split("/")[-1] if is_open else None

    def checklist() -> ft.Control:
        return ChecklistCard(app, app.first_run, app.directory, app.ways, look)

    stores = app.incident_stores
    listed = IncidentList(app, stores, look, ident, checklist, *stores.of_list, app.link)
    if look.is_split:
        detail = (
            IncidentDetail(app, app.incident, app.outbox, look, names=app.names, verbs=app.verbs)
            if is_open
            else pick_one(app)
        )
        return [_beside(app, listed, detail, tab="/incidents")]
    views = [view(app, "/", frame(app, listed, tab="/incidents"))]
    if is_open:
        detail = IncidentDetail(app, app.incident, app.outbox, look, names=app.names, verbs=app.verbs)
        views.append(
            view(
                app, app.place.route, frame(app, detail, tab=None, lift=ACTIONS_BELOW + GROWS_BY * (enlargement() - 1))
            )
        )
    return views


def _beside(app: App, listed: ft.Control, detail: ft.Control, *, tab: str) -> ft.Control:
    """A list, and what is open of it."""
    look = app.look
    width = 404 if look.width < 1400 else 440
    both = ft.Row(
        [
            ft.Container(content=listed, width=width),
            ft.Container(width=1, bgcolor=look.palette.line),
            ft.Container(content=detail, expand=True),
        ],
        spacing=0,
        expand=True,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return view(app, "/", frame(app, both, tab=tab, list_width=width))


def _archive(app: App, *, kind: str) -> list[ft.Control]:
    look, parts = app.look, app.place.route.partition("?")[0].strip("/").split("/")
    ident = parts[1] if len(parts) > 1 else None
    listed = (
        AlertList(app, app.alerts, look, ident, names=app.names)
        if kind == "alerts"
        else EventList(app, app.events, look, ident)
    )
    detail: ft.Control | None = None
    if ident is not None:
        detail = AlertScreen(app, app.alerts, look) if kind == "alerts" else EventScreen(app, app.events, look)
    if look.is_split:
        beside = detail or pick_one(app, "archive.pick")
        return [_beside(app, listed, beside, tab="/alerts")]
    views = [view(app, "/", frame(app, listed, tab="/incidents"))]
    return [*views, view(app, app.place.route, frame(app, detail, tab=None))] if detail else views


def _schedules(app: App) -> list[ft.Control]:
    look, parts = app.look, app.place.route.partition("?")[0].strip("/").split("/")
    ident = parts[1] if len(parts) > 1 else None
    listed = ScheduleList(app, app.rotas, app.on_call, look, ident)
    detail: ft.Control | None = None
    if ident == MINE:
        detail = MyShiftsScreen(
            app,
            app.my_shifts,
            app.rotas,
            app.covers,
            look,
            app.clock.minutes,
            hand_over=app.hand_over,
            on_call=app.on_call,
        )
    elif ident is not None:
        detail = ScheduleScreen(
            app,
            app.schedule,
            app.rotas,
            app.on_call,
            app.hand_over,
            look,
            handover=app.handover,
        )
    if look.is_split:
        beside = detail or pick_one(app, "schedules.pick")
        return [_beside(app, listed, beside, tab="/schedules")]
    views = [view(app, "/", frame(app, listed, tab="/schedules"))]
    return [*views, view(app, app.place.route, frame(app, detail, tab=None))] if detail else views


def _covers(app: App) -> list[ft.Control]:
    look, parts = app.look, app.place.route.partition("?")[0].strip("/").split("/")
    ident = parts[1] if len(parts) > 1 else None
    listed = CoverList(
        app,
        app.covers,
        app.link,
        look,
        ident,
        hand_over=app.hand_over,
    )
    detail = CoverScreen(app, app.covers, app.link, look, ident) if ident is not None else None
    if look.is_split:
        beside = detail or pick_one(app, "covers.pick")
        return [_beside(app, listed, beside, tab="/on-call")]
    views = [view(app, "/", frame(app, listed, tab="/on-call"))]
    return [*views, view(app, app.place.route, frame(app, detail, tab=None))] if detail else views


def _new_incident(app: App) -> list[ft.Control]:
    screen = NewIncidentScreen(app, app.by_hand, app.names, app.look)
    if app.look.is_split:
        return [view(app, "/", frame(app, screen, tab="/incidents"))]
    below = view(app, "/", ft.Container(bgcolor=app.look.palette.surface))
    return [below, view(app, "/incidents/new", frame(app, screen, tab=None))]


PAIRS: Final = {
    "schedules": _schedules,
    "my-shifts": _schedules,
    "schedule": _schedules,
    "covers": _covers,
    "cover": _covers,
}
"""Screens that stand beside their list on a tablet, and over it on a phone."""
