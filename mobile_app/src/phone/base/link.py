"""Whether the server answers, and whether changes arrive by themselves."""

import flet as ft


class Link(ft.Observable):
    """`online` until a request fails; `live` while the socket is open."""

    def __init__(self) -> None:
        self.online = True
        self.live = False
