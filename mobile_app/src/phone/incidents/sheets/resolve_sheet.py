"""Resolving: how it was solved, and what else is worth keeping, none of it required."""

import flet as ft

from phone.base.look import Look
from phone.incidents.open_incident import OpenIncident
from phone.incidents.verbs import Verbs
from phone.kit.controls import filled, quiet, word
from phone.kit.fields import Entry, field
from phone.kit.hooks import drafted, drafted_state
from phone.kit.text import text
from shared.wire.incidents import Incident

FURTHER = ("impact", "root_cause", "lessons")


def told_field(look: Look, draft: dict[str, str], name: str, *, lines: int = 2, key: str | None = None) -> ft.Control:
    """One of the four texts about an incident."""
    return field(
        look,
        look.words(f"review.{name}"),
        draft.get(name, ""),
        lambda value: draft.__setitem__(name, value),
        entry=Entry(hint=look.words(f"review.{name}_hint"), lines=lines),
        key=key or name,
    )


@ft.component
def ResolveForm(incident: Incident, look: Look, *, opened: OpenIncident, verbs: Verbs) -> ft.Control:
    """One field at 3 am; the other three unfold."""
    draft = drafted(look.drafts, f"resolve:{incident.id}", dict[str, str]())
    unfolded, unfold = drafted_state(look.drafts, f"resolve-further:{incident.id}", False)
    words = look.words
    parts: list[ft.Control] = [
        text(incident.title, "strong", look.palette.ink, lines=2),
        text(words("resolve.consequence"), "body", look.palette.muted),
        field(
            look,
            words("resolve.text"),
            draft.get("method", ""),
            lambda value: draft.__setitem__("method", value),
            entry=Entry(hint=words("resolve.hint"), lines=3),
            key="resolution",
        ),
    ]
    if unfolded:
        parts += [told_field(look, draft, name) for name in FURTHER]
    else:
        parts.append(ft.Row([word(look, words("resolve.further"), lambda: unfold(True), key="resolve-further")]))

    def send() -> None:
        verbs.do("resolve", incident, **{name: value.strip() for name, value in draft.items()})

    parts += [
        filled(look, words("verb.resolve"), send, key="resolve-send"),
        quiet(look, words("cancel"), lambda: opened.ask(None), key="cancel"),
    ]
    return ft.Column(parts, spacing=16, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
