"""One incident: what is broken, what happens next, why me, and one big button."""

import flet as ft

from phone.alerts.severity import severity_pill
from phone.base import moments
from phone.base.look import Look
from phone.base.theme import PHONE_MARGIN, TABLET_MARGIN
from phone.base.window import Window
from phone.incidents import wording
from phone.incidents.detail.actions import incident_actions
from phone.incidents.detail.alert_list import alert_list
from phone.incidents.detail.escalation_card import escalation_card
from phone.incidents.detail.past import changes_section, merged_card, review_section, similar_section
from phone.incidents.detail.people import people_section
from phone.incidents.detail.storm import storm
from phone.incidents.detail.timeline import timeline
from phone.incidents.open_incident import FOLDED, OpenIncident
from phone.incidents.outbox import Outbox
from phone.incidents.sheets.verb_sheets import may_silence, verb_sheet
from phone.incidents.silencing import Silencing
from phone.incidents.state_pill import state_pill
from phone.incidents.verbs import Verbs
from phone.kit import placeholders
from phone.kit.controls import icon, quiet
from phone.kit.pulling import PullList
from phone.kit.text import heading, sentence, text
from phone.kit.ticking import Ticking
from phone.names.store import Names
from phone.status.on_incident.section import OnStatusPages
from phone.status.stores import StatusStores
from shared.wire.incidents import Incident


@ft.component
def IncidentDetail(
    window: Window,
    shown: OpenIncident,
    _outbox: Outbox,
    look: Look,
    *,
    names: Names,
    verbs: Verbs,
    silencing: Silencing,
    status: StatusStores,
) -> ft.Control:
    """The whole screen on a phone, the right side of a tablet."""
    incident = shown.incident
    ft.use_dialog(
        verb_sheet(window, incident, opened=shown, names=names, verbs=verbs, silencing=silencing)
        if incident is not None
        else None
    )
    if incident is None:
        body = (
            placeholders.failed(look, shown.error, shown.load)
            if shown.error is not None
            else placeholders.skeleton(look, rows=5)
        )
        return ft.Column([*_bar(window, incident), body], spacing=0, expand=True)
    margin = TABLET_MARGIN if look.is_split else PHONE_MARGIN
    # One item each: a long timeline is drawn as it comes into sight, and a screen reader goes part by part.
    parts: list[ft.Control] = [
        ft.Container(content=section, padding=ft.Padding.only(left=margin, right=margin, bottom=12))
        for section in _sections(window, incident, opened=shown, verbs=verbs, status=status)
    ]
    return ft.Column(
        [
            *_bar(window, incident),
            PullList(parts, window.retry),
            *incident_actions(window, incident, margin, opened=shown, outbox=_outbox, verbs=verbs),
        ],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _bar(window: Window, incident: Incident | None) -> list[ft.Control]:
    look = window.look
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
                        lambda: window.go("/incidents"),
                        key="back",
                    ),
                    text(number, "strong", look.palette.ink, expand=True),
                    icon(look, ft.Icons.REFRESH, look.words("refresh"), window.retry, key="refresh"),
                ],
                spacing=8,
            ),
            padding=ft.Padding.only(left=4, right=4, top=4),
        )
    ]


def _sections(
    window: Window, incident: Incident, *, opened: OpenIncident, verbs: Verbs, status: StatusStores
) -> list[ft.Control]:
    look = window.look
    return [
        ft.Container(height=4 if look.is_split else 0),
        *_head(window, incident),
        *merged_card(window, incident),
        escalation_card(window, incident),
        *review_section(window, incident, opened=opened),
        *_why(window, incident, opened=opened),
        OnStatusPages(window, incident, status.on_incident, status.board, status, look),
        *_parts(window, incident, opened=opened, verbs=verbs),
    ]


def _parts(window: Window, incident: Incident, *, opened: OpenIncident, verbs: Verbs) -> list[ft.Control]:
    """What it is made of, then what was done; of a storm the other way round, for its alerts say little one by one."""
    look, words = window.look, window.look.words
    count = incident.alert_count
    title = words("incident.alerts", count=count)
    if incident.open_alert_count != count:
        title = words("incident.alerts_open", count=count, open=incident.open_alert_count)
    people = people_section(window, incident, opened=opened, verbs=verbs)
    course = [_title(look, words("incident.timeline")), *timeline(window, incident=opened)]
    changes, before = changes_section(window, incident=opened), similar_section(window, incident=opened)
    if count > FOLDED:
        alerts = [_title(look, title), *storm(window, incident, opened=opened), *_silence(window, incident, opened)]
        return [*people, *course, *alerts, *changes, *before]
    alerts = [_title(look, title), *alert_list(window, opened=opened)] if count and opened.alerts else []
    return [*alerts, *_silence(window, incident, opened), *changes, *course, *people, *before]


def _silence(window: Window, incident: Incident, opened: OpenIncident) -> list[ft.Control]:
    if not opened.alerts or not may_silence(window, incident):
        return []
    look, label = window.look, window.look.words("verb.silence")
    sign = ft.Icons.NOTIFICATIONS_OFF_OUTLINED
    return [ft.Row([quiet(look, label, lambda: opened.ask("silence"), icon=sign, key="silence")], wrap=True)]


def _title(look: Look, title: str) -> ft.Control:
    return ft.Container(content=heading(title, "label", look.palette.muted), padding=ft.Padding.only(top=12))


def _head(window: Window, incident: Incident) -> list[ft.Control]:
    look, palette = window.look, window.look.palette
    pills = [
        severity_pill(look, incident.severity),
        state_pill(look, incident.state, snoozed=incident.snoozed_until is not None),
    ]
    if look.is_split:
        pills.append(
            ft.Container(content=text(look.words("incident.number", number=incident.number), "small", palette.muted))
        )
    age = Ticking(
        window.clock.minutes,
        lambda now: text(moments.ago(look.words, incident.triggered_at, now=now), "small", palette.muted),
    )
    where = [incident.service.name] if incident.service is not None else []
    if incident.team is not None:
        where.append(incident.team.name)
    if incident.opened_by is not None:
        where.append(look.words("incident.by_hand", who=look.reader.person(incident.opened_by)))
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
                *([text(incident.description, "body", palette.ink)] if incident.description else []),
            ],
            spacing=4,
        ),
    ]


def _why(window: Window, incident: Incident, *, opened: OpenIncident) -> list[ft.Control]:
    look, palette = window.look, window.look.palette
    why = wording.why(look.reader, incident, opened.timeline, now=window.clock.minutes.at)
    colour = palette.ink if incident.why else palette.muted
    apart = {"schedule": colour, "policy": colour, "team": colour, "who": colour}
    return [_title(look, why.title), *(sentence(each, "body", colour, apart=apart) for each in why.reasons)]
