"""The history of everything: who changed what, when, from what to what."""

from dataclasses import replace

import flet as ft

from phone.base import moments
from phone.base.look import Look
from phone.base.theme import PHONE_MARGIN, TABLET_MARGIN
from phone.base.window import Window
from phone.console.audit import sentences
from phone.console.audit.details import lines
from phone.console.audit.store import Trail
from phone.console.directory import Directory
from phone.console.form.kind import Known
from phone.console.kinds import SHOWN
from phone.kit import placeholders
from phone.kit.controls import icon, word
from phone.kit.fields import Entry, field
from phone.kit.form_field import Field, Option
from phone.kit.marks import avatar
from phone.kit.picker import Picker
from phone.kit.pulling import PullList
from phone.kit.text import heading, sentence, text
from shared.wire.audit import AuditEntry

MOST_LINES = 6


@ft.component
def AuditScreen(window: Window, trail: Trail, _directory: Directory, look: Look) -> ft.Control:
    """Filters above, newest below."""
    known, words = _directory.known(window), look.words
    margin = TABLET_MARGIN if look.is_split else PHONE_MARGIN
    title = heading(words("kind.audit"), "title", look.palette.ink, level=1)
    back = (
        []
        if look.is_split
        else [icon(look, ft.Icons.ARROW_BACK, words("console.back"), lambda: window.go("/configure"), key="back")]
    )
    head = ft.Container(
        content=ft.Row([*back, ft.Container(content=title, expand=True)], spacing=4),
        padding=ft.Padding.only(left=margin if look.is_split else 4, right=margin, top=16 if look.is_split else 4),
    )
    if known is None:
        return placeholders.skeleton(look)
    parts: list[ft.Control] = [
        head,
        ft.Container(content=_filters(window, known, trail=trail), padding=ft.Padding.all(margin)),
    ]
    if trail.entries is None:
        wait = placeholders.failed(look, trail.error, trail.load) if trail.error else placeholders.skeleton(look)
        return PullList([*parts, wait], window.retry)
    if not trail.entries:
        parts.append(placeholders.empty(look, words("trail.empty"), words("trail.empty_text")))
    parts += [_entry(window, known, entry, margin) for entry in trail.entries]
    if trail.cursor is not None:
        more = word(look, words("row.more"), trail.more, key="more")
        parts.append(ft.Row([more], alignment=ft.MainAxisAlignment.CENTER))
    return PullList(parts, window.retry, trail.more)


def _filters(window: Window, known: Known, *, trail: Trail) -> ft.Control:
    look, words = window.look, window.look.words
    kinds = tuple(Option(value=kind.audited_as, label=words(f"kind.{kind.slug}")) for kind in SHOWN if kind.audited_as)
    every = Option(value=None, label=words("trail.everything"))
    anybody = Option(value=None, label=words("trail.anybody"))
    kind = Picker(
        look,
        Field(key="trail-kind", label=words("trail.what"), options=(every, *kinds)),
        trail.filter.kind,
        lambda chosen: trail.narrow(replace(trail.filter, kind=chosen)),
    )
    person = Picker(
        look,
        Field(key="trail-actor", label=words("trail.who"), options=(anybody, *known.options("people"))),
        trail.filter.actor,
        lambda chosen: trail.narrow(replace(trail.filter, actor=chosen)),
    )

    async def typed(value: str) -> None:
        await trail.narrow(replace(trail.filter, text=value))

    name = field(
        look, words("trail.name"), trail.filter.text, typed, entry=Entry(hint=words("trail.hint")), key="trail"
    )
    if not look.is_split:
        return ft.Column(
            [
                name,
                ft.Row([ft.Container(content=kind, expand=True), ft.Container(content=person, expand=True)], spacing=8),
            ],
            spacing=12,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    cells = [ft.Container(content=each, expand=True) for each in (name, kind, person)]
    return ft.Row(list(cells), spacing=12, vertical_alignment=ft.CrossAxisAlignment.START)


def _entry(window: Window, known: Known, entry: AuditEntry, margin: float) -> ft.Control:
    look, palette, words = window.look, window.look.palette, window.look.words
    when = moments.moment(words, entry.at, now=known.now, zone=look.zone)
    pieces = sentences.sentence(known, entry)
    apart: dict[str, str] = dict.fromkeys(("who", "what", "name", "person"), palette.ink)
    told = [sentence(pieces, "body", palette.muted, apart=apart), text(when, "small", palette.muted)]
    said = lines(known, entry)
    told += [text(line, "small", palette.ink, lines=3) for line in said[:MOST_LINES]]
    if len(said) > MOST_LINES:
        told.append(text(words("trail.more_lines", count=len(said) - MOST_LINES), "small", palette.muted))
    row = ft.Row(
        [
            avatar(look, entry.actor_name or "·", mine=entry.actor_id == known.me.id),
            ft.Column(list(told), spacing=2, tight=True, expand=True),
        ],
        spacing=12,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    return ft.Column(
        [
            ft.Container(content=row, padding=ft.Padding.symmetric(horizontal=margin, vertical=12)),
            ft.Container(height=1, bgcolor=palette.line, margin=ft.Margin.only(left=margin + 48)),
        ],
        spacing=0,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
