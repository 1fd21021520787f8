"""Security: where I am signed in, my password, the second factor."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import flet as ft
from msgspec import Struct

from phone.base import moments, problems
from phone.base.api.errors import ApiError, Unreachable
from phone.base.device.naming import device_said
from phone.base.draft import Draft
from phone.base.look import Look
from phone.base.places import Place, place
from phone.base.session import Session
from phone.base.window import Window
from phone.kit.bars import archive_bar
from phone.kit.controls import filled, quiet, word
from phone.kit.copy_box import copy_box
from phone.kit.fields import Entry, field
from phone.kit.hooks import draft_of, state
from phone.kit.layout import column
from phone.kit.placeholders import failed, skeleton
from phone.kit.pulling import PullList
from phone.kit.question import AskedOnce, Question
from phone.kit.sheet import sheet
from phone.kit.text import heading, text
from phone.me.safety import Safety
from shared.wire.passwords import PasswordChange
from shared.wire.sessions import SessionItem, SignInProof

Whole = TypeVar("Whole", bound=Struct)
OLD: Final = place(PasswordChange, lambda change: change.old_password)
NEW: Final = place(PasswordChange, lambda change: change.new_password)
PASSWORD: Final = place(SignInProof, lambda proof: proof.password)
CODE: Final = place(SignInProof, lambda proof: proof.totp)


@ft.component
def SecurityScreen(window: Window, safety: Safety, session: Session, look: Look) -> ft.Control:
    """The whole screen."""
    asking, ask = state("")
    words = look.words

    def close() -> None:
        ask("")
        safety.codes = ()

    sheets: dict[str, Callable[[], ft.Control]] = {
        "password": lambda: PasswordForm(window, look, close, safety=safety),
        "totp": lambda: TotpForm(window, safety, look, close),
        "codes": lambda: ProofForm(window, safety, look, "codes", close),
        "off": lambda: ProofForm(window, safety, look, "off", close),
    }
    title = words(f"security.{asking}") if asking else ""
    ends_in_codes = asking in ("totp", "codes")
    ft.use_dialog(sheet(look, title, [sheets[asking]()], close, only_here=ends_in_codes) if asking else None)
    parts = [*_password(look, ask), *_factor(look, session, ask), *_sessions(window, safety=safety)]
    body = column([ft.Column(parts, spacing=10, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)])
    held = ft.Row([ft.Container(content=body, width=600)]) if look.is_split else body
    return ft.Column(
        [archive_bar(window, words("security.title"), "/me", []), PullList([held], safety.load)],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _title(look: Look, words: str) -> ft.Control:
    return ft.Container(content=heading(words, "strong", look.palette.ink), padding=ft.Padding.only(top=16))


def _password(look: Look, ask: Callable[[str], Any]) -> list[ft.Control]:
    words = look.words
    button = quiet(look, words("security.password"), lambda: ask("password"), icon=ft.Icons.KEY, key="password")
    lead = text(words("security.password_lead"), "body", look.palette.muted)
    return [_title(look, words("security.password_title")), lead, ft.Row([button], wrap=True)]


def _factor(look: Look, session: Session, ask: Callable[[str], Any]) -> list[ft.Control]:
    words, palette = look.words, look.palette
    on = session.me is not None and session.me.has_totp
    buttons: list[ft.Control] = []
    if on:
        buttons.append(quiet(look, words("security.codes"), lambda: ask("codes"), key="codes"))
        buttons.append(quiet(look, words("security.off"), lambda: ask("off"), key="totp-off"))
    else:
        buttons.append(
            quiet(look, words("security.totp"), lambda: ask("totp"), icon=ft.Icons.PHONELINK_LOCK, key="totp")
        )
    sign = ft.Icon(ft.Icons.CHECK, size=18, color=palette.ok)
    told = text(words("security.totp_on" if on else "security.totp_lead"), "body", palette.muted, expand=True)
    return [
        _title(look, words("security.totp_title")),
        ft.Row([*([sign] if on else []), told], spacing=8),
        ft.Row(buttons, wrap=True, spacing=8, run_spacing=8),
    ]


def _sessions(window: Window, *, safety: Safety) -> list[ft.Control]:
    look, words = window.look, window.look.words
    head: list[ft.Control] = [_title(look, words("security.sessions"))]
    if safety.sessions is None:
        return [*head, failed(look, safety.error, safety.load) if safety.error else skeleton(look, rows=2, margin=0)]
    ordered = sorted(safety.sessions, key=lambda each: not each.is_current)
    head += [_session(window, each, safety=safety) for each in ordered]
    if len(ordered) > 1:
        label = words("security.end_others")
        head.append(
            AskedOnce(
                look,
                Question(about=words("security.end_others_text"), yes=label, key="end-others"),
                lambda: window.change(safety.end_others(), told="security.ended"),
                lambda ask: ft.Row([quiet(look, label, ask, key="end-others")], wrap=True),
            )
        )
    return head


def _session(window: Window, item: SessionItem, *, safety: Safety) -> ft.Control:
    look, palette, words = window.look, window.look.palette, window.look.words
    when = moments.ago(words, item.last_seen_at, now=window.clock.minutes.at)
    about = words("security.this") if item.is_current else words("security.seen", when=when)
    parts: list[ft.Control] = [
        ft.Icon(ft.Icons.DEVICES, size=22, color=palette.muted),
        ft.Column(
            [
                text(device_said(item.device) or words("security.unnamed"), "strong", palette.ink, lines=1),
                text(about, "small", palette.ok if item.is_current else palette.muted),
            ],
            spacing=1,
            expand=True,
        ),
    ]
    if item.is_current:
        return ft.Row(parts, spacing=14)
    label, key, device = words("security.end"), f"end-{item.id}", device_said(item.device) or words("security.unnamed")
    return AskedOnce(
        look,
        Question(about=words("security.end_text"), yes=label, key=key, what=device),
        lambda: window.change(safety.end(item.id), told="security.ended"),
        lambda ask: ft.Row([*parts, word(look, label, ask, colour=palette.critical, of=device, key=key)], spacing=14),
    )


async def tried(look: Look, work: Awaitable[None], fail: Callable[[str], Any]) -> bool:
    """Do it; a refusal is shown at the field."""
    try:
        await work
    except (ApiError, Unreachable) as refused:
        fail(problems.problem(look.words, refused))
        return False
    fail("")
    return True


def _secret(look: Look, label: str, form: Draft[Whole], at: Place[Whole, str], error: str, key: str) -> ft.Control:
    return field(
        look,
        label,
        at.read(form.whole),
        lambda value: form.type(at, value),
        error=error or None,
        entry=Entry(secret=True, fills=(ft.AutofillHint.PASSWORD,)),
        key=key,
    )


def _code(look: Look, form: Draft[SignInProof], send: Callable[[], Any], error: str, key: str) -> ft.Control:
    return field(
        look,
        look.words("security.code"),
        form.whole.totp or "",
        lambda value: form.type(CODE, value),
        submit=send,
        error=error or None,
        entry=Entry(keyboard=ft.KeyboardType.NUMBER, fills=(ft.AutofillHint.ONE_TIME_CODE,)),
        key=key,
    )


def _stacked(parts: list[ft.Control]) -> ft.Control:
    return ft.Column(parts, spacing=16, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


@ft.component
def PasswordForm(window: Window, look: Look, close: Callable[[], Any], *, safety: Safety) -> ft.Control:
    """The old one, and the new one."""
    form = draft_of(PasswordChange(old_password="", new_password=""))
    error, fail = state("")
    words = look.words

    async def send() -> None:
        if not form.whole.old_password or not form.whole.new_password:
            fail(words("security.both"))
        elif await tried(look, safety.change_password(form.whole), fail):
            window.tell("security.changed")
            close()

    return _stacked(
        [
            text(words("security.password_ends"), "body", look.palette.muted),
            _secret(look, words("security.old"), form, OLD, "", "old-password"),
            _secret(look, words("security.new"), form, NEW, error, "new-password"),
            filled(look, words("me.save"), send, key="password-save"),
            quiet(look, words("cancel"), close, key="cancel"),
        ]
    )


@ft.component
def TotpForm(window: Window, safety: Safety, look: Look, close: Callable[[], Any]) -> ft.Control:
    """Password, then the picture to scan and a code of it, then the recovery codes, once."""
    form = draft_of(SignInProof(password=""))
    error, fail = state("")
    words, palette = look.words, look.palette

    async def begin() -> None:
        await tried(look, safety.begin_totp(form.whole.password), fail)

    async def confirm() -> None:
        if await tried(look, safety.confirm_totp((form.whole.totp or "").strip()), fail):
            await window.session.refresh()

    if safety.codes:
        return recovery_codes(window, safety, close)
    if safety.enrolment is None:
        return _stacked(
            [
                text(words("security.proof"), "body", palette.muted),
                _secret(look, words("sign_in.password"), form, PASSWORD, error, "proof"),
                filled(look, words("security.next"), begin, key="totp-begin"),
                quiet(look, words("cancel"), close, key="cancel"),
            ]
        )
    code = _code(look, form, confirm, error, "totp-code")
    return _stacked(
        [
            text(words("security.scan"), "body", palette.muted),
            ft.Row([qr(look, safety.enrolment.qr_svg)], alignment=ft.MainAxisAlignment.CENTER),
            copy_box(window, words("security.secret"), safety.enrolment.secret, key="copy-secret"),
            code,
            filled(look, words("security.confirm"), confirm, key="totp-confirm"),
            quiet(look, words("cancel"), close, key="cancel"),
        ]
    )


def qr(look: Look, svg: str, size: float = 208) -> ft.Control:
    """Always dark on white: scanners want it so."""
    return ft.Container(
        content=ft.Image(src=svg, width=size, height=size, semantics_label=look.words("qr.label")),
        bgcolor="#FFFFFF",
        padding=ft.Padding.all(12),
        border_radius=12,
        border=ft.Border.all(1, look.palette.line),
    )


def recovery_codes(window: Window, safety: Safety, close: Callable[[], Any]) -> ft.Control:
    """Shown once."""
    words = window.look.words
    return _stacked(
        [
            text(words("security.codes_lead"), "body", window.look.palette.ink),
            copy_box(window, words("security.codes_title"), "\n".join(safety.codes), key="copy-codes"),
            filled(window.look, words("security.codes_kept"), close, key="codes-kept"),
        ]
    )


@ft.component
def ProofForm(window: Window, safety: Safety, look: Look, what: str, close: Callable[[], Any]) -> ft.Control:
    """Password and code once more, before new codes or the end of the second factor."""
    form = draft_of(SignInProof(password=""))
    error, fail = state("")
    words = look.words

    async def send() -> None:
        change = safety.renew_codes if what == "codes" else safety.end_totp
        if await tried(look, change(form.whole.password, (form.whole.totp or "").strip()), fail) and what == "off":
            await window.session.refresh()
            window.tell("security.is_off")
            close()

    if safety.codes:
        return recovery_codes(window, safety, close)
    return _stacked(
        [
            text(words(f"security.lead_{what}"), "body", look.palette.muted),
            _secret(look, words("sign_in.password"), form, PASSWORD, "", "proof"),
            _code(look, form, send, error, "proof-code"),
            filled(look, words(f"security.{what}"), send, key="proof-send"),
            quiet(look, words("cancel"), close, key="cancel"),
        ]
    )
