"""How the screens of an address stand: one over the other on a phone, side by side on a tablet."""

from typing import Final

import flet as ft

from phone.base.theme import NARROW_LIST, enlargement, list_width
from phone.frame import frame
from phone.kit.layout import pick_one, view
from phone.locate import below
from phone.route import At
from phone.stores import Stores

GROWS_BY: Final = 48
"""How much higher a bar of buttons gets when the text is twice as large."""


def stack(app: Stores, here: At) -> list[ft.Control]:
    """The views of an address, the lowest first."""
    return _side_by_side(app, here) if app.look.is_split else _one_over_another(app, here)


def _one_over_another(app: Stores, here: At) -> list[ft.Control]:
    steps = [here]
    while (under := below(steps[0])) is not None:
        steps.insert(0, under)
    return [_step(app, step, here, is_first=depth == 0) for depth, step in enumerate(steps)]


def _step(app: Stores, step: At, here: At, *, is_first: bool) -> ft.Control:
    route = step.route
    if is_first:
        if here.route.alone_when_wide:
            return view(app, "/", ft.Container(bgcolor=app.look.palette.surface))
        return view(app, "/", frame(app, route.draw(app, step), tab=route.phone_tab or route.tab))
    lift = route.lift + GROWS_BY * (enlargement() - 1) if route.lift else 0
    return view(app, step.path, frame(app, route.draw(app, step), tab=None, lift=lift))


def _side_by_side(app: Stores, here: At) -> list[ft.Control]:
    route = here.route
    under = None if route.pick or route.alone_when_wide else below(here)
    if under is not None:
        left, right = under.route.draw(app, under), route.draw(app, here)
    elif route.pick:
        left, right = route.draw(app, here), pick_one(app, route.pick)
    else:
        return [view(app, "/", frame(app, route.draw(app, here), tab=route.tab))]
    width = NARROW_LIST if route.narrow else list_width(app.look.width)
    both = ft.Row(
        [
            ft.Container(content=left, width=width),
            ft.Container(width=1, bgcolor=app.look.palette.line),
            ft.Container(content=right, expand=True),
        ],
        spacing=0,
        expand=True,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return [view(app, "/", frame(app, both, tab=route.tab, list_width=width))]
