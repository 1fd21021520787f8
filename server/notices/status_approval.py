"""A rule wants to publish an incident, and its reader may approve that."""

from msgspec import Struct

from server.notices.reader import Reader, text
from server.notices.send import Notice


class ApprovalFacts(Struct, frozen=True, kw_only=True):
    page: str
    rule: str
    number: int
    url: str


def approval_notice(facts: ApprovalFacts, reader: Reader) -> Notice:
    title = text(reader, "status.approval_title", page=facts.page)
    body = text(reader, "status.approval_body", page=facts.page, rule=facts.rule, number=facts.number)
    return Notice(title=title, body=body, url=facts.url)
