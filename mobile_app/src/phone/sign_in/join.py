"""Ways in beside email and password: an invitation, a forgotten password, a code that pairs this phone."""

from collections.abc import Awaitable, Callable
from typing import Final

import flet as ft
from msgspec import Struct

from phone.base import problems
from phone.base.api.errors import ApiError
from phone.base.draft import Draft
from phone.base.look import Look
from phone.base.places import Place, place
from phone.kit.controls import filled, quiet
from phone.kit.fields import Entry, field, problem_line
from phone.kit.hooks import draft_of, state
from phone.kit.text import heading, text
from phone.sign_in.joining import Joining

SHORTEST = 12


class Typed(Struct, frozen=True, kw_only=True):
    """What any of the ways in asks for."""

    email: str = ""
    name: str = ""
    password: str = ""
    code: str = ""


EMAIL: Final = place(Typed, lambda typed: typed.email)
NAME: Final = place(Typed, lambda typed: typed.name)
PASSWORD: Final = place(Typed, lambda typed: typed.password)
CODE: Final = place(Typed, lambda typed: typed.code)
GONE = ("bad_invitation", "invitation_over", "bad_reset_link")


@ft.component
def JoinForm(joining: Joining, look: Look, *, joined: Callable[[], Awaitable[None]]) -> ft.Control:
    """The step that is asked for; nothing for the moment until the screen around it shows email and password again."""
    form = draft_of(Typed())
    error, fail = state("")
    steps: dict[str, Callable[[], list[ft.Control]]] = {
        "forgot": lambda: _forgot(joining, look, form),
        "sent": lambda: _told(look, "join.sent"),
        "done": lambda: _told(look, "join.done"),
        "pair": lambda: _pair(look, form, joined=joined, joining=joining),
        "invite": lambda: _invite(look, form, error, fail, joined=joined, joining=joining),
        "reset": lambda: _reset(joining, look, form, error, fail),
    }
    if joining.step not in steps:
        return ft.Column()
    parts = steps[joining.step]()
    if joining.error is not None:
        parts.insert(1, problem_line(look, problems.problem(look.words, joining.error)))
    parts.append(quiet(look, look.words("join.back"), lambda: joining.go("password"), key="join-back"))
    return ft.Column(parts, spacing=16, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _title(look: Look, key: str) -> ft.Control:
    return heading(look.words(key), "title", look.palette.ink)


def _told(look: Look, key: str) -> list[ft.Control]:
    return [ft.Semantics(live_region=True, content=text(look.words(key), "lead", look.palette.ink))]


def _box(look: Look, key: str, form: Draft[Typed], at: Place[Typed, str], entry: Entry, error: str = "") -> ft.Control:
    return field(
        look,
        look.words(key),
        at.read(form.whole),
        lambda value: form.type(at, value),
        error=error or None,
        entry=entry,
        key=f"join-{at.key}",
    )


def _forgot(joining: Joining, look: Look, form: Draft[Typed]) -> list[ft.Control]:
    async def ask() -> None:
        if form.whole.email.strip():
            await joining.ask_reset(form.whole.email.strip())

    entry = Entry(keyboard=ft.KeyboardType.EMAIL, autofocus=True, fills=(ft.AutofillHint.USERNAME,))
    return [
        _title(look, "join.forgot_title"),
        text(look.words("join.forgot_lead"), "body", look.palette.muted),
        _box(look, "sign_in.email", form, EMAIL, entry),
        filled(look, look.words("join.send_link"), ask, busy=joining.busy, key="join-send"),
    ]


def _pair(
    look: Look, form: Draft[Typed], *, joined: Callable[[], Awaitable[None]], joining: Joining
) -> list[ft.Control]:
    async def pair() -> None:
        code = form.whole.code.strip()
        if code and await joining.pair(code, look.words("join.this_phone")):
            await joined()

    entry = Entry(hint="7K4M-Q2XD", autofocus=True)
    return [
        _title(look, "join.pair_title"),
        text(look.words("join.pair_lead"), "body", look.palette.muted),
        _box(look, "pair.code_plain", form, CODE, entry),
        filled(look, look.words("join.pair_submit"), pair, busy=joining.busy, key="join-send"),
    ]


def _invite(
    look: Look,
    form: Draft[Typed],
    error: str,
    fail: Callable[[str], None],
    *,
    joined: Callable[[], Awaitable[None]],
    joining: Joining,
) -> list[ft.Control]:
    words, palette = look.words, look.palette
    welcome = joining.welcome
    if welcome is None:
        gone = isinstance(joining.error, ApiError) and joining.error.code in GONE
        told = "join.invite_gone" if gone else "loading" if joining.error is None else "join.invite_title"
        return [heading(words(told), "title", palette.ink)]

    async def accept() -> None:
        name, password = form.whole.name.strip(), form.whole.password
        if not name or len(password) < SHORTEST:
            fail(words("join.too_short" if name else "me.name_missing", count=SHORTEST))
            return
        fail("")
        if await joining.accept(name, password, language=look.language, zone=look.zone_name):
            await joined()

    if not form.whole.name:
        form.type(NAME, welcome.name)
    teams = words.names(welcome.teams)
    lead = words("join.invite_lead", who=welcome.invited_by, teams=teams) if welcome.teams else ""
    return [
        _title(look, "join.invite_title"),
        text(lead or words("join.invite_lead_plain", who=welcome.invited_by), "body", palette.muted),
        text(welcome.email, "strong", palette.ink),
        _box(look, "me.name", form, NAME, Entry(keyboard=ft.KeyboardType.NAME)),
        _box(look, "join.password", form, PASSWORD, _new_password(), error),
        filled(look, words("join.invite_submit"), accept, busy=joining.busy, key="join-send"),
    ]


def _reset(
    joining: Joining, look: Look, form: Draft[Typed], error: str, fail: Callable[[str], None]
) -> list[ft.Control]:
    async def send() -> None:
        if len(form.whole.password) < SHORTEST:
            fail(look.words("join.too_short", count=SHORTEST))
            return
        fail("")
        await joining.reset(form.whole.password)

    return [
        _title(look, "join.reset_title"),
        _box(look, "join.password", form, PASSWORD, _new_password(), error),
        filled(look, look.words("me.save"), send, busy=joining.busy, key="join-send"),
    ]


def _new_password() -> Entry:
    return Entry(secret=True, fills=(ft.AutofillHint.NEW_PASSWORD,))
