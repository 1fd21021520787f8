"""What was published waits: subscribers were sent as many emails today as there may be."""

from msgspec import Struct

from server.notices.reader import Reader, text
from server.notices.send import Notice


class HeldFacts(Struct, frozen=True, kw_only=True):
    page: str
    most: int


def held_notice(facts: HeldFacts, reader: Reader) -> Notice:
    title = text(reader, "status.held_title", page=facts.page)
    return Notice(title=title, body=text(reader, "status.held_body", page=facts.page, count=facts.most))
