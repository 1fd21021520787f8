"""QR codes for phones to scan."""

import segno


def qr_svg(text: str) -> str:
    """An SVG element without fixed size, dark on white so that it scans in dark themes too."""
    return segno.make(text, error="m", micro=False).svg_inline(omitsize=True, border=4, light="#fff")
