"""Resolving: how it was solved, and what else is worth keeping, none of it required."""

from typing import Final, TypeVar

import flet as ft
from msgspec import Struct

from phone.base.draft import Draft
from phone.base.look import Look
from phone.base.places import Place, place
from phone.incidents.open_incident import OpenIncident
from phone.incidents.verbs import Verbs
from phone.kit.controls import filled, quiet, word
from phone.kit.fields import Entry, field
from phone.kit.hooks import drafted_state, filled_in
from phone.kit.text import text
from shared.wire.incidents import Incident, Resolve

Whole = TypeVar("Whole", bound=Struct)
METHOD: Final = place(Resolve, lambda resolve: resolve.method)
FURTHER: Final = (
    place(Resolve, lambda resolve: resolve.impact),
    place(Resolve, lambda resolve: resolve.root_cause),
    place(Resolve, lambda resolve: resolve.lessons),
)


def told_field(
    look: Look, form: Draft[Whole], at: Place[Whole, str | None], *, lines: int = 2, key: str | None = None
) -> ft.Control:
    """One of the four texts about an incident."""
    return field(
        look,
        look.words(f"review.{at.key}"),
        at.read(form.whole) or "",
        lambda value: form.type(at, value),
        entry=Entry(hint=look.words(f"review.{at.key}_hint"), lines=lines),
        key=key or at.key,
    )


def method_field(look: Look, form: Draft[Resolve]) -> ft.Control:
    """How it was solved."""
    return field(
        look,
        look.words("resolve.text"),
        form.whole.method or "",
        lambda value: form.type(METHOD, value),
        entry=Entry(hint=look.words("resolve.hint"), lines=3),
        key="resolution",
    )


@ft.component
def ResolveForm(incident: Incident, look: Look, *, opened: OpenIncident, verbs: Verbs) -> ft.Control:
    """One field at 3 am; the other three unfold."""
    form = filled_in(look.drafts, f"resolve:{incident.id}", Resolve())
    unfolded, unfold = drafted_state(look.drafts, f"resolve-further:{incident.id}", False)
    words = look.words
    parts: list[ft.Control] = [
        text(incident.title, "strong", look.palette.ink, lines=2),
        text(words("resolve.consequence"), "body", look.palette.muted),
        method_field(look, form),
    ]
    if unfolded:
        parts += [told_field(look, form, at) for at in FURTHER]
    else:
        parts.append(ft.Row([word(look, words("resolve.further"), lambda: unfold(True), key="resolve-further")]))

    def send() -> None:
        verbs.do("resolve", incident, **{at.key: (at.read(form.whole) or "").strip() for at in (METHOD, *FURTHER)})

    parts += [
        filled(look, words("verb.resolve"), send, key="resolve-send"),
        quiet(look, words("cancel"), lambda: opened.ask(None), key="cancel"),
    ]
    return ft.Column(parts, spacing=16, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
