"""An invitation's link, and sending it once more."""

import flet as ft

from phone.base import problems
from phone.base.window import Window
from phone.console.form.kind import Known
from phone.console.people.inviting import Inviting
from phone.kit.cards import card, titled
from phone.kit.controls import quiet
from phone.kit.copy_box import copy_box
from phone.kit.fields import problem_line
from phone.kit.question import AskedOnce, Question
from phone.kit.text import text
from shared.wire.invitations import Invitation


@ft.component
def InvitationPanel(window: Window, inviting: Inviting, known: Known, item: Invitation) -> ft.Control:
    """The link while it is open; who was let in, or why nobody can be any more."""
    look, palette, words = window.look, window.look.palette, known.words
    teams = words.names([team.name for team in item.teams]) if item.teams else words("person.no_team")
    parts: list[ft.Control] = [card(look, [text(words("invitation.teams", teams=teams), "body", palette.ink)])]
    if item.link and item.state == "open":
        told = words("reveal.mailed" if item.is_mailed else "reveal.not_mailed", email=item.email)
        parts.append(copy_box(window, words("invitation.link"), item.link, key="copy-invitation", help=told))
    if item.state in ("open", "expired"):
        label = words("invitation.again")
        again = AskedOnce(
            look,
            Question(about=words("invitation.again_help"), yes=label, key="resend"),
            lambda: inviting.resend(item.id),
            lambda ask: ft.Row([quiet(look, label, ask, icon=ft.Icons.SEND_OUTLINED, key="resend")], wrap=True),
        )
        body: list[ft.Control] = [again]
        if inviting.sent_again is not None and inviting.sent_again.id == item.id:
            told = text(words("invitation.sent_again"), "body", palette.ok)
            body.insert(0, ft.Semantics(live_region=True, content=told))
        if inviting.error is not None:
            body.append(problem_line(look, problems.problem(words, inviting.error)))
        parts.append(titled(look, words("invitation.again_title"), body))
    return ft.Column(parts, spacing=20, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
