"""Adding a mail address or a webhook, proving it, and what a device may do."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import flet as ft
from msgspec.structs import replace

from phone.base import problems
from phone.base.api.errors import ApiError, Unreachable
from phone.base.look import Look
from phone.base.places import place
from phone.base.window import Window
from phone.kit.choices import segments
from phone.kit.controls import filled, quiet, word
from phone.kit.copy_box import copy_box
from phone.kit.fields import Entry, field, problem_line
from phone.kit.hooks import draft_of, filled_in, state
from phone.kit.question import AskedOnce, Question
from phone.kit.rows import deed_row
from phone.kit.sheet import sheet
from phone.kit.text import text
from phone.me.ways import Ways
from phone.me.ways_list import PERMISSIONS
from shared.wire.devices import Device
from shared.wire.people import ContactMethod, NewContactMethod, VerifyContactMethod

CHANNELS: Final = ("email", "webhook")
CHANNEL: Final = place(NewContactMethod, lambda way: way.channel)
NAME: Final = place(NewContactMethod, lambda way: way.name)
VALUE: Final = place(NewContactMethod, lambda way: way.value)
CODE: Final = place(VerifyContactMethod, lambda proof: proof.code)
NOT_MADE: ContactMethod | None = None


@ft.component
def AddWay(
    window: Window, look: Look, close: Callable[[], Any], prove: Callable[[str], Any], only: str = "", *, ways: Ways
) -> ft.Control:
    """A mail address goes on to its code; a webhook shows its secret once. `only` is the kind, where it was chosen."""
    blank = NewContactMethod(channel="webhook" if only == "webhook" else "email", name="", value="")
    form = filled_in(look.drafts, f"way:{only}", blank)
    draft = form.whole
    kind = draft.channel
    error, fail = state("")
    made, make = state(NOT_MADE)
    words = look.words

    async def add() -> None:
        value = form.whole.value.strip()
        if not value:
            fail(words(f"method.{kind}_missing"))
            return
        name = form.whole.name.strip() or words(f"method.{kind}")
        try:
            new = await ways.add(replace(form.whole, name=name, value=value))
        except (ApiError, Unreachable) as refused:
            fail(problems.problem(words, refused))
            return
        form.fill(replace(form.whole, name="", value=""))
        if kind == "webhook":
            make(new)
        elif new.verified_at is None:
            prove(new.id)
        else:
            # The owner's own address: nothing is mailed there that could be entered.
            window.tell("method.proved")
            close()

    if made is not None:
        return _secret(window, made, close)
    kinds = [(each, words(f"method.{each}"), words(f"method.{each}")) for each in CHANNELS]
    keyboard = ft.KeyboardType.EMAIL if kind == "email" else ft.KeyboardType.URL

    def choose(value: str) -> None:
        form.choose(CHANNEL, "webhook" if value == "webhook" else "email")

    return ft.Column(
        [
            *([] if only else [segments(look, kinds, kind, choose)]),
            field(
                look,
                words(f"method.{kind}_value"),
                draft.value,
                lambda value: form.type(VALUE, value),
                error=error or None,
                entry=Entry(hint=words(f"method.{kind}_hint"), keyboard=keyboard),
                key="method-value",
            ),
            field(
                look,
                words("method.name"),
                draft.name,
                lambda value: form.type(NAME, value),
                entry=Entry(hint=words(f"method.{kind}_name")),
                key="method-name",
            ),
            filled(look, words(f"method.{kind}_add"), add, key="method-add"),
            quiet(look, words("cancel"), close, key="cancel"),
        ],
        spacing=16,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _secret(window: Window, made: ContactMethod, close: Callable[[], Any]) -> ft.Control:
    look, words = window.look, window.look.words
    parts: list[ft.Control] = [text(words("method.made"), "body", look.palette.ink)]
    if made.secret:
        parts.append(
            copy_box(window, words("method.secret"), made.secret, key="copy-secret", help=words("method.once"))
        )
    parts.append(filled(look, words("method.done"), close, key="method-done"))
    return ft.Column(parts, spacing=16, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


@ft.component
def ProveWay(window: Window, look: Look, method_id: str, close: Callable[[], Any], *, ways: Ways) -> ft.Control:
    """The six digits from the mail."""
    form = draft_of(VerifyContactMethod(code=""))
    error, fail = state("")
    words = look.words

    async def do(work: Awaitable[None], *, told: str, then: Callable[[], Any] | None) -> None:
        try:
            await work
        except (ApiError, Unreachable) as refused:
            fail(problems.problem(words, refused))
        else:
            fail("")
            window.tell(told)
            if then is not None:
                then()

    async def send() -> None:
        await do(ways.verify(method_id, form.whole.code.strip()), told="method.proved", then=close)

    async def again() -> None:
        await do(ways.send_code(method_id), told="method.code_sent", then=None)

    return ft.Column(
        [
            text(words("method.code_lead"), "body", look.palette.muted),
            field(
                look,
                words("method.code"),
                form.whole.code,
                lambda value: form.type(CODE, value),
                submit=send,
                error=error or None,
                entry=Entry(keyboard=ft.KeyboardType.NUMBER, autofocus=True, fills=(ft.AutofillHint.ONE_TIME_CODE,)),
                key="method-code",
            ),
            filled(look, words("method.prove"), send, key="method-prove"),
            ft.Row([word(look, words("method.code_again"), again, key="method-again")]),
        ],
        spacing=16,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@ft.component
def MethodSheet(
    window: Window,
    look: Look,
    method: ContactMethod,
    close: Callable[[], Any],
    prove: Callable[[str], Any],
    *,
    ways: Ways,
) -> ft.Control:
    """Prove it, or remove it."""
    error, fail = state("")
    words = look.words

    async def remove() -> None:
        try:
            await ways.remove(method.id)
        except (ApiError, Unreachable) as refused:
            fail(problems.problem(words, refused))
        else:
            close()

    parts: list[ft.Control] = [text(method.value or method.label, "body", look.palette.muted)]
    if method.channel == "email" and method.verified_at is None:
        label = words("method.prove")
        parts.append(
            deed_row(look, ft.Icons.MARK_EMAIL_READ_OUTLINED, label, lambda: prove(method.id), key="method-enter")
        )
    parts.append(_removal(window, "way.remove_method", remove, is_last=_is_last(method, ways=ways)))
    return _with_error(look, parts, error)


@ft.component
def DeviceSheet(window: Window, look: Look, device: Device, close: Callable[[], Any], *, ways: Ways) -> ft.Control:
    """What the phone lets the app do, each with what it means, and removing it."""
    error, fail = state("")
    palette, words = look.palette, look.words

    async def remove() -> None:
        try:
            await ways.remove_device(device.id)
        except (ApiError, Unreachable) as refused:
            fail(problems.problem(words, refused))
        else:
            close()

    only_ios, only_android = ("critical_alerts",), ("full_screen", "dnd_access", "battery_unrestricted")
    foreign = only_android if device.platform == "ios" else only_ios
    rows: list[ft.Control] = []
    for name in PERMISSIONS:
        if name in foreign:
            continue
        answer = getattr(device.permissions, name)
        colour = {"granted": palette.ok, "denied": palette.warning}.get(answer, palette.muted)
        sign = {"granted": ft.Icons.CHECK, "denied": ft.Icons.WARNING_AMBER_ROUNDED}.get(answer, ft.Icons.REMOVE)
        lines: list[ft.Control] = [text(words(f"permission.{name}"), "body", palette.ink)]
        if answer == "denied":
            lines.append(text(words(f"permission.{name}_denied"), "small", palette.muted))
        rows.append(
            ft.MergeSemantics(
                content=ft.Row(
                    [
                        ft.Icon(sign, size=20, color=colour),
                        ft.Column(lines, spacing=1, expand=True),
                        text(words(f"permission.{answer}"), "small", colour),
                    ],
                    spacing=12,
                    vertical_alignment=ft.CrossAxisAlignment.START,
                )
            )
        )
    rows.append(_removal(window, "way.remove_device", remove, is_last=_is_last(device, ways=ways)))
    return _with_error(look, rows, error)


def _is_last(way: Device | ContactMethod, *, ways: Ways) -> bool:
    """Whether nothing else would be sent a page."""
    others = (each for each in (*ways.devices, *ways.methods) if each.id != way.id)
    return way.delivers and not any(each.delivers for each in others)


def _removal(window: Window, about: str, remove: Callable[[], Any], *, is_last: bool) -> ft.Control:
    look, words = window.look, window.look.words
    told = words("way.remove_last" if is_last else about)
    return AskedOnce(
        look,
        Question(about=told, yes=words("way.remove"), key="way-remove"),
        remove,
        lambda ask: deed_row(
            look,
            ft.Icons.DELETE_OUTLINE,
            words("way.remove"),
            ask,
            about=words("way.remove_about"),
            colour=look.palette.critical,
            key="way-remove",
        ),
    )


def _with_error(look: Look, parts: list[ft.Control], error: str) -> ft.Control:
    shown = [*parts, problem_line(look, error)] if error else parts
    return ft.Column(shown, spacing=16, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def way_sheet(window: Window, asking: str, ask: Callable[[str], Any], *, ways: Ways) -> ft.BottomSheet | None:
    """The sheet that `asking` names: `add`, or `add:webhook` for one kind; `prove`, `method` or `device` with an id."""
    look, words = window.look, window.look.words
    kind, _, ident = asking.partition(":")

    def close() -> None:
        ask("")

    def prove(method_id: str) -> None:
        ask(f"prove:{method_id}")

    if kind == "add":
        return sheet(
            look,
            words("method.title"),
            [AddWay(window, look, close, prove, ident, ways=ways)],
            close,
            only_here=True,
        )
    if kind == "prove":
        return sheet(look, words("method.prove_title"), [ProveWay(window, look, ident, close, ways=ways)], close)
    method = next((each for each in ways.methods if each.id == ident), None)
    if kind == "method" and method is not None:
        return sheet(look, method.name, [MethodSheet(window, look, method, close, prove, ways=ways)], close)
    device = next((each for each in ways.devices if each.id == ident), None)
    if kind == "device" and device is not None:
        return sheet(look, device.name, [DeviceSheet(window, look, device, close, ways=ways)], close)
    return None
