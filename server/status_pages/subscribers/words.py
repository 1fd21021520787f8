"""Letters to subscribers: what an update says, and how to confirm, change or end a subscription."""

from typing import Any

import msgspec

from server.channels.email import Letter
from server.status_pages.read import LoadedEvent, UpdateRow
from server.status_pages.site.markdown import as_html, as_text
from server.status_pages.site.pages import template
from server.status_pages.site.view import SiteView


def update_letter(
    view: SiteView, event: LoadedEvent, update: UpdateRow, *, id: str, to: str, manage: str, unsubscribe: str
) -> Letter:
    """What is said of an event, with its place on the page."""
    page, words = view.content.page, view.words
    shown = view.event(event)
    status = words(f"status.{update.status}")
    body = update.body.said(view.language, page.language)
    link = f"{_root(view)}events/{shown.number}.html"
    parts = [(part.name, part.mark.word) for part in shown.parts]
    lines = "\n".join(f"{name}: {word}" for name, word in parts)
    text = "\n\n".join(each for each in (f"{shown.title}: {status}", as_text(body), lines, link) if each)
    subject = f"[{page.name}] {shown.title}: {status}"
    letter = Letter(id=id, to=to, subject=subject, text=text, html="", thread=f"status-{event.row.id}")
    return _whole(
        view,
        letter,
        manage=manage,
        unsubscribe=unsubscribe,
        heading=shown.title,
        status=status,
        at=words.moment_in_zone(update.at),
        body=as_html(body),
        parts=parts,
        link=link,
        button=words("mail.open"),
        why=words("mail.why", name=page.name),
    )


def confirm_letter(view: SiteView, *, id: str, to: str, link: str) -> Letter:
    """It asks whether the reader wants to hear of the page; one click more is needed behind its link."""
    words, name = view.words, view.content.page.name
    subject, body, why = words("mail.confirm_title", name=name), words("mail.confirm", name=name), words("mail.not_you")
    letter = Letter(id=id, to=to, subject=subject, text=f"{body}\n\n{link}", html="")
    return _whole(view, letter, heading=subject, body=body, link=link, button=words("form.confirm"), why=why)


def known_letter(view: SiteView, *, id: str, to: str, manage: str, unsubscribe: str) -> Letter:
    """To somebody who is subscribed already and was entered once more."""
    words, name = view.words, view.content.page.name
    subject, body = words("mail.known_title", name=name), words("mail.known", name=name)
    letter = Letter(id=id, to=to, subject=subject, text=body, html="")
    return _whole(
        view,
        letter,
        manage=manage,
        unsubscribe=unsubscribe,
        heading=subject,
        body=body,
        link=manage,
        button=words("form.manage"),
        why=words("mail.why", name=name),
    )


def _whole(
    view: SiteView, letter: Letter, *, why: str, manage: str = "", unsubscribe: str = "", **shown: Any
) -> Letter:
    """The letter in both forms, with why its reader gets it and how that ends."""
    words = view.words
    values: dict[str, Any] = {"status": "", "at": "", "parts": (), **shown}
    html = template("letter.html").render(
        words=words, page=view.content.page, why=why, manage=manage, unsubscribe=unsubscribe, **values
    )
    end = [f"{words('form.manage')}: {manage}", f"{words('form.unsubscribe')}: {unsubscribe}"] if manage else []
    text = "\n".join([letter.text, "", "-- ", why, *end]) + "\n"
    return msgspec.structs.replace(letter, text=text, html=html, unsubscribe=unsubscribe)


def _root(view: SiteView) -> str:
    """Where the page stands in the reader's language."""
    page = view.content.page
    return view.content.address + ("" if view.language == page.language else f"{view.language}/")
