"""What a list of sessions calls this device."""

import re

BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
"""The first mark that a browser's own description has wins: most of them name their ancestors too."""
PRODUCT = re.compile(r"([\w .-]*\w)/[\w.+-]+")
"""How a program names itself: its name, its version."""
APPS = {"android": "Android", "ios": "iOS", "linux": "Linux", "macos": "macOS", "windows": "Windows"}


def device_name(user_agent: str | None, platform: str) -> str:
    """`Firefox, Windows` for a browser's description, `Dogwatch, Android` for the app itself, in any language."""
    if not user_agent:
        return f"Dogwatch, {APPS.get(platform, platform)}"
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "Browser")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return f"{browser}, {system}" if system else browser


def device_said(device: str) -> str:
    """What signed in, as a list shows it: `Chrome, Linux` of a browser, `curl` of `curl/8.5.0`."""
    if device.startswith("Mozilla/"):
        return device_name(device, "")
    named = PRODUCT.match(device)
    return named[1] if named else device
