"""Who deals with an incident: whoever has it, who was called, who follows."""

import flet as ft

from phone.base.window import Window
from phone.incidents import wording
from phone.incidents.open_incident import OpenIncident
from phone.incidents.verbs import Verbs
from phone.kit.controls import word
from phone.kit.marks import avatar
from phone.kit.text import heading, text
from shared.wire.incidents import Incident, Responder
from shared.wire.lists import Ref


def people_section(window: Window, incident: Incident, *, opened: OpenIncident, verbs: Verbs) -> list[ft.Control]:
    """Nothing while nobody was called and nobody follows."""
    look, palette, words = window.look, window.look.palette, window.look.words
    if not incident.responders and not incident.followers and incident.acknowledged_by is None:
        return []
    rows: list[ft.Control] = [
        ft.Container(content=heading(words("incident.people"), "label", palette.muted), padding=ft.Padding.only(top=12))
    ]
    holder = incident.acknowledged_by
    others = [each for each in incident.responders if holder is None or each.user.id != holder.id]
    if holder is not None and incident.state == "acknowledged":
        has_it = words("responder.has_it", who=look.reader.person(holder))
        rows.append(_person(window, holder, has_it, strong=True))
    rows += [_responder(window, each) for each in others]
    rows.append(_followers(window, incident, opened=opened, verbs=verbs))
    return rows


def _responder(window: Window, responder: Responder) -> ft.Control:
    about = wording.responder_state(window.look.reader, responder, now=window.clock.minutes.at)
    failed = responder.state == "unreachable"
    return _person(window, responder.user, about, failed=failed)


def _person(window: Window, who: Ref, about: str, *, strong: bool = False, failed: bool = False) -> ft.Control:
    look, palette = window.look, window.look.palette
    colour = palette.warning if failed else palette.ok if strong else palette.muted
    sign: list[ft.Control] = [ft.Icon(ft.Icons.WARNING_AMBER_ROUNDED, size=15, color=colour)] if failed else []
    return ft.MergeSemantics(
        content=ft.Row(
            [
                avatar(look, who.name, who=who.id),
                ft.Column(
                    [
                        text(look.reader.alone(who), "strong", palette.ink),
                        ft.Row([*sign, text(about, "small", colour, expand=True)], spacing=6),
                    ],
                    spacing=1,
                    expand=True,
                ),
            ],
            spacing=12,
        )
    )


def _followers(window: Window, incident: Incident, *, opened: OpenIncident, verbs: Verbs) -> ft.Control:
    look, palette, words = window.look, window.look.palette, window.look.words
    follows = any(each.id == look.person for each in incident.followers)
    told = words("followers.none")
    if incident.followers:
        told = words("followers.named", names=look.reader.people(incident.followers))
    parts: list[ft.Control] = [text(told, "small", palette.muted, expand=True)]
    if "follow" in incident.can:
        label = words("verb.unfollow") if follows else words("verb.follow")
        parts.append(
            word(
                look,
                label,
                lambda: toggle_following(window, incident, opened=opened, verbs=verbs),
                at_end=True,
                key="follow-toggle",
            )
        )
    return ft.Row(parts, spacing=8)


async def toggle_following(window: Window, incident: Incident, *, opened: OpenIncident, verbs: Verbs) -> None:
    """Follow, or stop following."""
    opened.ask(None)
    if any(each.id == window.look.person for each in incident.followers):
        await window.change(opened.unfollow(), told="action.done_unfollow")
    else:
        verbs.do("follow", incident)
