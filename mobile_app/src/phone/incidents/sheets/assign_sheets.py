"""Giving an incident to others, and calling others in."""

from typing import Final

import flet as ft

from phone.base.look import Look
from phone.base.people import People
from phone.base.places import place
from phone.incidents.open_incident import OpenIncident
from phone.incidents.verbs import Verbs
from phone.kit.choices import segments
from phone.kit.controls import filled, quiet
from phone.kit.hooks import drafted_state, filled_in
from phone.kit.text import text
from phone.names.name_picker import NamePicker, toggled
from phone.names.store import Names
from shared.wire.incidents import AddResponders, Incident, Reassign
from shared.wire.lists import Ref

PEOPLE: Final = place(Reassign, lambda reassign: reassign.user_ids)
POLICY: Final = place(Reassign, lambda reassign: reassign.policy_id)
CALLED: Final = place(AddResponders, lambda responders: responders.user_ids)


@ft.component
def ReassignForm(incident: Incident, names: Names, look: Look, *, opened: OpenIncident, verbs: Verbs) -> ft.Control:
    """To people, who are paged at once, or to a policy, which begins at its first level."""
    drafts, ident = look.drafts, incident.id
    target, aim = drafted_state(drafts, f"reassign:{ident}", "people")
    form = filled_in(drafts, f"reassign-to:{ident}", Reassign())
    words, people, policy = look.words, form.whole.user_ids, form.whole.policy_id or ""
    kinds = [(kind, words(f"reassign.{kind}"), words(f"reassign.{kind}")) for kind in ("people", "policies")]
    ready = bool(people) if target == "people" else bool(policy)
    picker = (
        NamePicker(look, names, "people", people, lambda ident: form.choose(PEOPLE, toggled(people, ident)))
        if target == "people"
        else NamePicker(look, names, "policies", (policy,), lambda ident: form.choose(POLICY, ident))
    )

    def send() -> None:
        if target == "people":
            verbs.do("reassign", incident, user_ids=list(people))
        else:
            verbs.do("reassign", incident, policy_id=policy)

    chosen = chosen_people(look, names, people) if target == "people" else names.name("policies", policy)
    label = words("reassign.submit", who=chosen) if ready else words("reassign.choose")
    return ft.Column(
        [
            text(words(f"reassign.{target}_consequence"), "body", look.palette.muted),
            segments(look, kinds, target, aim),
            picker,
            filled(look, label, send, busy=not ready, key="reassign-send"),
            quiet(look, words("cancel"), lambda: opened.ask(None), key="cancel"),
        ],
        spacing=16,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def chosen_people(look: Look, names: Names, ids: tuple[str, ...]) -> People:
    """Whoever was picked, for the button."""
    return look.reader.people([Ref(each, names.name("people", each)) for each in ids])


@ft.component
def CallInForm(incident: Incident, names: Names, look: Look, *, opened: OpenIncident, verbs: Verbs) -> ft.Control:
    """Others beside whoever has it."""
    form = filled_in(look.drafts, f"call_in:{incident.id}", AddResponders(user_ids=()))
    words, people = look.words, form.whole.user_ids
    there = tuple(each.user.id for each in incident.responders)
    return ft.Column(
        [
            text(words("call_in.consequence"), "body", look.palette.muted),
            NamePicker(look, names, "people", people, lambda ident: form.choose(CALLED, toggled(people, ident)), there),
            filled(
                look,
                words("call_in.submit", who=chosen_people(look, names, people)) if people else words("call_in.choose"),
                lambda: verbs.do("add_responders", incident, user_ids=list(people)),
                busy=not people,
                key="call-in-send",
            ),
            quiet(look, words("cancel"), lambda: opened.ask(None), key="cancel"),
        ],
        spacing=16,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
