"""Saying where an event stands, and saying otherwise what was said; its own title and hours."""

from collections.abc import Callable
from typing import Any, Final

import flet as ft
from msgspec.structs import replace

from phone.base.look import Look
from phone.base.places import place
from phone.base.window import Window
from phone.kit.choices import switch
from phone.kit.controls import filled, quiet
from phone.kit.fields import Entry
from phone.kit.hooks import filled_in
from phone.kit.text import text
from phone.kit.when_field import WhenField
from phone.status import wording
from phone.status.drafts import (
    AT,
    BODY,
    CHANGES,
    NOTIFY,
    PROMISE,
    allowed_next,
    changed,
    edited,
    in_words,
    next_update,
    sent_update,
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
from shared.domain.status.events import STATUSES, Impact, is_closed
from shared.wire.status_pages import StatusEvent, StatusEventChange, StatusUpdate, UpdateInput

EVENT_TITLE: Final = place(StatusEventChange, lambda event: event.title)
STARTS: Final = place(StatusEventChange, lambda event: event.starts_at)
ENDS: Final = place(StatusEventChange, lambda event: event.ends_at)
BY_TIME: Final = place(StatusEventChange, lambda event: event.is_by_time)
PUBLISH_AT: Final = place(StatusEventChange, lambda event: event.publish_at)


@ft.component
def UpdateForm(
    window: Window,
    publishing: Publishing,
    look: Look,
    parts: PageParts,
    event: StatusEvent,
    close: Callable[[], Any],
    *,
    update: StatusUpdate | None = None,
    proposed: UpdateInput | None = None,
) -> ft.Control:
    """A new update, prefilled with what most likely comes next, or is `proposed`; or with `update` what was said, to
    be edited.
    """
    page, words, kind = parts.page, look.words, event.kind
    started = edited(update) if update is not None else next_update(event, parts.templates, proposed)
    form = filled_in(look.drafts, f"status-update:{event.id}:{update.id if update else ''}", started)
    draft = form.whole

    async def send() -> None:
        wanted = sent_update(form.whole, now=window.clock.now())
        if update is None:
            made = await publishing.update(page.id, event.id, wanted)
        else:
            made = await publishing.edit_update(page.id, event, update, wanted)
        if made is not None:
            close()

    allowed = STATUSES[kind] if update is not None else allowed_next(event)
    now: dict[str, Impact] = {each.component_id: each.impact for each in event.impacts}
    fields: list[ft.Control] = [
        text(wording.said(words, event.title, page), "body", look.palette.muted),
        *status_field(
            look, allowed, draft.status, lambda value: form.fill(in_words(form.whole, kind, value, parts.templates))
        ),
    ]
    if update is not None and draft.at is not None:
        fields.append(
            WhenField(
                look, words("publish.said_at"), draft.at, look.zone_name, lambda at: form.choose(AT, at), "update-at"
            )
        )
    if is_closed(kind, draft.status):
        fields.append(text(words("publish.ends_all"), "small", look.palette.muted))
    else:
        fields.append(PartsField(look, parts, kind, draft.changes, lambda value: form.choose(CHANGES, value), now))
    fields.append(
        InBothLanguages(
            look,
            words("publish.message"),
            draft.body,
            page.language,
            lambda language, value: form.type(BODY, replace(form.whole.body, **{language: value})),
            entry=Entry(hint=words("publish.message_hint"), lines=4),
            name="publish-message",
        )
    )
    if update is None:
        fields += promise_field(look, draft.status, kind, draft.promise_min, lambda value: form.choose(PROMISE, value))
    fields.append(notify_field(look, draft.notify, lambda value: form.choose(NOTIFY, value)))
    label = words("publish.save" if update is not None else "publish.now")
    return ft.Column(
        [
            *fields,
            *refused_lines(look, publishing.refused),
            filled(look, label, send, busy=publishing.busy, key="publish-send"),
            quiet(look, words("cancel"), close, key="cancel"),
        ],
        spacing=16,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@ft.component
def ChangeForm(
    publishing: Publishing, look: Look, parts: PageParts, event: StatusEvent, close: Callable[[], Any]
) -> ft.Control:
    """Title and hours; of what is not published yet, when that is."""
    page, words = parts.page, look.words
    form = filled_in(look.drafts, f"status-event:{event.id}", changed(event))
    draft = form.whole

    async def send() -> None:
        if await publishing.change(page.id, event, form.whole) is not None:
            close()

    async def at_once() -> None:
        if await publishing.change(page.id, event, replace(form.whole, publish_at=None)) is not None:
            close()

    fields: list[ft.Control] = [
        InBothLanguages(
            look,
            words("publish.event_title"),
            draft.title,
            page.language,
            lambda language, value: form.type(EVENT_TITLE, replace(form.whole.title, **{language: value})),
            name="publish-event-title",
        )
    ]
    zone = page.time_zone
    if draft.publish_at is not None:
        fields += [
            WhenField(
                look, words("publish.at"), draft.publish_at, zone, lambda at: form.choose(PUBLISH_AT, at), "publish-at"
            ),
            ft.Row([quiet(look, words("publish.at_once"), at_once, key="publish-at-once")], wrap=True),
        ]
    if draft.starts_at is not None and draft.ends_at is not None:
        fields += [
            WhenField(
                look,
                words("publish.begins"),
                draft.starts_at,
                zone,
                lambda at: form.choose(STARTS, at),
                "publish-starts",
            ),
            WhenField(
                look, words("publish.ends"), draft.ends_at, zone, lambda at: form.choose(ENDS, at), "publish-ends"
            ),
            switch(
                look,
                words("publish.by_time"),
                draft.is_by_time,
                lambda: form.choose(BY_TIME, not form.whole.is_by_time),
                help=words("publish.by_time_help"),
                key="publish-by-time",
            ),
            text(words("publish.zone", zone=zone), "small", look.palette.muted),
        ]
    return ft.Column(
        [
            *fields,
            *refused_lines(look, publishing.refused),
            filled(look, words("publish.save"), send, busy=publishing.busy, key="publish-send"),
            quiet(look, words("cancel"), close, key="cancel"),
        ],
        spacing=16,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
