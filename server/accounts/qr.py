"""QR codes for phones to scan."""

from io import BytesIO

import segno


def qr_svg(text: str) -> str:
    """An SVG document without fixed size, dark on white so that it scans in dark themes too.

    It names its namespace: only pages of HTML draw an SVG element that doesn't.
    """
    drawn = BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(drawn, kind="svg", xmldecl=False, svgns=True, nl=False, omitsize=True, border=4, light="#fff")
    return drawn.getvalue().decode()
