"""The router: which screen an address shows, on a phone and on a tablet, and how an app is put together."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Literal, cast, get_args

import flet as ft
import httpx

from phone.api.client import Client
from phone.api.live import Connect, Live, open_socket
from phone.api.outbox import Outbox
from phone.components.placeholders import failed, skeleton
from phone.components.shell import frame, pick_one, view
from phone.device.attention import Attention, TitleAttention
from phone.device.clock import Clock
from phone.device.naming import device_name
from phone.device.store import MemoryStore, Store, preferences_of, secrets_of
from phone.screens.alert import AlertScreen
from phone.screens.alerts import AlertList
from phone.screens.console import console_views
from phone.screens.events import EventList, EventScreen
from phone.screens.first_run import FirstRunScreen
from phone.screens.incident import IncidentDetail
from phone.screens.incidents import IncidentList
from phone.screens.me import MeScreen
from phone.screens.me_messages import MessagesScreen
from phone.screens.me_pair import PairScreen
from phone.screens.me_rules import RuleScreen
from phone.screens.me_security import SecurityScreen
from phone.screens.new_incident import NewIncidentScreen
from phone.screens.not_found import not_found
from phone.screens.on_call import OnCallScreen
from phone.screens.outbox import OutboxScreen
from phone.screens.sign_in import SignIn
from phone.state.app import App, Place
from phone.state.incidents import Incidents
from phone.state.look import Look
from phone.state.session import Session
from phone.theme import CHINESE_FONTS, LATIN_FONTS, SPLIT_AT, WIDE_AT, Brightness, enlarge, flet_theme
from shared.wire.incidents import Severity
from shared.wire.sessions import Language

ScreenName = Literal[
    "sign-in",
    "incidents",
    "incident",
    "new-incident",
    "alerts",
    "alert",
    "events",
    "event",
    "on-call",
    "outbox",
    "me",
    "me-rule",
    "me-security",
    "me-pair",
    "me-messages",
    "configure",
    "configure-list",
    "configure-object",
    "audit",
    "coverage",
    "first-run",
    "not-found",
]


@dataclass(frozen=True)
class Route:
    """An address and the screen behind it; `tab` is lit while it is shown."""

    pattern: str
    screen: ScreenName
    tab: str | None
    demo_only: bool = False

    def match(self, path: str) -> bool:
        """Whether the address is of this form."""
        form = re.sub(r"\{\w+\}", "[^/]+", self.pattern)
        return re.fullmatch(form, path) is not None


ROUTES: Final = (
    Route("/sign-in", "sign-in", None),
    Route("/incidents", "incidents", "/incidents"),
    Route("/incidents/new", "new-incident", "/incidents"),
    Route("/incidents/{incident_id}", "incident", "/incidents"),
    Route("/alerts", "alerts", "/alerts"),
    Route("/alerts/{alert_id}", "alert", "/alerts"),
    Route("/events", "events", "/alerts"),
    Route("/events/{event_id}", "event", "/alerts"),
    Route("/on-call", "on-call", "/on-call"),
    Route("/outbox", "outbox", "/outbox", demo_only=True),
    Route("/me", "me", "/me"),
    Route("/me/rules/{severity}", "me-rule", "/me"),
    Route("/me/security", "me-security", "/me"),
    Route("/me/pair", "me-pair", "/me"),
    Route("/me/messages", "me-messages", "/me"),
    Route("/configure", "configure", "/configure"),
    Route("/configure/audit", "audit", "/configure"),
    Route("/configure/coverage", "coverage", "/configure"),
    Route("/configure/{kind}", "configure-list", "/configure"),
    Route("/configure/{kind}/{object_id}", "configure-object", "/configure"),
    Route("/first-run", "first-run", "/incidents"),
)
LOST: Final = Route("", "not-found", None)
# How high the bars of an incident's verbs are: a message must not lie on them.
ACTIONS_BELOW: Final = 140
ACTIONS_BESIDE: Final = 84
CONSOLE: Final = ("configure", "configure-list", "configure-object", "audit", "coverage")
HOME: Final = ("/", "", "/sign-in")
LINKS: Final = ("/invite/", "/reset/")


def route_of(address: str, *, demo: bool) -> Route:
    """The route of an address; home for the bare one and for sign-in when somebody is signed in."""
    path = address.partition("?")[0].rstrip("/")
    if path in HOME or path.startswith(LINKS):
        path = "/incidents"
    found = next((route for route in ROUTES if route.match(path)), LOST)
    return LOST if found.demo_only and not demo else found


@ft.component
def Root(app: App, place: Place, session: Session, look: Look) -> list[ft.Control]:
    """The stack of views of where the reader is."""
    page = ft.context.page
    enlarge(page, look.text_size)
    ft.use_effect(lambda: _tell_material(page, look), [look.theme, look.language])
    if session.phase == "starting":
        return [view(app, "/", skeleton(look))]
    if session.phase == "unreachable" and session.error is not None:
        return [view(app, "/", failed(look, session.error, app.start))]
    if session.phase == "signed_out":
        return [view(app, "/sign-in", SignIn(app, session, app.joining, look))]
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
    screens: dict[str, Callable[[], ft.Control]] = {
        "on-call": lambda: OnCallScreen(app, app.on_call, look),
        "outbox": lambda: OutboxScreen(app, app.demo_outbox, look),
        "me": lambda: MeScreen(app, session, app.ways, look),
        "me-rule": lambda: RuleScreen(app, app.ways, look, _severity(place)),
        "me-security": lambda: SecurityScreen(app, app.safety, session, look),
        "me-pair": lambda: PairScreen(app, app.safety, look),
        "me-messages": lambda: MessagesScreen(app, app.ways, look),
        "first-run": lambda: FirstRunScreen(app, app.first_run, app.directory, look),
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
    listed = IncidentList(app, app.incidents, app.outbox, look, app.selection, app.saved, ident)
    if look.is_split:
        detail = IncidentDetail(app, app.incident, app.outbox, look) if is_open else pick_one(app)
        lift = ACTIONS_BESIDE if is_open else 0
        return [view(app, "/", frame(app, _beside(look, listed, detail), tab="/incidents", lift=lift))]
    views = [view(app, "/", frame(app, listed, tab="/incidents"))]
    if is_open:
        detail = IncidentDetail(app, app.incident, app.outbox, look)
        views.append(view(app, app.place.route, frame(app, detail, tab=None, lift=ACTIONS_BELOW)))
    return views


def _beside(look: Look, listed: ft.Control, detail: ft.Control) -> ft.Control:
    """A list, and what is open of it."""
    return ft.Row(
        [
            ft.Container(content=listed, width=404 if look.width < 1400 else 440),
            ft.Container(width=1, bgcolor=look.palette.line),
            ft.Container(content=detail, expand=True),
        ],
        spacing=0,
        expand=True,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _archive(app: App, *, kind: str) -> list[ft.Control]:
    look, parts = app.look, app.place.route.partition("?")[0].strip("/").split("/")
    ident = parts[1] if len(parts) > 1 else None
    listed = AlertList(app, app.alerts, look, ident) if kind == "alerts" else EventList(app, app.events, look, ident)
    detail: ft.Control | None = None
    if ident is not None:
        detail = AlertScreen(app, app.alerts, look) if kind == "alerts" else EventScreen(app, app.events, look)
    if look.is_split:
        beside = detail or pick_one(app, "archive.pick")
        return [view(app, "/", frame(app, _beside(look, listed, beside), tab="/alerts"))]
    views = [view(app, "/", frame(app, listed, tab="/incidents"))]
    return [*views, view(app, app.place.route, frame(app, detail, tab=None))] if detail else views


def _new_incident(app: App) -> list[ft.Control]:
    screen = NewIncidentScreen(app, app.by_hand, app.names, app.look)
    if app.look.is_split:
        return [view(app, "/", frame(app, screen, tab="/incidents"))]
    below = view(app, "/", ft.Container(bgcolor=app.look.palette.surface))
    return [below, view(app, "/incidents/new", frame(app, screen, tab=None))]


@dataclass(frozen=True, kw_only=True)
class Device:
    """What the app borrows from where it runs; tests lend something else."""

    secrets: Store
    preferences: Store
    attention: Attention
    clock: Clock
    name: str = "Dogwatch"
    transport: httpx.AsyncBaseTransport | None = None
    connect: Connect = open_socket


def real_device(page: ft.Page) -> Device:
    """The platform's own stores, the title, the clock."""
    return Device(
        secrets=secrets_of(page),
        preferences=preferences_of(),
        attention=TitleAttention(page),
        clock=Clock(),
        name=device_name(page.client_user_agent if page.web else None, page.platform.value if page.platform else ""),
    )


def make_main(
    *,
    api_url: str,
    demo: bool = False,
    fixed_server: bool = True,
    device: Callable[[ft.Page], Device] = real_device,
) -> Callable[[ft.Page], Awaitable[None]]:
    """The function that Flet calls once per window."""

    async def main(page: ft.Page) -> None:
        app = _assemble(page, device(page), api_url=api_url, demo=demo, fixed_server=fixed_server)
        page.title = "Dogwatch"
        page.fonts = {**LATIN_FONTS, **CHINESE_FONTS}
        page.theme, page.dark_theme = flet_theme("light"), flet_theme("dark")
        _listen(page, app)
        page.render_views(Root, app, app.place, app.session, app.look)
        await app.start()

    return main


def _assemble(page: ft.Page, device: Device, *, api_url: str, demo: bool, fixed_server: bool) -> App:
    client = Client(
        api_url,
        device.secrets,
        transport=device.transport,
        learn_time=device.clock.learn,
        device_name=device.name,
    )
    language: Language = "zh" if _prefers_chinese(page) else "en"
    # In a browser the list and the verbs on their way stay out of its storage, which is not ours alone.
    kept: Store = MemoryStore() if page.web else device.preferences
    return App(
        client=client,
        live=Live(lambda: client.base_url, client.token, renew=client.renew_now, connect=device.connect),
        outbox=Outbox(client.act, kept),
        session=Session(
            client,
            preferences=device.preferences,
            kept=kept,
            remembers=device.secrets.durable,
            fixed_server=fixed_server,
            demo=demo,
        ),
        look=Look(device.preferences, brightness=_brightness(page), language=language, width=page.width or 412),
        incidents=Incidents(client, kept, now=device.clock.now),
        clock=device.clock,
        attention=device.attention,
        place=Place(page.route or "/"),
        preferences=device.preferences,
        go=page.navigate,
    )


def press(app: App, event: ft.KeyboardEvent) -> None:
    """Ctrl, Cmd and K, or a slash, search; arrows choose among what was found."""
    if app.session.phase != "signed_in":
        return
    if app.search.door.is_open:
        app.search.move({"Arrow Down": 1, "Arrow Up": -1}.get(event.key, 0))
    elif (event.key in ("K", "k") and (event.ctrl or event.meta)) or (event.key == "/" and not app.look.hands.writing):
        app.search.open()


def above(route: str) -> str:
    """Where going back leads: one level up, else home."""
    parts = route.partition("?")[0].strip("/").split("/")
    if parts[0] == "configure":
        return "/" + "/".join(parts[:-1]) if len(parts) > 1 else "/me"
    if parts[0] in ("alerts", "events", "me") and len(parts) > 1:
        return f"/{parts[0]}"
    return "/incidents"


def _listen(page: ft.Page, app: App) -> None:
    async def moved(event: ft.RouteChangeEvent) -> None:
        await app.open(event.route)

    def popped(_: ft.ViewPopEvent) -> None:
        app.go(above(app.place.route))

    def resized(event: ft.PageResizeEvent) -> None:
        if any((event.width >= limit) != (app.look.width >= limit) for limit in (SPLIT_AT, WIDE_AT)):
            app.look.width = event.width

    def dimmed(_: ft.PlatformBrightnessChangeEvent) -> None:
        app.look.system = _brightness(page)

    async def closed(_: ft.Event[ft.Page]) -> None:
        await app.close()

    page.on_route_change = moved
    page.on_view_pop = popped
    page.on_resize = resized
    page.on_platform_brightness_change = dimmed
    page.on_keyboard_event = lambda event: press(app, event)
    page.on_disconnect = lambda _: app.pause()
    page.on_connect = lambda _: app.wake()
    page.on_close = closed
    page.on_app_lifecycle_state_change = lambda event: _lived(app, page, event)


def _lived(app: App, page: ft.Page, event: ft.AppLifecycleStateChangeEvent) -> None:
    # A browser tab in the background has to ring, so only a phone's app rests.
    if event.state == ft.AppLifecycleState.RESUME:
        app.wake()
    elif event.state == ft.AppLifecycleState.PAUSE and not page.web:
        app.pause()


def _brightness(page: ft.Page) -> Brightness:
    return "dark" if page.platform_brightness == ft.Brightness.DARK else "light"


def _prefers_chinese(page: ft.Page) -> bool:
    configuration = page.locale_configuration
    locale = configuration.current_locale if configuration else None
    return cast(str, getattr(locale, "language_code", "en")).startswith("zh")
