"""What a status page says anew, for members who want to hear of it."""

from msgspec import Struct

from server.notices.reader import Reader, text
from server.notices.send import Notice

LONGEST = 600


class UpdateFacts(Struct, frozen=True, kw_only=True):
    """Title and words by language."""

    page: str
    title: dict[str, str]
    status: str
    body: dict[str, str]
    url: str


def update_notice(facts: UpdateFacts, reader: Reader) -> Notice:
    status = text(reader, f"status.is.{facts.status}")
    said = facts.body.get(reader.language, facts.body["en"])
    said = said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"
    title = facts.title.get(reader.language, facts.title["en"])
    return Notice(
        title=text(reader, "status.update_title", page=facts.page, title=title),
        body=text(reader, "status.update_body" if said else "status.update_only", status=status, text=said),
        url=facts.url,
    )
