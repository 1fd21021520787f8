"""Reads a QR code off what a browser drew: which modules are dark, as a camera would tell them."""

import base64
from typing import Any

from playwright.async_api import Page

# Finds the code by its own quiet zone: the darkest pixels inside the picture span it from corner to corner.
READ = """async ([png, modules]) => {
  const picture = new Image();
  picture.src = `data:image/png;base64,${png}`;
  await picture.decode();
  const canvas = new OffscreenCanvas(picture.width, picture.height), pen = canvas.getContext("2d");
  pen.drawImage(picture, 0, 0);
  const {data, width, height} = pen.getImageData(0, 0, picture.width, picture.height);
  const light = (i) => data[i] + data[i + 1] + data[i + 2];
  const isDark = (x, y) => light(4 * (y * width + x)) < 384;
  let left = width, top = height, right = -1, bottom = -1;
  for (let i = 0; i < width * height; i++) {
    const x = i % width, y = Math.floor(i / width);
    if (!isDark(x, y)) continue;
    left = Math.min(left, x); right = Math.max(right, x);
    top = Math.min(top, y); bottom = Math.max(bottom, y);
  }
  if (right < 0) return [];
  const at = (from, to, i) => Math.floor(from + (to - from + 1) * (i + 0.5) / modules);
  return [...Array(modules)].map((_, y) => [...Array(modules)].map((_, x) =>
    isDark(at(left, right, x), at(top, bottom, y)) ? 1 : 0));
}"""


async def modules_of(page: Page, clip: Any, *, modules: int) -> list[list[int]]:
    """Rows of 1 for dark, of what stands within `clip` (x, y, width, height) of the page; empty when all is light."""
    png = await page.screenshot(clip=clip)
    blank = await page.context.new_page()
    try:
        return await blank.evaluate(READ, [base64.b64encode(png).decode(), modules])
    finally:
        await blank.close()
