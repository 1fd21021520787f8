"""A pager that changed hands, in the words of whoever did not ask for it."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from server.notices.cover import with_reason
from server.notices.reader import Reader, span_text, text
from server.notices.send import Notice

PagerTurn = Literal["given", "taken", "given_back", "taken_back"]


class PagerFacts(Struct, frozen=True, kw_only=True):
    schedule: str
    maker: str
    start: datetime
    end: datetime
    reason: str
    url: str


def pager_notice(what: PagerTurn, facts: PagerFacts, reader: Reader) -> Notice:
    span = span_text(reader, facts.schedule, facts.start, facts.end)
    body = with_reason(reader, span, facts.reason)
    return Notice(title=text(reader, f"pager.{what}", who=facts.maker), body=body, url=facts.url)
