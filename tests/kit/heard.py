"""What a screen reader is given of a screen: each control with its role, its name, its state and its box."""

import asyncio
from dataclasses import dataclass
from typing import Final

from playwright.async_api import Page

ROLES: Final = ("button", "checkbox", "switch", "radio", "tab", "link", "slider")
READ: Final = """(roles) => {
  const told = [];
  for (const each of document.querySelectorAll("flt-semantics, flt-semantics input, flt-semantics textarea")) {
    const tag = each.tagName.toLowerCase(), role = each.getAttribute("role") || "";
    const isField = tag === "input" || tag === "textarea";
    if (!isField && !each.hasAttribute("flt-tappable") && !roles.includes(role)) continue;
    const box = each.getBoundingClientRect();
    const own = [...each.childNodes].filter((node) => node.nodeType === 3 || node.tagName === "SPAN");
    const name = each.getAttribute("aria-label") || own.map((node) => node.textContent).join("");
    const inner = each.querySelectorAll("[flt-tappable], input, textarea").length;
    if (inner && !role) continue;
    told.push({
      role: isField ? "textbox" : role, name: name.trim(), holds: inner,
      checked: each.getAttribute("aria-checked"),
      chosen: each.getAttribute("aria-selected") || each.getAttribute("aria-current"),
      x: box.x, y: box.y, width: box.width, height: box.height,
    });
  }
  return told;
}"""


@dataclass(frozen=True, kw_only=True)
class Control:
    """`holds` counts what can be pressed or written in inside it; the box is in CSS pixels, as far as it is seen."""

    role: str
    name: str
    holds: int
    checked: str | None
    chosen: str | None
    x: float
    y: float
    width: float
    height: float


async def heard(page: Page) -> list[Control]:
    """What is there now."""
    return [Control(**each) for each in await page.evaluate(READ, list(ROLES))]


async def settled(page: Page, *, but: list[Control]) -> list[Control]:
    """What is there once it stays, and is no longer what was there before."""
    last: list[Control] = []
    equal = 0
    for _ in range(60):
        await asyncio.sleep(0.15)
        now = await heard(page)
        equal = equal + 1 if now and now == last and now != but else 0
        if equal == 3:
            break
        last = now
    return last
