"""The stack of views of one window, drawn anew when the reader goes elsewhere, signs in or out, or looks change.

Screens of an address stand one over the other on a phone, side by side on a tablet.
"""

from dataclasses import replace
from typing import Final

import flet as ft

from phone.app import App
from phone.base.look import Look
from phone.base.session import Session
from phone.base.theme import NARROW_LIST, enlarge, enlargement, list_width
from phone.base.window import Place
from phone.frame import NO_TAB, TABS, frame
from phone.kit.layout import pick_one, view
from phone.kit.not_found import not_found
from phone.kit.placeholders import failed, skeleton
from phone.kit.sheet import sheet
from phone.locate import at, below, beside
from phone.route import At, Route
from phone.sign_in.proof import Proof
from phone.sign_in.proof_sheet import ProofForm
from phone.sign_in.screen import SignIn
from phone.stores import Stores

GROWS_BY: Final = 48
"""How much higher a bar of buttons gets when the text is twice as large."""


@ft.component
def Root(app: App, place: Place, session: Session, look: Look, proof: Proof) -> list[ft.Control]:
    """The stack of views of where the reader is."""
    page = ft.context.page
    title = look.words("prove.title")
    ft.use_dialog(sheet(look, title, [ProofForm(proof, look)], proof.close) if proof.asking else None)
    enlarge(page, look.text_size)
    ft.use_effect(lambda: _tell_material(page, look), [look.theme, look.language])
    if session.phase == "starting":
        return [view(app, "/", skeleton(look))]
    if session.phase == "unreachable" and session.error is not None:
        return [view(app, "/", failed(look, session.error, app.start))]
    if session.phase == "signed_out":
        form = SignIn(app, session, app.joining, look, joined=app.joined, sign_in=app.sign_in)
        return [view(app, "/sign-in", form)]
    here = at(place.route, demo=session.me is not None and session.me.server.demo)
    if here is None:
        tab = next((each.path for each in TABS if place.route.startswith(each.path)), NO_TAB)
        return [view(app, place.route, frame(app, not_found(app), tab=tab))]
    return _stack(app, here)


def _tell_material(page: ft.Page, look: Look) -> None:
    """What Flutter draws by itself follows the reader: cursors, selections, its own few words."""
    page.theme_mode = ft.ThemeMode(look.theme)
    page.locale_configuration = ft.LocaleConfiguration(
        supported_locales=[ft.Locale("en"), ft.Locale("zh")], current_locale=ft.Locale(look.language)
    )
    page.schedule_update()


def _stack(app: Stores, here: At) -> list[ft.Control]:
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
        if here.route.alone_when_wide or (route.rests and step is not here):
            return view(app, "/", ft.Container(bgcolor=app.look.palette.surface))
        return view(app, "/", frame(app, route.draw(app, step), tab=route.phone_tab or route.tab))
    lift = route.lift + GROWS_BY * (enlargement() - 1) if route.lift else 0
    return view(app, step.path, frame(app, route.draw(app, step), tab=None, lift=lift))


def _side_by_side(app: Stores, here: At) -> list[ft.Control]:
    route = here.route
    under = None if route.pick or route.alone_when_wide else beside(here)
    if under is not None:
        left, right = under.route.draw(app, under), route.draw(app, here)
    elif route.first is not None:
        return [view(app, "/", Preselected(app, route.listed(app), here))]
    elif route.pick:
        left, right = route.draw(app, here), pick_one(app, route.pick)
    else:
        return [view(app, "/", frame(app, route.draw(app, here), tab=route.tab))]
    return [view(app, "/", _both(app, route, left, right))]


@ft.component
def Preselected(app: Stores, _listed: ft.Observable, here: At) -> ft.Control:
    """A list with its first beside it, until something is picked."""
    path = here.route.first(app) if here.route.first is not None else None
    opened = at(path, demo=True) if path is not None else None

    async def read() -> None:
        if opened is not None:
            await opened.route.load(app, opened)

    ft.use_effect(read, [path])
    if opened is None:
        return _both(app, here.route, here.route.draw(app, here), pick_one(app, here.route.pick))
    left = here.route.draw(app, replace(here, params={**here.params, **opened.params}))
    return _both(app, here.route, left, opened.route.draw(app, opened))


def _both(app: Stores, route: Route, left: ft.Control, right: ft.Control) -> ft.Control:
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
    return frame(app, both, tab=route.tab, list_width=width)
