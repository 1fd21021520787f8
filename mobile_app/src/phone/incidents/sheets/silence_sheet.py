"""Silencing what an incident is about: which labels, for how long, one button that says until when."""

from datetime import timedelta
from typing import Final

import flet as ft

from phone.alerts.label_chip import label_text
from phone.base import moments, problems
from phone.base.look import Look
from phone.base.window import Window
from phone.incidents.open_incident import OpenIncident
from phone.incidents.silencing import Silencing, common_labels
from phone.kit.choices import check, segments
from phone.kit.controls import filled, quiet
from phone.kit.fields import Entry, field, problem_line
from phone.kit.hooks import drafted, state
from phone.kit.text import text
from shared.wire.incidents import Incident

LENGTHS: Final = (timedelta(hours=1), timedelta(hours=4), timedelta(days=1), timedelta(days=7))


@ft.component
def SilenceForm(
    window: Window, incident: Incident, look: Look, *, opened: OpenIncident, silencing: Silencing
) -> ft.Control:
    """All labels that its alerts share are chosen; without any, everything of the service is meant, and said so."""
    labels = common_labels(opened.alerts)
    left_out, leave_out = state(frozenset[str]())
    length, choose_length = state(0)
    typed = drafted(look.drafts, f"silence:{incident.id}", [""])
    sending, send_it = state(False)
    words, palette = look.words, look.palette
    now = window.clock.now().replace(microsecond=0)
    ends_at = now + LENGTHS[length]
    until = moments.moment(words, ends_at, now=now, zone=look.zone)
    chosen = {name: value for name, value in labels.items() if name not in left_out}

    async def send() -> None:
        send_it(True)
        made = await silencing.make(incident, chosen, starts_at=now, ends_at=ends_at, comment=typed[0])
        send_it(False)
        if made is not None:
            opened.ask(None)
            window.offer("silence.made", {"until": until}, lambda: silencing.take_back(made))
            window.hurry()

    chips = [
        check(
            look,
            label_text(name, value),
            name not in left_out,
            lambda name=name: leave_out(left_out ^ {name}),
            key=f"label-{name}",
        )
        for name, value in labels.items()
    ]
    owner = incident.service or incident.team
    lengths = [(str(at), moments.span(words, each), moments.span(words, each)) for at, each in enumerate(LENGTHS)]
    everything = words("silence.everything", name=owner.name if owner else "")
    parts: list[ft.Control] = [
        text(words("silence.lead"), "body", palette.muted),
        *([text(words("silence.labels"), "label", palette.ink)] if chips else []),
        *([ft.Row(list(chips), wrap=True, spacing=8, run_spacing=8)] if chips else []),
        *([] if chosen else [text(everything, "strong", palette.warning)]),
        segments(look, lengths, str(length), lambda value: choose_length(int(value))),
        field(
            look,
            words("silence.comment"),
            typed[0],
            lambda value: typed.__setitem__(0, value),
            entry=Entry(hint=words("silence.hint")),
            key="silence-comment",
        ),
    ]
    if silencing.error is not None:
        parts.append(problem_line(look, problems.problem(words, silencing.error)))
    parts += [
        filled(look, words("silence.send", until=until), send, busy=sending, key="silence-send"),
        quiet(look, words("cancel"), lambda: opened.ask(None), key="cancel"),
    ]
    return ft.Column(parts, spacing=14, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
