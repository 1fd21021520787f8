"""Somebody asked for a new password, in their words."""

from server.notices.reader import Reader, text
from server.notices.send import Notice


def reset_notice(link: str, reader: Reader) -> Notice:
    return Notice(title=text(reader, "reset.title"), body=text(reader, "reset.body", link=link))
