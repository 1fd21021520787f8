"""How an app is put together: what it borrows from the device, and what a window tells it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, cast

import flet as ft
import httpx

from phone.app import App
from phone.base.api.client import Client
from phone.base.api.live import Connect, Live, open_socket
from phone.base.device.attention import Attention, TitleAttention
from phone.base.device.clock import Clock
from phone.base.device.habits import UNKNOWN, Habits
from phone.base.device.naming import device_name
from phone.base.device.store import MemoryStore, Store, preferences_of, secrets_of
from phone.base.drafts import Drafts
from phone.base.letters import Letters
from phone.base.look import Look
from phone.base.session import Session
from phone.base.theme import IN_ONE_ROW_AT, SPLIT_AT, WIDE_AT, WIDE_LIST_AT, Brightness, flet_theme
from phone.base.window import Place
from phone.frame import ways_of
from phone.incidents.open_incident import Ask
from phone.incidents.outbox import Outbox
from phone.incidents.store import Incidents
from phone.last_seen import LastSeen
from phone.locate import above, at
from phone.root import Root
from phone.search.shortcuts import meant


@dataclass(frozen=True, kw_only=True)
class Device:
    """What the app borrows from where it runs; tests lend something else."""

    secrets: Store
    preferences: Store
    attention: Attention
    clock: Clock
    name: str = "Dogwatch"
    window: str = ""
    habits: Habits = UNKNOWN
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    transport: httpx.AsyncBaseTransport | None = None
    connect: Connect = open_socket
    files: str = ""
    """What stands before the path of an asset of ours."""
    opened: Callable[[App], None] = lambda _: None
    """Told of the app when a window opens or comes back."""


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
        lent = device(page)
        app = _assemble(page, lent, api_url=api_url, demo=demo, fixed_server=fixed_server)
        lent.opened(app)
        page.title = "Dogwatch"
        moves = app.look.habits.moves
        page.theme, page.dark_theme = flet_theme("light", moves=moves), flet_theme("dark", moves=moves)
        _listen(page, app, lent)
        page.render_views(Root, app, app.place, app.session, app.look, app.proof)
        fit(page, app)
        await app.start()

    return main


def _assemble(page: ft.Page, device: Device, *, api_url: str, demo: bool, fixed_server: bool) -> App:
    client = Client(
        api_url,
        device.secrets,
        transport=device.transport,
        learn_time=device.clock.learn,
        device_name=device.name,
        headers=device.headers,
    )
    letters = Letters(device.files, lambda families: _draw_with(page, families))
    client.answered = letters.meet
    # In a browser the list and the verbs on their way stay out of its storage, which is not ours alone.
    kept: Store = MemoryStore() if page.web else device.preferences
    incidents = Incidents(client, kept, now=device.clock.now)
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
        look=Look(
            device.preferences,
            brightness=_brightness(page),
            habits=_habits(page, device.habits),
            width=page.width or 412,
            drafts=Drafts(device.secrets, window=device.window, now=device.clock.now),
            letters=letters,
        ),
        incidents=incidents,
        last_seen=LastSeen(client, incidents, device.preferences if page.web else kept),
        clock=device.clock,
        attention=device.attention,
        place=Place(page.route or "/"),
        preferences=device.preferences,
        kept=kept,
        go=page.navigate,
    )


def _draw_with(page: ft.Page, families: dict[str, str]) -> None:
    page.fonts = families
    page.update()


STEPS: Final = (SPLIT_AT, IN_ONE_ROW_AT, WIDE_AT, WIDE_LIST_AT)
"""Widths at which something is laid out otherwise."""


def press(app: App, event: ft.KeyboardEvent) -> None:
    """A key that does something by itself; nothing while a field has the keyboard or something lies over the screen."""
    if app.session.phase != "signed_in":
        return
    if app.search.door.is_open:
        app.search.move({"Arrow Down": 1, "Arrow Up": -1}.get(event.key, 0))
        return
    if app.shortcuts.is_open:
        app.shortcuts.is_open = event.key != "Escape"
        return
    command = event.ctrl or event.meta
    asked = meant(event.key, shift=event.shift, command=command)
    lies_over = any(each.open for each in cast(Any, event.control)._dialogs.controls)
    if asked is None or event.alt or lies_over or (app.look.hands.writing and not command):
        return
    if asked == "search":
        app.search.open()
    elif asked == "list":
        app.shortcuts.is_open = True
    elif asked == "refresh":
        app.hurry()
    elif asked.isdigit():
        _go_the_way(app, int(asked))
    elif asked in ("next", "before"):
        _move(app, 1 if asked == "next" else -1)
    else:
        _to_incident(app, asked)


def _go_the_way(app: App, number: int) -> None:
    """The tabs or the rail, counted from the first."""
    ways = ways_of(app)
    if number <= len(ways):
        app.go(ways[number - 1].path)


def _path(app: App) -> str:
    """Where the reader is; the bare address is home."""
    here = at(app.place.route, demo=True)
    return here.path if here is not None else ""


def _move(app: App, by: int) -> None:
    """To the incident below the one that is open, or above it."""
    if not _path(app).startswith("/incidents"):
        return
    waiting, rest = app.incidents.groups
    ids = [each.id for each in (*waiting, *rest)]
    here = ids.index(app.incident.id) if app.incident.id in ids else -1 if by > 0 else len(ids)
    if 0 <= here + by < len(ids):
        app.go(f"/incidents/{ids[here + by]}")


def _to_incident(app: App, asked: str) -> None:
    """To the one that is open on the screen; what may not be done there is not done."""
    incident, here = app.incident.incident, _path(app)
    is_shown = incident is not None and here in ("/incidents" if app.look.is_split else "", f"/incidents/{incident.id}")
    if incident is None or not is_shown:
        return
    if asked == "select":
        app.selection.toggle(incident.id)
    elif asked not in incident.can or app.outbox.verb_of(incident.id) is not None:
        return
    elif asked == "acknowledge":
        app.verbs.acknowledge(incident)
    else:
        app.incident.ask(cast(Ask, asked))


def fit(page: ft.Page, app: App) -> None:
    """Take the window's width, where the layout hangs on it; a window may have changed while nobody listened."""
    width = page.width or app.look.width
    if any((width >= limit) != (app.look.width >= limit) for limit in STEPS):
        app.look.width = width


def _listen(page: ft.Page, app: App, device: Device) -> None:
    async def moved(event: ft.RouteChangeEvent) -> None:
        # As on a phone: back from a sheet leads to what it stands over.
        if app.place.is_behind(event.route) and page.pop_dialog() is not None:
            app.go(app.place.route)
        else:
            await app.open(event.route)

    def popped(_: ft.ViewPopEvent) -> None:
        app.go(above(app.place.route))

    def resized(_: ft.PageResizeEvent) -> None:
        fit(page, app)

    def dimmed(_: ft.PlatformBrightnessChangeEvent) -> None:
        app.look.system = _brightness(page)

    async def connected(_: ft.Event[ft.Page]) -> None:
        device.opened(app)
        fit(page, app)
        app.look.loads += 1
        app.wake()
        # The window may have come back at another address, which is told apart from this, and not always.
        if page.route and page.route != app.place.route:
            await app.open(page.route)

    async def closed(_: ft.Event[ft.Page]) -> None:
        await app.close()

    page.on_route_change = moved
    page.on_view_pop = popped
    page.on_resize = resized
    page.on_platform_brightness_change = dimmed
    page.on_keyboard_event = lambda event: press(app, event)
    page.on_disconnect = lambda _: app.pause()
    page.on_connect = connected
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


def _habits(page: ft.Page, said: Habits) -> Habits:
    """What the browser said; elsewhere the platform's own locale."""
    configuration = page.locale_configuration
    locale = configuration.current_locale if configuration else None
    spoken = cast(str | None, getattr(locale, "language_code", None))
    return said if said.languages or not spoken else replace(said, languages=(spoken,))
