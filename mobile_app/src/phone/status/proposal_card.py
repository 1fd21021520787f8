"""What a rule wants to say on a page: a person publishes it as it is, or refuses it once and for all."""

import flet as ft

from phone.base import moments
from phone.base.look import Look
from phone.base.window import Window
from phone.kit.cards import card
from phone.kit.controls import quiet, word
from phone.kit.question import AskedOnce, Question
from phone.kit.text import text
from phone.status import wording
from phone.status.publishing import Publishing
from shared.wire.status_pages import StatusPage
from shared.wire.status_publishing import ProposalAnswer, StatusProposal


def proposal_cards(
    window: Window, publishing: Publishing, look: Look, page: StatusPage, asked: tuple[StatusProposal, ...]
) -> list[ft.Control]:
    """A card each."""
    return [
        ft.Container(content=ProposalCard(window, publishing, look, page, each), padding=ft.Padding.only(bottom=12))
        for each in asked
    ]


@ft.component
def ProposalCard(
    window: Window, publishing: Publishing, look: Look, page: StatusPage, proposal: StatusProposal
) -> ft.Control:
    """The words as customers would read them, where they come from, and the two answers."""
    words, palette = look.words, look.palette
    when = moments.ago(words, proposal.made_at, now=window.clock.minutes.at)
    source = words(
        "proposal.of_rule", rule=proposal.rule_name or words("proposal.removed_rule"), page=page.name, when=when
    )
    lines: list[ft.Control] = [
        text(wording.said(words, proposal.title, page), "strong", palette.ink),
        text(wording.said(words, proposal.body, page), "body", palette.ink),
        text(source, "small", palette.muted),
    ]
    incident = proposal.incident
    if incident is not None:
        door = word(
            look, incident.name, lambda: window.go(f"/incidents/{incident.id}"), key=f"proposal-incident-{proposal.id}"
        )
        lines.append(ft.Row([door], wrap=True))

    async def approve() -> None:
        if await publishing.approve(page.id, proposal, ProposalAnswer()) is None and publishing.refused is not None:
            window.refuse(publishing.refused)

    async def decline() -> None:
        if not await publishing.decline(page.id, proposal) and publishing.refused is not None:
            window.refuse(publishing.refused)

    publish = quiet(
        look, words("proposal.approve"), approve, icon=ft.Icons.CAMPAIGN_OUTLINED, key=f"approve-{proposal.id}"
    )
    question = Question(
        about=words("proposal.decline_text"), yes=words("proposal.decline"), key=f"decline-{proposal.id}"
    )
    answers = AskedOnce(
        look,
        question,
        decline,
        lambda ask: ft.Row(
            [publish, quiet(look, words("proposal.decline"), ask, key=f"decline-{proposal.id}")],
            spacing=8,
            run_spacing=8,
            wrap=True,
        ),
    )
    return card(look, [*lines, answers])
