"""Silencing what an incident is about: which labels, for how long, one button that says until when."""

from datetime import timedelta
from typing import Final

import flet as ft

from phone.alerts.label_chip import label_text
from phone.base import moments, problems
from phone.base.look import Look
from phone.base.places import place
from phone.base.window import Window
from phone.incidents.open_incident import FOLDED, OpenIncident
from phone.incidents.silencing import SilenceDraft, Silencing, common_labels
from phone.kit.choices import check, segments
from phone.kit.controls import filled, quiet
from phone.kit.fields import Entry, field, problem_line
from phone.kit.hooks import filled_in, state
from phone.kit.text import text
from phone.names.name_picker import toggled
from shared.wire.incidents import Incident

LENGTHS_S: Final = (3_600, 14_400, 86_400, 604_800)
LEFT_OUT: Final = place(SilenceDraft, lambda silence: silence.left_out)
LASTS: Final = place(SilenceDraft, lambda silence: silence.lasts_s)
COMMENT: Final = place(SilenceDraft, lambda silence: silence.comment)


@ft.component
def SilenceForm(
    window: Window, incident: Incident, look: Look, *, opened: OpenIncident, silencing: Silencing
) -> ft.Control:
    """All labels that its alerts share are chosen; without any, everything of the service is meant, and said so.

    Of a storm only its newest alerts are at hand, and what all of them have in common is asked of the server.
    """
    labels = opened.common.labels if incident.alert_count > FOLDED else common_labels(opened.alerts)
    now = window.clock.now().replace(microsecond=0)
    blank = SilenceDraft(team_id=incident.team.id if incident.team else "", starts_at=now, ends_at=now)
    form = filled_in(look.drafts, f"silence:{incident.id}", blank)
    sending, send_it = state(False)
    words, palette, draft = look.words, look.palette, form.whole
    until = moments.moment(words, now + timedelta(seconds=draft.lasts_s), now=now, zone=look.zone)
    chosen = {name: value for name, value in labels.items() if name not in draft.left_out}

    async def send() -> None:
        send_it(True)
        made = await silencing.make(incident, form.whole, chosen, now=now)
        send_it(False)
        if made is not None:
            opened.ask(None)
            key, paged = ("silence.made_paging", incident.paging) if incident.paging else ("silence.made", [])
            args: dict[str, object] = {"until": until, "who": look.reader.people(paged)}
            window.offer(key, args, lambda: silencing.take_back(made))
            window.hurry()

    chips = [
        check(
            look,
            label_text(name, value),
            name not in draft.left_out,
            lambda name=name: form.choose(LEFT_OUT, toggled(draft.left_out, name)),
            key=f"label-{name}",
        )
        for name, value in labels.items()
    ]
    owner = incident.service or incident.team
    lengths = [(str(each), moments.span(words, timedelta(seconds=each))) for each in LENGTHS_S]
    everything = words("silence.everything", name=owner.name if owner else "")
    parts: list[ft.Control] = [
        text(words("silence.lead"), "body", palette.muted),
        *([text(words("silence.labels"), "label", palette.ink)] if chips else []),
        *([ft.Row(list(chips), wrap=True, spacing=8, run_spacing=8)] if chips else []),
        *([] if chosen else [text(everything, "strong", palette.warning)]),
        segments(
            look,
            [(each, label, label) for each, label in lengths],
            str(draft.lasts_s),
            lambda value: form.choose(LASTS, int(value)),
        ),
        field(
            look,
            words("silence.comment"),
            draft.comment,
            lambda value: form.type(COMMENT, value),
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
