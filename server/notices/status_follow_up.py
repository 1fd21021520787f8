"""An incident is over, and the status page still says otherwise."""

from msgspec import Struct

from server.notices.reader import Reader, text
from server.notices.send import Notice


class FollowUpFacts(Struct, frozen=True, kw_only=True):
    page: str
    number: int
    url: str


def follow_up_notice(facts: FollowUpFacts, reader: Reader) -> Notice:
    title = text(reader, "status.follow_up_title", page=facts.page)
    body = text(reader, "status.follow_up_body", page=facts.page, number=facts.number)
    return Notice(title=title, body=body, url=facts.url)
