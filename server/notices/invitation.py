"""Somebody is invited, in their words."""

from server.notices.reader import Reader, text
from server.notices.send import Notice


def invitation_notice(by: str, link: str, reader: Reader) -> Notice:
    title = text(reader, "invitation.title")
    return Notice(title=title, body=text(reader, "invitation.body", name=by or "Dogwatch", link=link))
