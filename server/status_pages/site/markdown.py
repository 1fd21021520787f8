"""What publishers write, as HTML that does nothing: no raw HTML is read, and what is made is sanitised besides."""

import html
import re
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS: Final = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "code", "pre", "blockquote"}
SCHEMES: Final = {"http", "https", "mailto"}
_LINES = re.compile(r"\s*\n\s*")
_markdown = MarkdownIt("commonmark", {"html": False})


def as_html(text: str) -> Markup:
    """Links lead to http, https and mailto only; pictures and headings are their words."""
    made = nh3.clean(
        _markdown.render(text),
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes=SCHEMES,
        link_rel="nofollow noopener noreferrer",
        clean_content_tags={"script", "style"},
    )
    return Markup(made)  # noqa: S704 it was sanitised just now


def as_text(text: str) -> str:
    """In one line, for feeds' titles, messages and what says no more than a sentence."""
    bare = nh3.clean(_markdown.render(text), tags=set(), clean_content_tags={"script", "style"})
    return _LINES.sub(" ", html.unescape(bare)).strip()
