"""Lists of very many: incidents on the stage of the screenshots, and plain texts beside."""

from typing import Any

import flet as ft
import msgspec

from phone.start import Device
from tests.kit.screenshots import Stage


class Crowd(Stage):
    """The stage with so many incidents that nobody answered."""

    def __init__(self, many: int) -> None:
        super().__init__()
        self.many = many

    def device(self, page: ft.Page) -> Device:
        lent = super().device(page)
        api, first = self.apis[-1], self.apis[-1].incidents[0]
        api.incidents = [
            msgspec.structs.replace(first, id=f"inc-{n}", number=n, title=f"Disk {n} of the archive is nearly full")
            for n in range(self.many)
        ]
        return lent


def plain_list(many: int) -> Any:
    """An ASGI application with a lazy list of texts, and nothing else."""

    def main(page: ft.Page) -> None:
        page.add(ft.ListView([ft.Text(f"Disk {n} of the archive is nearly full") for n in range(many)], expand=True))

    return ft.run(main, export_asgi_app=True, no_cdn=True)
