"""The state of a page as a small picture that others show."""

import unicodedata
from typing import Final
from xml.sax.saxutils import escape

from server.status_pages.site.view import SiteView

COLOURS: Final = {
    "ok": "#1e6b3c",
    "degraded": "#8a5a00",
    "partial": "#a8480a",
    "full": "#b3261e",
    "maint": "#3f5e86",
}
"""White on each of them has a contrast of at least 5."""
CHARACTER, WIDE_CHARACTER, PADDING = 6.6, 12.0, 8.0


def badge(view: SiteView) -> bytes:
    """SVG, 20 high; the words are text in it, so that screen readers and searches find them."""
    name = view.content.page.name
    tone = view.banner().tone
    impact = {"ok": "operational", "degraded": "degraded_performance", "partial": "partial_outage"}.get(
        tone, "full_outage" if tone == "full" else "under_maintenance"
    )
    word = view.words(f"impact.{impact}")
    left, right = _width(name), _width(word)
    width = f"{left + right:.0f}"
    said = escape(f"{name}: {word}", {'"': "&quot;"})
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{said}">'
        f"<title>{said}</title>"
        f'<clipPath id="r"><rect width="{width}" height="20" rx="4"/></clipPath>'
        f'<g clip-path="url(#r)"><rect width="{left:.0f}" height="20" fill="#3a3f45"/>'
        f'<rect x="{left:.0f}" width="{right:.0f}" height="20" fill="{COLOURS[tone]}"/></g>'
        '<g fill="#fff" text-anchor="middle" font-family="Inter,Verdana,Noto Sans SC,sans-serif" font-size="11">'
        f'<text x="{left / 2:.1f}" y="14">{escape(name)}</text>'
        f'<text x="{left + right / 2:.1f}" y="14">{escape(word)}</text></g></svg>'
    ).encode()


def _width(text: str) -> float:
    wide = sum(unicodedata.east_asian_width(each) in "WF" for each in text)
    return 2 * PADDING + wide * WIDE_CHARACTER + (len(text) - wide) * CHARACTER
