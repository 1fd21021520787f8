"""The stack of views of one window, drawn anew when the reader goes elsewhere, signs in or out, or looks change."""

import flet as ft

from phone.app import App
from phone.base.look import Look
from phone.base.session import Session
from phone.base.theme import enlarge
from phone.base.window import Place
from phone.frame import frame
from phone.kit.layout import view
from phone.kit.not_found import not_found
from phone.kit.placeholders import failed, skeleton
from phone.kit.sheet import sheet
from phone.layout import stack
from phone.locate import at
from phone.sign_in.proof import Proof
from phone.sign_in.proof_sheet import ProofForm
from phone.sign_in.screen import SignIn


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
        tab = "/configure" if place.route.startswith("/configure") else None
        lost = not_found(app)
        return [view(app, place.route, frame(app, lost, tab=tab) if tab else lost)]
    return stack(app, here)


def _tell_material(page: ft.Page, look: Look) -> None:
    """What Flutter draws by itself follows the reader: cursors, selections, its own few words."""
    page.theme_mode = ft.ThemeMode(look.theme)
    page.locale_configuration = ft.LocaleConfiguration(
        supported_locales=[ft.Locale("en"), ft.Locale("zh")], current_locale=ft.Locale(look.language)
    )
    page.schedule_update()
