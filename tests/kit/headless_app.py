"""The app without a screen: a real Flet session over a connection in memory, and ways to look and tap.

Reaches into `flet.messaging` and `flet.components`: flet is pinned exactly for this file's sake.
"""

import asyncio
import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar, cast

import flet as ft
import msgpack
from flet.components.component import Component
from flet.controls.base_control import BaseControl
from flet.controls.context import _context_page
from flet.messaging import protocol
from flet.messaging.connection import Connection
from flet.messaging.protocol import Message, MessageAction
from flet.messaging.session import Session
from flet.pubsub.pubsub_hub import PubSubHub

from phone.app import App
from phone.base.api.client import REFRESH_TOKEN
from phone.base.device.clock import Clock
from phone.base.device.habits import UNKNOWN, Habits
from phone.base.device.store import MemoryStore
from phone.start import Device, make_main
from tests.kit.fake_api import FakeApi
from tests.kit.night import NOW

Found = TypeVar("Found", bound=BaseControl)
BUTTONS = (ft.Button, ft.FilledButton, ft.TextButton, ft.OutlinedButton, ft.IconButton)
ENCODE: Any = cast(Any, protocol).configure_encode_object_for_msgpack(BaseControl)
PACK: Any = cast(Any, msgpack).packb


class FixedClock(Clock):
    """Stands at the night's moment until it is moved."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at
        super().__init__()

    def now(self) -> datetime:
        return self.at.astimezone(UTC)

    def learn(self, date_header: str | None) -> None:
        """The fake server's date means nothing here."""

    def start(self) -> None:
        self.tick()

    def move(self, **by: float) -> None:
        self.at += dataclasses.replace(_Span(**by)).delta
        self.tick()


@dataclasses.dataclass(frozen=True)
class _Span:
    minutes: float = 0
    seconds: float = 0

    @property
    def delta(self) -> Any:
        return datetime.fromtimestamp(self.minutes * 60 + self.seconds, UTC) - datetime.fromtimestamp(0, UTC)


class Counter:
    """Stands in for title and sound: remembers each number that it was told, and each title."""

    def __init__(self) -> None:
        self.told: list[int] = []
        self.titles: list[str] = []

    def waiting(self, count: int) -> None:
        self.told.append(count)

    def at(self, title: str) -> None:
        self.titles.append(title)

    def close(self) -> None:
        """Nothing to let go of."""


class MemoryConnection(Connection):
    """Packs each message as the wire would, answers method calls with None, keeps crashes."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.get_running_loop()
        self.pubsubhub = PubSubHub(loop=self.loop)
        self.page_url = "http://127.0.0.1:8001"
        self.session: Session | None = None
        self.calls: list[tuple[str, Any]] = []
        self.crashes: list[str] = []
        self.patches = 0
        self.moved: Callable[[str], None] = lambda _route: None

    def send_message(self, message: Message) -> None:
        if message.action == MessageAction.INVOKE_METHOD:
            self.calls.append((message.body.name, message.body.args))
            answer = (message.body.control_id, message.body.call_id, None, None)
            self.loop.call_soon(lambda: self.session and self.session.handle_invoke_method_results(*answer))
            if message.body.name == "push_route":
                self.loop.call_soon(self.moved, message.body.args["route"])
        elif message.action == MessageAction.SESSION_CRASHED:
            self.crashes.append(str(message.body))
        else:
            self.patches += 1
        PACK([message.action, message.body], default=ENCODE)

    def dispose(self) -> None:
        """Nothing to let go of."""


class HeadlessApp:
    """One window of the app against a fake API. Each render makes new controls: look again after a tap."""

    def __init__(
        self,
        api: FakeApi | None = None,
        *,
        width: float = 412,
        height: float = 915,
        route: str = "/",
        signed_in: bool = True,
        demo_page: bool = False,
        fixed_server: bool = True,
        habits: Habits = UNKNOWN,
    ) -> None:
        self.habits = habits
        self.api = api or FakeApi()
        self.clock, self.attention = FixedClock(), Counter()
        self.secrets, self.preferences = MemoryStore(), MemoryStore()
        if signed_in:
            self.secrets.kept[REFRESH_TOKEN] = "refresh-1"
        self._events: set[asyncio.Task[None]] = set()
        self._dismissed: set[int] = set()
        self._size = {"width": width, "height": height, "route": route, "platform": "android"}
        self._main = make_main(
            api_url="http://api.test", demo=demo_page, fixed_server=fixed_server, device=self._device
        )

    def _device(self, _: ft.Page) -> Device:
        return Device(
            secrets=self.secrets,
            preferences=self.preferences,
            attention=self.attention,
            clock=self.clock,
            habits=self.habits,
            transport=self.api.transport,
            connect=self.api.live.connect,
        )

    async def __aenter__(self) -> "HeadlessApp":
        self.connection = MemoryConnection()
        self.session = Session(self.connection)
        self.connection.session = self.session
        self.connection.moved = self._follow
        self.page = self.session.page
        self.session.apply_page_patch(self._size)
        PACK(self.session.get_page_patch(), default=ENCODE)
        cast(Any, _context_page).set(self.page)
        await self._main(self.page)
        await self.settle()
        return self

    async def __aexit__(self, *_: object) -> None:
        for each in self._events:
            each.cancel()
        await self.session.dispatch_event(ident(self.page), "close", None)
        self.session.close()
        await asyncio.sleep(0)
        assert not self.connection.crashes, self.connection.crashes[0]

    @property
    def state(self) -> App:
        """What the app knows, for what no screen shows."""
        return cast(App, cast(Any, self.page.views).args[0])

    async def settle(self, seconds: float = 0.03) -> None:
        """Let effects, answers and renders happen."""
        for _ in range(4):
            await asyncio.sleep(seconds / 4)
            await self._dismiss()
        assert not self.connection.crashes, self.connection.crashes[0]

    async def _dismiss(self) -> None:
        """As the client does once a dialog that closes has moved away."""
        for each in [each for each in self.page._dialogs.controls if not each.open]:
            if ident(each) not in self._dismissed:
                self._dismissed.add(ident(each))
                await self.session.dispatch_event(ident(each), "dismiss", None)

    async def until(self, holds: Callable[[], object], *, within_s: float = 15) -> None:
        """Wait for a condition."""
        for _ in range(int(within_s / 0.02)):
            if holds():
                return
            await self.settle(0.02)
        raise AssertionError(f"did not come true within {within_s} s; on the screen: {self.texts()}")

    # Looking

    def controls(self) -> Iterator[BaseControl]:
        yield from _walk(self.page.views)
        dialogs = self.page._dialogs.controls
        yield from _walk([each for each in dialogs if each.open])

    def find(self, kind: type[Found], *, key: str | None = None, text: str | None = None) -> list[Found]:
        found = [
            each
            for each in self.controls()
            if isinstance(each, kind) and (key is None or getattr(each, "key", None) == key)
        ]
        if text is not None:
            found = [each for each in found if text in " ".join(texts_of(each))]
        return found

    def one(self, kind: type[Found], *, key: str | None = None, text: str | None = None) -> Found:
        found = self.find(kind, key=key, text=text)
        assert len(found) == 1, f"{len(found)} of {kind.__name__} {key or text}; on the screen: {self.texts()}"
        return found[0]

    def texts(self) -> list[str]:
        """Every text of the topmost view, and of what lies over it."""
        return [text for each in self.controls() for text in _own_texts(each)]

    def says(self, text: str) -> bool:
        return any(text in each for each in self.texts())

    # Doing

    async def fire(self, control: BaseControl, event: str = "click", data: object = None) -> None:
        # As the real server does: each event is a task of its own, and none waits for another.
        self._events.add(asyncio.create_task(self.session.dispatch_event(ident(control), event, data)))
        await self.settle()

    async def tap(self, *, key: str | None = None, text: str | None = None) -> None:
        """Tap the one button of that key, or with that text."""
        buttons = [each for each in self.controls() if isinstance(each, BUTTONS) and (key is None or each.key == key)]
        if text is not None:
            buttons = [each for each in buttons if text in " ".join(texts_of(each))]
        ids = {ident(each): each for each in buttons}
        assert len(ids) == 1, f"{len(ids)} buttons {key or text}; on the screen: {self.texts()}"
        await self.fire(next(iter(ids.values())))

    async def undo(self) -> None:
        """Tap the message's Undo in the topmost view: each view of the stack draws the message."""
        await self.fire(self.find(ft.TextButton, key="toast-undo")[-1])

    async def type(self, key: str, value: str) -> None:
        box = self.one(ft.TextField, key=key)
        self.session.apply_patch(ident(box), {"value": value})
        await self.fire(box, "change", value)

    async def goto(self, route: str) -> None:
        self.session.apply_page_patch({"route": route})
        await self.session.dispatch_event(ident(self.page), "route_change", {"route": route})
        await self.settle()

    def _follow(self, route: str) -> None:
        """As a browser does: going somewhere comes back as having gone."""
        self._events.add(asyncio.create_task(self.goto(route)))

    async def resize(self, width: float, height: float = 800) -> None:
        self.session.apply_page_patch({"width": width, "height": height})
        await self.session.dispatch_event(ident(self.page), "resize", {"width": width, "height": height})
        await self.settle()


def _walk(top: Any) -> Iterator[BaseControl]:
    """Every control at or beneath it, each before what it holds; it reads what Flet keeps, which is what was set."""
    waiting = [top]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Component):
            waiting.append(each._b)
        elif isinstance(each, (list, tuple)):
            waiting.extend(reversed(each))
        elif isinstance(each, BaseControl):
            yield each
            waiting.extend(
                kept[name] for name in _parts(type(each)) for kept in (each._values, vars(each)) if name in kept
            )


@cache
def _parts(kind: type[BaseControl]) -> tuple[str, ...]:
    """Names of fields, the last first."""
    names = (each.name for each in dataclasses.fields(kind))
    return tuple(name for name in names if not name.startswith("_") and name not in ("parent", "data"))[::-1]


def ident(control: BaseControl) -> int:
    """The number under which the session knows a control."""
    return control._i


def under(control: BaseControl, kind: type[Found]) -> list[Found]:
    """Every control of a kind at or beneath one."""
    return [each for each in _walk(control) if isinstance(each, kind)]


def texts_of(control: BaseControl) -> list[str]:
    """Every text under a control, names for screen readers included."""
    return [text for each in _walk(control) for text in _own_texts(each)]


def _own_texts(control: BaseControl) -> list[str]:
    if isinstance(control, ft.Text):
        own = "".join(span.text or "" for span in control.spans or []) or control.value
        return [own.replace("\u2011", "-")] if own else []
    if isinstance(control, ft.Semantics):
        return [control.label] if control.label else []
    if isinstance(control, ft.IconButton):
        return [str(control.tooltip)] if control.tooltip else []
    return [control.hint_text] if isinstance(control, ft.TextField) and control.hint_text else []
