"""Markdown as HTML: what is meant stays, what could run goes, also what a parser of Markdown would let through."""

import nh3
import pytest

from server.status_pages.site import markdown
from server.status_pages.site.markdown import as_html, as_text
from tests.status_pages.site.hostile import CORPUS, Page


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("We are **on** it.", "<p>We are <strong>on</strong> it.</p>\n"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"),
        ("`code` and _more_", "<p><code>code</code> and <em>more</em></p>\n"),
        ("# Heading", "Heading\n"),
        ("![logo](https://x.example/l.png)", "<p></p>\n"),
        ("a < b & c", "<p>a &lt; b &amp; c</p>\n"),
        (
            "[help](https://x.example/h)",
            '<p><a href="https://x.example/h" rel="nofollow noopener noreferrer">help</a></p>\n',
        ),
        ("[x](ftp://x.example)", '<p><a rel="nofollow noopener noreferrer">x</a></p>\n'),
        ("[x](mailto:a@x.example)", '<p><a href="mailto:a@x.example" rel="nofollow noopener noreferrer">x</a></p>\n'),
    ],
)
def test_what_is_meant_stays(text: str, html: str) -> None:
    assert as_html(text) == html


def test_what_stands_in_one_line_is_plain() -> None:
    assert as_text("We **found** it:\n\n- a & b\n- [c](https://x.example)") == "We found it: a & b c"
    assert as_text("<script>alert(1)</script>") == "<script>alert(1)</script>"


def test_the_sanitiser_alone_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the parser let raw HTML through."""

    class Open:
        def render(self, text: str) -> str:
            return text

    monkeypatch.setattr(markdown, "_markdown", Open())
    for payload in CORPUS:
        page = Page(as_html(payload))
        assert (payload, page.wrong) == (payload, [])
    assert as_html('<p onclick="x" style="y">z</p><a href="https://x.example" onclick="x">z</a>') == (
        '<p>z</p><a href="https://x.example" rel="nofollow noopener noreferrer">z</a>'
    )


def test_the_parser_alone_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the sanitiser let everything through; pictures and other addresses are its work alone."""
    monkeypatch.setattr(nh3, "clean", lambda html, **_: html)
    for payload in CORPUS:
        made = Page(as_html(payload)).wrong
        assert (payload, [each for each in made if each.startswith("<script") or " on" in each]) == (payload, [])
