"""Of every address of the app on a phone: each control has a name, a state where it has one, and room for a finger."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

import pytest

from phone.routes import ROUTES
from tests.kit.browser import chromium, open_app
from tests.kit.heard import Control, heard, settled
from tests.kit.screenshots import EXAMPLES, Stage, served, shots

TALL: Final = (412, 2600)
FINGER: Final = 48
EDGE: Final = 17
"""What stands nearer to the right edge than this is cut there, in a row that scrolls."""
ALIKE: Final = (
    ("on-call", "Page "),
    ("schedules", "Payments "),
    ("schedule", "Add override"),
    ("schedule", "Sun "),
    ("coverage", "Choose a policy"),
    ("status-components", "Group"),
    ("status-components", "Component"),
)
"""Of these screens' controls those of one name do the same, are the parts of one day, or are fields that say what they
hold."""
GO: Final = """(path) => {
  history.pushState(null, "", path);
  dispatchEvent(new PopStateEvent("popstate", {state: null}));
}"""
ELSEWHERE: Final = ("sign-in", "first-run")
"""Whoever is signed in to an account with something in it doesn't come here."""


def addresses() -> Iterator[tuple[str, str]]:
    for route in ROUTES:
        if route.screen not in ELSEWHERE:
            for example in EXAMPLES.get(route.screen, [{}]):
                yield route.screen, route.pattern.format(**example)


def faults(screen: str, found: list[Control]) -> Iterator[str]:
    for each in found:
        if not each.name and not each.holds:
            yield f"no name: {each}"
        if each.holds and each.role in ("button", "checkbox"):
            yield f"a control around a control: {each}"
        if each.role in ("checkbox", "switch", "radio") and each.checked is None:
            yield f"no state: {each}"
        is_cut = each.x + each.width > TALL[0] - EDGE
        if not each.holds and (each.height < FINGER - 0.5 or (each.width < FINGER - 0.5 and not is_cut)):
            yield f"small: {each.role} {each.name[:50]!r} {each.width:.0f} x {each.height:.0f}"
    for (role, name), count in Counter((each.role, each.name) for each in found if each.name).items():
        if count > 1 and not any(where == screen and name.startswith(begin) for where, begin in ALIKE):
            yield f"{count} times: {role} {name[:60]!r}"


@pytest.mark.browser
async def test_whatever_can_be_pressed_or_written_in_has_a_name_a_state_and_room() -> None:
    stage, wrong = Stage(), dict[str, list[str]]()
    stage.shot = next(each for each in shots() if each.route.screen == "configure" and each.size == "phone")
    async with served(stage) as url, chromium() as browser:
        page = await open_app(browser, f"{url}/configure", size=TALL)
        found = await settled(page, but=[])
        for screen, path in addresses():
            before = await heard(page)
            await page.evaluate(GO, path)
            found = await settled(page, but=before)
            if told := list(faults(screen, found)):
                wrong[f"{screen} {path}"] = told
    assert not wrong, "\n".join(f"{where}: {each}" for where, told in wrong.items() for each in told)
