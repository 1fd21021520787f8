"""QR codes for phones to scan."""

from typing import Final

import segno

NAMESPACED: Final = '<svg xmlns="http://www.w3.org/2000/svg" '


def qr_svg(text: str) -> str:
    """An SVG document without fixed size, dark on white so that it scans in dark themes too.

    It names its namespace: only pages of HTML draw an SVG element that doesn't.
    """
    drawn = segno.make(text, error="m", micro=False).svg_inline(omitsize=True, border=4, light="#fff")
    return drawn.replace("<svg ", NAMESPACED, 1)
