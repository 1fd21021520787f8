"""One schedule: who is on call now, its calendar, gaps ahead, overrides, and what its people wrote about it."""

import re

import flet as ft

from phone.base.look import Look
from phone.base.theme import PHONE_MARGIN, RAIL, TABLET_MARGIN, list_width, style
from phone.base.window import Window
from phone.hand_over.hand_over_sheet import hand_over_dialog
from phone.hand_over.store import HandOver
from phone.kit import placeholders
from phone.kit.bars import archive_bar
from phone.kit.controls import icon, quiet
from phone.kit.layout import column
from phone.kit.marks import avatar
from phone.kit.pulling import PullList
from phone.kit.text import heading, text
from phone.rotas import rota_wording
from phone.rotas.on_call import OnCall
from phone.rotas.store import Rotas
from phone.schedules.calendar.calendar import Calendar
from phone.schedules.gaps_card import gaps_card
from phone.schedules.handover_card import HandoverCard
from phone.schedules.handover_store import OpenHandover
from phone.schedules.overrides.override_list import override_list
from phone.schedules.sheets import schedule_sheet
from phone.schedules.slot_sheet import nobody_sign
from phone.schedules.store import OpenSchedule
from shared.wire.schedules import ScheduleRota

IMAGE = re.compile(r"!\[")


@ft.component
def ScheduleScreen(
    window: Window,
    schedule: OpenSchedule,
    rotas: Rotas,
    on_call: OnCall,
    door: HandOver,
    look: Look,
    *,
    handover: OpenHandover,
) -> ft.Control:
    """The whole screen on a phone, the right side of a tablet."""
    ft.use_dialog(schedule_sheet(window, rotas, schedule, hand_over=door) or hand_over_dialog(window, door, look))
    words, item = look.words, schedule.item
    if item is None:
        return _missing(window, rotas, schedule=schedule)
    margin = TABLET_MARGIN if look.is_split else PHONE_MARGIN
    actions: list[ft.Control] = []
    if item.may_edit:
        actions = [
            icon(look, ft.Icons.ADD, words("override.add"), schedule.draft, key="add-override"),
            icon(
                look,
                ft.Icons.EDIT_OUTLINED,
                words("schedule.edit"),
                lambda: window.go(f"/configure/schedules/{item.schedule.id}"),
                key="edit-schedule",
            ),
        ]
    parts: list[ft.Control] = [
        _now(window, item, on_call=on_call),
        Calendar(schedule, rotas, look, window.clock.minutes, _room(look, margin)),
        *gaps_card(window, item, schedule=schedule),
        HandoverCard(window, handover, look),
        *_overrides(window, item, schedule=schedule),
        *_about(look, item),
    ]
    del on_call
    bar = archive_bar(window, item.schedule.name, "/schedules", actions)
    if look.is_split:
        bar = ft.Container(
            content=ft.Row(
                [
                    ft.Container(
                        content=heading(item.schedule.name, "title", look.palette.ink, level=1, lines=1), expand=True
                    ),
                    *actions,
                ],
                spacing=4,
            ),
            padding=ft.Padding.only(left=margin, right=margin - 8, top=12, bottom=4),
        )
    return ft.Column(
        [bar, PullList([column(parts, margin=margin, spacing=20)], window.retry)],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _room(look: Look, margin: float) -> float:
    """How wide the calendar will be, as far as that is known before it is drawn."""
    width = ft.context.page.width or look.width
    if look.is_split:
        width -= RAIL + list_width(width) + 2
    return width - 2 * margin


def _missing(window: Window, rotas: Rotas, *, schedule: OpenSchedule) -> ft.Control:
    """Not known yet, not to be had, or not there at all."""
    look, words = window.look, window.look.words
    bar: list[ft.Control] = [] if look.is_split else [archive_bar(window, words("schedules.title"), "/schedules", [])]
    unanswered = {each.schedule.id for each in rotas.unanswered}
    if rotas.items is None:
        body = placeholders.failed(look, rotas.error, window.retry) if rotas.error else placeholders.skeleton(look)
    elif schedule.id in unanswered:
        body = placeholders.empty(look, words("schedule.no_zone"), words("schedule.no_zone_text"))
    else:
        body = placeholders.empty(look, words("schedule.gone"), words("schedule.gone_text"))
    return ft.Column([*bar, body], spacing=0, expand=True)


def _now(window: Window, item: ScheduleRota, *, on_call: OnCall) -> ft.Control:
    """Who is on call at this moment and who follows."""
    look, palette, words = window.look, window.look.palette, window.look.words
    entry = on_call.find(item.schedule.id)
    if entry is None:
        return ft.Container(height=0)
    told = rota_wording.now_line(
        look.reader, entry, now=window.clock.now(), zone=look.zone, there=item.rota.schedule.time_zone
    )
    holder = entry.people[0].user if entry.people else None
    sign = avatar(look, holder.name, who=holder.id) if holder is not None else nobody_sign(look)
    lines: list[ft.Control] = [text(told, "strong", palette.ink if holder is not None else palette.critical)]
    if item.team is not None:
        lines.append(text(words("schedule.team", team=item.team.name), "small", palette.muted))
    return ft.MergeSemantics(content=ft.Row([sign, ft.Column(lines, spacing=1, tight=True, expand=True)], spacing=12))


def _overrides(window: Window, item: ScheduleRota, *, schedule: OpenSchedule) -> list[ft.Control]:
    look, words = window.look, window.look.words
    rows = override_list(window, item, now=window.clock.now(), schedule=schedule)
    if item.may_edit:
        add = quiet(look, words("override.add"), schedule.draft, icon=ft.Icons.ADD, key="add-override-below")
        rows.append(ft.Row([add], tight=True))
    return [ft.Column(rows, spacing=12, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)]


def _about(look: Look, item: ScheduleRota) -> list[ft.Control]:
    """The description as its team wrote it: links open, pictures are links, nothing is fetched from elsewhere."""
    palette = look.palette
    if not item.description:
        return []
    body, link = style("body", palette.ink), style("body", palette.accent)
    told = ft.Markdown(
        IMAGE.sub("[", item.description),
        selectable=True,
        auto_follow_links=True,
        auto_follow_links_target=ft.UrlTarget.BLANK,
        md_style_sheet=ft.MarkdownStyleSheet(
            p_text_style=body,
            a_text_style=link,
            list_bullet_text_style=body,
            strong_text_style=style("strong", palette.ink),
            h1_text_style=style("lead", palette.ink, bold=True),
            h2_text_style=style("strong", palette.ink),
            h3_text_style=style("strong", palette.ink),
            blockquote_text_style=style("body", palette.muted),
            code_text_style=style("small", palette.ink),
        ),
    )
    return [
        ft.Column(
            [heading(look.words("schedule.about"), "label", palette.muted), told],
            spacing=8,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    ]
