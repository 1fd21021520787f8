"""Draws the mark (a ship's bell that is a hound) and every icon made of it: run it, commit what it writes."""

from pathlib import Path

from playwright.sync_api import sync_playwright

ASSETS = Path(__file__).parent / "src" / "assets"
CHROMIUM = "/usr/bin/chromium"
ACCENT = "#1F4B99"

BELL = (
    "M24 5.5C31.5 5.5 35.5 10.6 35.5 18C35.5 26.5 37.4 30.8 40.4 34.4C41.3 35.5 40.6 37 39.2 37L8.8 37"
    "C7.4 37 6.7 35.5 7.6 34.4C10.6 30.8 12.5 26.5 12.5 18C12.5 10.6 16.5 5.5 24 5.5Z"
)
EYES = "M19 17.2a2.3 2.3 0 1 0 .01 0ZM29 17.2a2.3 2.3 0 1 0 .01 0Z"
EARS = (
    "M14.2 5.2C8.5 5.4 4.2 10.5 3.2 17.2C2.7 20.6 4.2 23.6 6.8 23.6C8.9 23.6 10 21.9 10.3 19.2"
    "C10.7 14.3 11.4 9.2 14.2 5.2Z"
    "M33.8 5.2C39.5 5.4 43.8 10.5 44.8 17.2C45.3 20.6 43.8 23.6 41.2 23.6C39.1 23.6 38 21.9 37.7 19.2"
    "C37.3 14.3 36.6 9.2 33.8 5.2Z"
)
CLAPPER = "M18.4 40A5.8 5.8 0 0 0 29.6 40Z"
MARK = f'<path fill-rule="evenodd" d="{BELL}{EYES}{EARS}{CLAPPER}"/>'


def mark(colour: str) -> str:
    """The bare mark as SVG."""
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" fill="{colour}">{MARK}</svg>\n'


def icon(*, share: float, radius: float, colour: str, ground: str) -> str:
    """The mark on a ground; `share` is its part of the width, `radius` the corner's in per cent."""
    size = 48 * share
    edge = (48 - size) / 2
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48">'
        f'<rect width="48" height="48" rx="{48 * radius / 100}" fill="{ground}"/>'
        f'<svg x="{edge}" y="{edge}" width="{size}" height="{size}" viewBox="0 0 48 48" fill="{colour}">'
        f"{MARK}</svg>"
        "</svg>"
    )


def main() -> None:
    """Write SVGs as they are and PNGs through Chromium."""
    plain = icon(share=0.66, radius=22, colour="#FFFFFF", ground=ACCENT)
    full = icon(share=0.56, radius=0, colour="#FFFFFF", ground=ACCENT)
    pictures = {
        "favicon.png": (icon(share=0.82, radius=22, colour="#FFFFFF", ground=ACCENT), 48),
        "icon.png": (full, 1024),
        "splash.png": (icon(share=0.5, radius=0, colour=ACCENT, ground="none"), 768),
        "icons/icon-192.png": (plain, 192),
        "icons/icon-512.png": (plain, 512),
        "icons/icon-maskable-192.png": (full, 192),
        "icons/icon-maskable-512.png": (full, 512),
        "icons/apple-touch-icon-192.png": (full, 192),
    }
    (ASSETS / "icons").mkdir(parents=True, exist_ok=True)
    (ASSETS / "mark.svg").write_text(mark(ACCENT), encoding="utf-8")
    (ASSETS / "mark-dark.svg").write_text(mark("#8FB4FF"), encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for name, (svg, size) in pictures.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(f"<style>*{{margin:0}}svg{{display:block;width:{size}px}}</style>{svg}")
            page.screenshot(path=ASSETS / name, omit_background=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
