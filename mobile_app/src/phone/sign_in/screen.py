"""Sign-in: email and password, the server's address where it is not given."""

from collections.abc import Awaitable, Callable
from typing import Final

import flet as ft
from msgspec import Struct
from msgspec.structs import replace

from phone.base import problems
from phone.base.api.errors import ApiError
from phone.base.draft import Draft
from phone.base.look import Look
from phone.base.places import place
from phone.base.session import Session
from phone.base.window import Window
from phone.kit.controls import Face, Handler, filled, quiet, tappable, word
from phone.kit.fields import Entry, field, problem_line
from phone.kit.hooks import draft_of, state
from phone.kit.marks import mark
from phone.kit.text import fits, heading, text
from phone.sign_in.join import JoinForm
from phone.sign_in.joining import Joining
from shared.wire.sessions import Language

DEMO_EMAIL: Final = "responder@example.com"
DEMO_PASSWORD: Final = "dogwatch-demo"  # noqa: S105 - printed on the demo's own sign-in page


class Typed(Struct, frozen=True, kw_only=True):
    """Who signs in, how, and where."""

    email: str = ""
    password: str = ""
    server: str = ""
    code: str = ""


EMAIL: Final = place(Typed, lambda typed: typed.email)
PASSWORD: Final = place(Typed, lambda typed: typed.password)
SERVER: Final = place(Typed, lambda typed: typed.server)
CODE: Final = place(Typed, lambda typed: typed.code)


@ft.component
def SignIn(
    window: Window,
    session: Session,
    joining: Joining,
    look: Look,
    *,
    joined: Callable[[], Awaitable[None]],
    sign_in: Callable[..., Awaitable[None]],
) -> ft.Control:
    """The only screen before anybody is known."""
    form = draft_of(Typed(server=session.server))
    tried, attempt = state(False)
    shown, show = state(False)

    async def submit() -> None:
        attempt(True)
        form.notify()
        given = form.whole
        if given.email.strip() and given.password and (session.fixed_server or _is_address(given.server)):
            totp = given.code.strip() or None if session.asks_code else None
            await sign_in(given.email, given.password, server=given.server, totp=totp)

    def fill() -> None:
        form.fill(replace(form.whole, email=DEMO_EMAIL, password=DEMO_PASSWORD))

    words, palette = look.words, look.palette
    parts: list[ft.Control] = [
        ft.Row([mark(look, 52)], tight=True),
        heading(words("app.name"), "display", palette.ink, level=1),
        text(words("sign_in.lead"), "body", palette.muted),
        ft.Container(height=12),
    ]
    if joining.step != "password":
        return _page(look, [*parts, JoinForm(joining, look, joined=joined), _foot(window, look, session)])
    parts += _notices(look, session)
    parts += _fields(look, session, form, submit, tried=tried, shown=shown)
    if session.asks_code:
        parts.append(_code(look, form, submit))
    reveal_label = words("sign_in.hide") if shown else words("sign_in.show")
    reveal_row = ft.Row(
        [word(look, reveal_label, lambda: show(not shown), at_end=True, key="reveal")],
        alignment=ft.MainAxisAlignment.END,
    )
    parts.append(ft.Container(content=reveal_row, margin=ft.Margin.only(top=-12)))
    label = words("sign_in.busy") if session.busy else words("sign_in.submit")
    parts.append(filled(look, label, submit, busy=session.busy, key="sign-in"))
    if session.demo:
        parts.append(text(words("sign_in.demo", email=DEMO_EMAIL, password=DEMO_PASSWORD), "small", palette.muted))
        parts.append(quiet(look, words("sign_in.demo_fill"), fill, key="demo-fill"))
    room = min(look.width, 440) - 48 - 2 * 16
    is_one_line = fits(words("join.forgot") + words("join.pair"), "button", room)
    ways = [
        word(look, words("join.forgot"), lambda: joining.go("forgot"), key="forgot"),
        word(look, words("join.pair"), lambda: joining.go("pair"), at_end=is_one_line, key="pair"),
    ]
    parts.append(ft.Row(list(ways), alignment=ft.MainAxisAlignment.SPACE_BETWEEN, wrap=True, run_spacing=0))
    parts.append(_foot(window, look, session))
    return _page(look, parts)


def _page(look: Look, parts: list[ft.Control]) -> ft.Control:
    form = ft.Column(parts, spacing=12, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    sheet = ft.Container(content=form, padding=ft.Padding.symmetric(horizontal=24, vertical=40), width=440)
    return ft.Container(
        content=ft.Column([sheet], scroll=ft.ScrollMode.AUTO, tight=True),
        alignment=ft.Alignment.CENTER if look.is_split else ft.Alignment.TOP_CENTER,
        expand=True,
    )


def _code(look: Look, form: Draft[Typed], submit: Handler) -> ft.Control:
    return field(
        look,
        look.words("join.code"),
        form.whole.code,
        lambda value: form.type(CODE, value),
        submit=submit,
        entry=Entry(
            hint="123 456", keyboard=ft.KeyboardType.NUMBER, autofocus=True, fills=(ft.AutofillHint.ONE_TIME_CODE,)
        ),
        key="totp",
    )


def _is_address(server: str) -> bool:
    scheme, _, host = server.strip().partition("://")
    return scheme in ("https", "http") and bool(host.strip("/"))


def _notices(look: Look, session: Session) -> list[ft.Control]:
    notices: list[ft.Control] = []
    if session.ended:
        notices.append(_notice(look, ft.Icons.INFO_OUTLINE, look.words("sign_in.ended")))
    if not session.remembers:
        notices.append(_notice(look, ft.Icons.LOCK_OPEN_OUTLINED, look.words("sign_in.memory")))
    if session.error is not None:
        notices.append(problem_line(look, refusal(look, session.error)))
    return notices


def _notice(look: Look, icon: ft.IconData, message: str) -> ft.Control:
    palette = look.palette
    return ft.Container(
        bgcolor=palette.warning_bg,
        border_radius=10,
        padding=ft.Padding.all(12),
        content=ft.Row(
            [ft.Icon(icon, size=18, color=palette.warning), text(message, "small", palette.ink, expand=True)],
            spacing=10,
            vertical_alignment=ft.CrossAxisAlignment.START,
        ),
    )


def refusal(look: Look, error: Exception) -> str:
    """Why signing in failed, and what to do."""
    if not isinstance(error, ApiError):
        return look.words("sign_in.unreachable")
    if error.status == 429:
        return look.words("sign_in.too_often", count=round(error.retry_after_s or 60))
    if error.code == "bad_totp":
        return problems.problem(look.words, error)
    if error.status in (400, 401):
        return look.words("sign_in.wrong")
    return problems.problem(look.words, error)


def _fields(
    look: Look, session: Session, form: Draft[Typed], submit: Handler, *, tried: bool, shown: bool
) -> list[ft.Control]:
    words, draft = look.words, form.whole
    parts: list[ft.Control] = []
    if not session.fixed_server:
        parts.append(
            field(
                look,
                words("sign_in.server"),
                draft.server,
                lambda value: form.type(SERVER, value.strip()),
                error=words("sign_in.server_wrong") if tried and not _is_address(draft.server) else None,
                entry=Entry(hint=words("sign_in.server_hint"), keyboard=ft.KeyboardType.URL),
                key="server",
            )
        )
    parts.append(
        field(
            look,
            words("sign_in.email"),
            draft.email,
            lambda value: form.type(EMAIL, value),
            error=words("sign_in.email_missing") if tried and not draft.email.strip() else None,
            entry=Entry(keyboard=ft.KeyboardType.EMAIL, fills=(ft.AutofillHint.USERNAME,)),
            submit=submit,
            key="email",
        )
    )
    parts.append(
        field(
            look,
            words("sign_in.password"),
            draft.password,
            lambda value: form.type(PASSWORD, value),
            error=words("sign_in.password_missing") if tried and not draft.password else None,
            entry=Entry(secret=not shown, fills=(ft.AutofillHint.PASSWORD,)),
            submit=submit,
            key="password",
        )
    )
    return [ft.AutofillGroup(content=ft.Column(parts, spacing=16, horizontal_alignment=ft.CrossAxisAlignment.STRETCH))]


def _foot(window: Window, look: Look, session: Session) -> ft.Control:
    other: Language = "zh" if look.language == "en" else "en"
    palette = look.palette
    return ft.Column(
        [
            ft.Container(height=8),
            text(look.words("sign_in.foot"), "small", palette.muted),
            text(session.server, "small", palette.muted)
            if session.fixed_server and session.server
            else ft.Container(height=0),
            ft.Container(
                content=tappable(
                    look,
                    text(look.words("sign_in.language"), "button", palette.accent),
                    lambda: window.choose_language(other),
                    face=Face(padding=ft.Padding.symmetric(horizontal=8, vertical=14), radius=10),
                    key="language",
                ),
                margin=ft.Margin.only(left=-8),
            ),
        ],
        spacing=2,
    )
