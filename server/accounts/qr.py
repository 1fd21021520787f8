"""QR codes for phones to scan."""

import io

import segno


def qr_svg(text: str) -> str:
    """An SVG element without fixed size, dark on white so that it scans in dark themes too."""
    out = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(out, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=4, light="#fff", title=None)
    return out.getvalue().decode()
