"""A schedule's description as plain text, for messages."""

from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from server.kernel.database import Database


async def text_for_pages(db: Database, schedule_ids: Sequence[str]) -> str:
    """The descriptions of those schedules that want them said."""
    text = "SELECT description FROM schedule WHERE description_in_notices AND id IN :ids ORDER BY name"
    rows = await db.values(text, ids=tuple(schedule_ids))
    return "\n".join(plain_text(markdown) for (markdown,) in rows)


def plain_text(markdown: str) -> str:
    """What is read, without marks: one line a block, list items with a dash, links with their address."""
    lines: list[str] = []
    in_list = 0
    for token in MarkdownIt("commonmark", {"html": False}).parse(markdown):
        in_list += {"list_item_open": 1, "list_item_close": -1}.get(token.type, 0)
        if token.type == "inline":
            text = _inline(token.children or [])
            lines.append(f"- {text}" if in_list else text)
        elif token.type in ("fence", "code_block"):
            lines.append(token.content.rstrip())
    return "\n".join(lines)


def _inline(tokens: list[Token]) -> str:
    said: list[str] = []
    link = ""
    for token in tokens:
        match token.type:
            case "text" | "code_inline":
                said.append(token.content)
            case "softbreak" | "hardbreak":
                said.append("\n")
            case "link_open":
                link = str(token.attrs.get("href", ""))
            case "link_close" if link and link not in said[-1:]:
                said.append(f" ({link})")
            case "image":
                said.append(token.content)
            case _:
                pass
    return "".join(said)
