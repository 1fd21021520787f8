"""Publishing something new: prefilled, so that one more tap publishes it; everything can be said otherwise."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import flet as ft
from msgspec.structs import replace

from phone.base.look import Look
from phone.base.window import Window
from phone.kit import placeholders
from phone.kit.choices import segments, switch
from phone.kit.controls import filled, quiet, word
from phone.kit.fields import Entry
from phone.kit.form_field import Field, Option
from phone.kit.hooks import drafted_state, filled_in
from phone.kit.picker import Picker
from phone.kit.sheet import sheet
from phone.kit.text import text
from phone.kit.when_field import WhenField
from phone.status.drafts import (
    BY_TIME,
    ENDED,
    ENDS,
    FIRST,
    PUBLISH_AT,
    STARTS,
    TITLE,
    EventDraft,
    blank,
    sent_event,
    sent_of_incident,
    with_template,
)
from phone.status.events.fields import (
    InBothLanguages,
    PartsField,
    notify_field,
    promise_field,
    refused_lines,
    status_field,
)
from phone.status.open_page import PageParts
from phone.status.publishing import Publishing
from shared.domain.status.events import STATUSES, EventKind, EventStatus, is_closed
from shared.wire.lists import Ref
from shared.wire.status_pages import Phrase, StatusEvent, StatusPage

SAID: Final = FIRST.then(lambda update: update.status)
AFFECTED: Final = FIRST.then(lambda update: update.changes)
MESSAGE: Final = FIRST.then(lambda update: update.body)
PROMISED: Final = FIRST.then(lambda update: update.promise_min)
NOTIFIED: Final = FIRST.then(lambda update: update.notify)
KINDS: Final[tuple[EventKind, ...]] = ("incident", "maintenance")
WAYS: Final = ("now", "later", "past")
PAST_LENGTH: Final = timedelta(hours=1)


def publish_dialog(
    window: Window,
    publishing: Publishing,
    look: Look,
    pages: tuple[StatusPage, ...],
    close: Callable[[], Any],
    *,
    page_id: str = "",
    incident: Ref | None = None,
    done: Callable[[str, StatusEvent], Any],
) -> ft.BottomSheet:
    """The sheet; about an incident of on call where one is given."""
    title = look.words("publish.title")
    form = PublishSheet(window, publishing, look, pages, close, page_id=page_id, incident=incident, done=done)
    return sheet(look, title, [form], close)


@ft.component
def PublishSheet(
    window: Window,
    publishing: Publishing,
    look: Look,
    pages: tuple[StatusPage, ...],
    close: Callable[[], Any],
    *,
    page_id: str,
    incident: Ref | None,
    done: Callable[[str, StatusEvent], Any],
) -> ft.Control:
    """On which page, and of which kind; then the form."""
    about = incident.id if incident is not None else ""
    first = page_id or (pages[0].id if pages else "")
    chosen, choose = drafted_state(look.drafts, f"publish-page:{about}", first)
    kind, choose_kind = drafted_state(look.drafts, f"publish-kind:{about}", "incident")
    words = look.words

    async def read() -> None:
        publishing.calm()
        await publishing.choose_page(chosen)

    ft.use_effect(read, [chosen])
    head: list[ft.Control] = []
    if incident is not None:
        head.append(text(words("publish.about", name=incident.name), "small", look.palette.muted))
    if len(pages) > 1:
        options = tuple(Option(value=each.id, label=each.name) for each in pages)
        box = Field(key="status-page", label=words("publish.page"), form="choice", options=options)
        head.append(Picker(look, box, chosen, lambda value: choose(value or first)))
    if incident is None:
        head.append(KindChoice(look, kind, choose_kind))
    parts, refused = publishing.parts, publishing.refused
    body: ft.Control
    if parts is not None and parts.page.id == chosen:
        which: EventKind = "maintenance" if kind == "maintenance" else "incident"
        body = PublishForm(window, publishing, look, parts, which, close, incident=incident, done=done)
    elif refused is not None:
        body = placeholders.failed(look, refused, read)
    else:
        body = placeholders.skeleton(look, margin=0)
    # Each in a place of its own: what stands above keeps its controls when the form comes.
    stretch = ft.CrossAxisAlignment.STRETCH
    return ft.Column(
        [ft.Column(head, spacing=14, tight=True, horizontal_alignment=stretch), ft.Container(content=body)],
        spacing=14,
        tight=True,
        horizontal_alignment=stretch,
    )


@ft.component
def KindChoice(look: Look, kind: str, choose: Callable[[str], Any]) -> ft.Control:
    """An incident or a maintenance."""
    words = look.words
    choices = [(str(each), words(f"status_kind.{each}"), words(f"status_kind.{each}")) for each in KINDS]
    return segments(look, choices, kind, choose)


NEUTRAL: Final[dict[EventKind, Phrase]] = {
    "incident": Phrase(en="We are looking into a problem", zh="我们正在调查一个问题"),
    "maintenance": Phrase(en="Planned maintenance", zh="计划维护"),
}
"""What customers read where the page has no template: nobody's internal words."""


@ft.component
def PublishForm(
    window: Window,
    publishing: Publishing,
    look: Look,
    parts: PageParts,
    kind: EventKind,
    close: Callable[[], Any],
    *,
    incident: Ref | None,
    done: Callable[[str, StatusEvent], Any],
) -> ft.Control:
    """Words, where it stands, what is affected, and one button."""
    page, words, now = parts.page, look.words, window.clock.now()
    about = incident.id if incident is not None else ""
    started = blank(page.id, kind, now=now, neutral=NEUTRAL[kind], templates=parts.templates)
    form = filled_in(look.drafts, f"publish:{page.id}:{kind}:{about}", started)
    draft = form.whole
    unfolded, unfold = drafted_state(look.drafts, f"publish-further:{page.id}:{kind}:{about}", False)

    async def send() -> None:
        whole = form.whole
        if incident is not None:
            made = await publishing.publish_incident(incident.id, sent_of_incident(whole, now=window.clock.now()))
        else:
            made = await publishing.publish(page.id, sent_event(whole, now=window.clock.now()))
        if made is not None:
            close()
            done(page.id, made)

    fields: list[ft.Control] = [
        *_template(look, parts, kind, draft, lambda chosen: form.fill(chosen)),
        InBothLanguages(
            look,
            words("publish.event_title"),
            draft.title,
            page.language,
            lambda language, value: form.type(TITLE, replace(form.whole.title, **{language: value})),
            name="publish-event-title",
        ),
    ]
    if kind == "incident" and not draft.is_past:
        allowed: tuple[EventStatus, ...] = tuple(each for each in STATUSES[kind] if not is_closed(kind, each))
        fields += status_field(look, allowed, draft.first.status, lambda value: form.choose(SAID, value))
    fields += [
        PartsField(look, parts, kind, draft.first.changes, lambda value: form.choose(AFFECTED, value), {}),
        InBothLanguages(
            look,
            words("publish.message"),
            draft.first.body,
            page.language,
            lambda language, value: form.type(MESSAGE, replace(form.whole.first.body, **{language: value})),
            entry=Entry(hint=words("publish.message_hint"), lines=4),
            name="publish-message",
        ),
    ]
    if draft.is_past:
        fields.append(
            InBothLanguages(
                look,
                words("publish.how_ended"),
                draft.ended,
                page.language,
                lambda language, value: form.type(ENDED, replace(form.whole.ended, **{language: value})),
                entry=Entry(lines=3),
                name="publish-ended",
            )
        )
    further: list[ft.Control] = (
        [] if incident is not None else _when(look, draft, form.choose, form.fill, now=now, page=page)
    )
    if not draft.is_past:
        further += promise_field(
            look, draft.first.status, kind, draft.first.promise_min, lambda value: form.choose(PROMISED, value)
        )
        further.append(notify_field(look, draft.first.notify, lambda value: form.choose(NOTIFIED, value)))
    if kind == "maintenance":
        fields[1:1] = further
        further = []
    label = words("publish.later_button" if draft.is_later and not draft.is_past else "publish.now")
    return ft.Column(
        [
            *fields,
            *refused_lines(look, publishing.refused),
            filled(look, label, send, busy=publishing.busy, key="publish-send"),
            *_further(look, further, unfolded, lambda: unfold(True)),
            quiet(look, words("cancel"), close, key="cancel"),
        ],
        spacing=16,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _further(look: Look, further: list[ft.Control], unfolded: bool, unfold: Callable[[], Any]) -> list[ft.Control]:
    """What most need not choose stands below the button, once it is asked for."""
    if not further or unfolded:
        return further
    return [ft.Row([word(look, look.words("publish.further"), unfold, key="publish-further")])]


def _template(
    look: Look, parts: PageParts, kind: EventKind, draft: EventDraft, fill: Callable[[EventDraft], Any]
) -> list[ft.Control]:
    found = [each for each in parts.templates if each.kind == kind and each.status is None]
    if not found:
        return []
    by_id = {each.id: each for each in found}
    box = Field(
        key="status-template",
        label=look.words("publish.template"),
        form="choice",
        options=tuple(Option(value=each.id, label=each.name) for each in found),
    )

    def take(ident: str | None) -> None:
        if ident in by_id:
            fill(with_template(draft, by_id[ident]))

    return [Picker(look, box, draft.template_id, take)]


def _when(
    look: Look,
    draft: EventDraft,
    choose: Callable[[Any, Any], None],
    fill: Callable[[EventDraft], None],
    *,
    now: datetime,
    page: StatusPage,
) -> list[ft.Control]:
    """At once, later, or told afterwards; of a maintenance its hours."""
    words = look.words
    way = "past" if draft.is_past else "later" if draft.is_later else "now"
    whole_hour = now.replace(minute=0, second=0, microsecond=0)

    def go(chosen: str) -> None:
        hours: dict[str, Any] = {}
        if chosen == "past":
            hours = {"starts_at": whole_hour - PAST_LENGTH, "ends_at": whole_hour}
        elif draft.is_past and draft.kind == "maintenance":
            hours = {"starts_at": whole_hour + PAST_LENGTH, "ends_at": whole_hour + 2 * PAST_LENGTH}
        later = draft.publish_at or whole_hour + PAST_LENGTH
        fill(replace(draft, is_past=chosen == "past", is_later=chosen == "later", publish_at=later, **hours))

    choices = [(each, words(f"publish_when.{each}"), words(f"publish_when.{each}")) for each in WAYS]
    parts: list[ft.Control] = [segments(look, choices, way, go)]
    zone = page.time_zone
    if way == "later" and draft.publish_at is not None:
        parts.append(
            WhenField(
                look, words("publish.at"), draft.publish_at, zone, lambda at: choose(PUBLISH_AT, at), "publish-at"
            )
        )
    if draft.starts_at is not None and draft.ends_at is not None and (draft.is_past or draft.kind == "maintenance"):
        parts += [
            WhenField(
                look, words("publish.begins"), draft.starts_at, zone, lambda at: choose(STARTS, at), "publish-starts"
            ),
            WhenField(look, words("publish.ends"), draft.ends_at, zone, lambda at: choose(ENDS, at), "publish-ends"),
        ]
    if draft.kind == "maintenance" and not draft.is_past:
        parts.append(
            switch(
                look,
                words("publish.by_time"),
                draft.is_by_time,
                lambda: choose(BY_TIME, not draft.is_by_time),
                help=words("publish.by_time_help"),
                key="publish-by-time",
            )
        )
    parts.append(text(words("publish.zone", zone=zone), "small", look.palette.muted))
    return parts
