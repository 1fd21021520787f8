"""One incident: what is broken, what happens next, why me, and one big button."""

from dataclasses import dataclass

import flet as ft

from phone import moments, wording
from phone.api.outbox import Outbox
from phone.components import placeholders
from phone.components.alert_list import alert_list
from phone.components.controls import filled, icon, quiet
from phone.components.escalation_card import escalation_card
from phone.components.fields import Entry, field
from phone.components.hooks import kept
from phone.components.marks import severity_pill, state_pill
from phone.components.pulling import PullList
from phone.components.sheet import sheet
from phone.components.text import heading, sentence, text
from phone.components.ticking import Ticking
from phone.components.timeline import timeline
from phone.state.app import App
from phone.state.incident import OpenIncident
from phone.state.look import Look
from phone.theme import PHONE_MARGIN, TABLET_MARGIN
from shared.wire.incidents import Incident, Verb


@ft.component
def IncidentDetail(app: App, shown: OpenIncident, _outbox: Outbox, look: Look) -> ft.Control:
    """The whole screen on a phone, the right side of a tablet."""
    draft = kept(_Draft())
    incident = shown.incident
    ft.use_dialog(_question(app, incident, draft) if incident is not None else None)
    if incident is None:
        body = (
            placeholders.failed(look, shown.error, shown.load)
            if shown.error is not None
            else placeholders.skeleton(look, rows=5)
        )
        return ft.Column([*_bar(app, incident), body], spacing=0, expand=True)
    margin = TABLET_MARGIN if look.is_split else PHONE_MARGIN
    # One item each: a long timeline is drawn as it comes into sight, and a screen reader goes part by part.
    parts: list[ft.Control] = [
        ft.Container(content=section, padding=ft.Padding.only(left=margin, right=margin, bottom=12))
        for section in _sections(app, incident)
    ]
    return ft.Column(
        [*_bar(app, incident), PullList(parts, app.retry), *_actions(app, incident, margin)],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _bar(app: App, incident: Incident | None) -> list[ft.Control]:
    look = app.look
    if look.is_split:
        return []
    number = look.words("incident.number", number=incident.number) if incident else ""
    return [
        ft.Container(
            content=ft.Row(
                [
                    icon(
                        look,
                        ft.Icons.ARROW_BACK,
                        look.words("back"),
                        lambda: app.go("/incidents"),
                        key="back",
                    ),
                    text(number, "strong", look.palette.ink, expand=True),
                    icon(look, ft.Icons.REFRESH, look.words("refresh"), app.retry, key="refresh"),
                ],
                spacing=8,
            ),
            padding=ft.Padding.only(left=4, right=4, top=4),
        )
    ]


def _sections(app: App, incident: Incident) -> list[ft.Control]:
    look, words = app.look, app.look.words
    count = incident.alert_count
    alerts = words("incident.alerts", count=count)
    if incident.open_alert_count != count:
        alerts = words("incident.alerts_open", count=count, open=incident.open_alert_count)
    return [
        ft.Container(height=4 if look.is_split else 0),
        *_head(app, incident),
        escalation_card(app, incident),
        _title(look, words("incident.why")),
        *_why(app, incident),
        _title(look, alerts),
        *alert_list(app),
        _title(look, words("incident.timeline")),
        *timeline(app),
    ]


def _title(look: Look, title: str) -> ft.Control:
    return ft.Container(content=heading(title, "label", look.palette.muted), padding=ft.Padding.only(top=12))


def _head(app: App, incident: Incident) -> list[ft.Control]:
    look, palette = app.look, app.look.palette
    pills = [severity_pill(look, incident.severity), state_pill(look, incident.state)]
    if look.is_split:
        pills.append(
            ft.Container(content=text(look.words("incident.number", number=incident.number), "small", palette.muted))
        )
    age = Ticking(
        app.clock.minutes,
        lambda now: text(moments.ago(look.words, incident.triggered_at, now=now), "small", palette.muted),
    )
    where = [incident.service.name] if incident.service is not None else []
    if incident.team is not None:
        where.append(incident.team.name)
    if incident.integration is not None:
        where.append(look.words("incident.source", integration=incident.integration.name))
    return [
        ft.Row(
            [
                ft.Row(
                    list(pills),
                    spacing=8,
                    wrap=True,
                    expand=True,
                    vertical_alignment=ft.CrossAxisAlignment.CENTER,
                ),
                age,
            ],
            alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
        ),
        ft.Column(
            [
                heading(incident.title, "title", palette.ink, level=1),
                text(" · ".join(where), "body", palette.muted),
            ],
            spacing=4,
        ),
    ]


def _why(app: App, incident: Incident) -> list[ft.Control]:
    look, palette = app.look, app.look.palette
    if not incident.why:
        return [text(look.words("why.not_you"), "body", palette.muted)]
    apart = {"schedule": palette.ink, "policy": palette.ink, "team": palette.ink}
    now = app.clock.minutes.at
    pieces = [wording.why_sentence(look.reader, why, now=now) for why in incident.why]
    return [sentence(each, "body", palette.ink, apart=apart) for each in pieces]


def _actions(app: App, incident: Incident, margin: float) -> list[ft.Control]:
    look, palette = app.look, app.look.palette
    buttons = _buttons(app, incident)
    if not buttons:
        return []
    first, others = buttons[0], buttons[1:]
    if look.is_split:
        row: ft.Control = ft.Row([ft.Container(content=first, width=320), *others], spacing=8, wrap=True, run_spacing=8)
    else:
        row = ft.Column(
            [first, *([ft.Row(others, spacing=8)] if others else [])],
            spacing=8,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    return [
        ft.Container(height=1, bgcolor=palette.line),
        ft.Container(content=row, bgcolor=palette.raised, padding=ft.Padding.symmetric(horizontal=margin, vertical=12)),
    ]


def _buttons(app: App, incident: Incident) -> list[ft.Control]:
    """The one filled button first: red while it waits, then accent; or what is on its way."""
    look, palette, words = app.look, app.look.palette, app.look.words
    can = set(incident.can)
    on_its_way = app.outbox.verb_of(incident.id)
    if on_its_way is not None:
        return [
            filled(
                look,
                words("sending.verb", verb=words(f"verb.{on_its_way}")),
                lambda: None,
                height=56,
                busy=True,
            )
        ]
    buttons: list[ft.Control] = []
    if "acknowledge" in can and incident.state == "triggered":
        buttons.append(
            filled(
                look,
                words("verb.acknowledge"),
                lambda: app.acknowledge(incident),
                colour=palette.critical_fill,
                ink=palette.on_critical,
                height=56,
                key="acknowledge",
            )
        )
    elif "resolve" in can:
        buttons.append(
            filled(look, words("verb.resolve"), lambda: app.incident.ask("resolve"), height=56, key="resolve")
        )
    if "resolve" in can and incident.state == "triggered" and buttons:
        buttons.append(_second(app, "resolve", ft.Icons.CHECK))
    if "escalate" in can:
        buttons.append(_second(app, "escalate", ft.Icons.TRENDING_UP))
    if "undo" in can and incident.undo_until is not None and incident.undo_until > app.clock.now():
        undo = quiet(
            look,
            words("verb.undo"),
            lambda: app.undo([incident.id]),
            icon=ft.Icons.UNDO,
            expand=not look.is_split,
            key="undo",
        )
        buttons.append(undo)
    return buttons


def _second(app: App, verb: Verb, sign: ft.IconData) -> ft.Control:
    look = app.look
    ask = "resolve" if verb == "resolve" else "escalate"
    return quiet(
        look,
        look.words(f"verb.{verb}"),
        lambda: app.incident.ask(ask),
        icon=sign,
        expand=not look.is_split,
        key=verb,
    )


@dataclass
class _Draft:
    resolution: str = ""


def _question(app: App, incident: Incident, draft: _Draft) -> ft.BottomSheet | None:
    if app.incident.asking == "resolve":
        return _resolve_sheet(app, incident, draft)
    if app.incident.asking == "escalate":
        return _escalate_sheet(app, incident)
    return None


def _resolve_sheet(app: App, incident: Incident, draft: _Draft) -> ft.BottomSheet:
    look, words = app.look, app.look.words

    def send() -> None:
        app.resolve(incident, draft.resolution)
        draft.resolution = ""

    parts: list[ft.Control] = [
        text(incident.title, "strong", look.palette.ink, lines=2),
        text(words("resolve.consequence"), "body", look.palette.muted),
        field(
            look,
            words("resolve.text"),
            draft.resolution,
            lambda value: setattr(draft, "resolution", value),
            entry=Entry(hint=words("resolve.hint"), lines=3),
            key="resolution",
        ),
        filled(look, words("verb.resolve"), send, key="resolve-send"),
        quiet(look, words("cancel"), lambda: app.incident.ask(None), key="cancel"),
    ]
    return sheet(look, words("resolve.title"), parts, lambda: app.incident.ask(None))


def _escalate_sheet(app: App, incident: Incident) -> ft.BottomSheet:
    look, words = app.look, app.look.words
    who = wording.next_level(look.reader, incident.escalation)
    consequence = words("escalate.to", who=who) if who else words("escalate.next")
    parts: list[ft.Control] = [
        text(consequence, "body", look.palette.ink),
        filled(look, words("escalate.submit"), lambda: app.escalate(incident), key="escalate-send"),
        quiet(look, words("cancel"), lambda: app.incident.ask(None), key="cancel"),
    ]
    return sheet(look, words("escalate.title"), parts, lambda: app.incident.ask(None))
