"""The page behind the set-up link: one form that makes the first administrator, without the app."""

from base64 import b64encode
from hashlib import sha256
from html import escape
from pathlib import Path
from string import Template

from litestar import Response, get, post
from litestar.params import FromPath

from server.accounts.access.needs import needs, strangers
from server.accounts.access.permissions import PUBLIC
from server.accounts.people.people import is_empty
from server.accounts.people.setup import is_setup_token, make_first_admin
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.http import AnyRequest, Given, Handlers, Visit
from server.kernel.i18n import catalogue
from shared.domain.visible import one_line
from shared.wire import routes
from shared.wire.sessions import Setup

FOLDER = Path(__file__).parent
PAGE = Template((FOLDER / "setup.html").read_text("utf-8"))
LONGEST_FORM_BYTES = 8 * 1024
ZONE_OF_BROWSER = (
    "const zone = document.getElementById('time_zone');"
    "zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || zone.value;"
)
"""Runs where nobody has given a zone yet; without scripts the guess by language stands."""
_HASH = b64encode(sha256(ZONE_OF_BROWSER.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{_HASH}'; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
FIELDS = (("name", "text", "name"), ("email", "email", "username"), ("password", "password", "new-password"))


class SetupPage(Handlers):
    @get(routes.SETUP_PAGE, opt=needs(PUBLIC), include_in_schema=False)
    async def show(self, visit: Given[Visit], token: FromPath[str]) -> Response[str]:
        language = _language(visit.request)
        if not await _is_open(visit, token):
            return _over(language)
        return _page(language, "title", "lead", _form(language, {}, {}))

    @post(routes.SETUP_PAGE, include_in_schema=False, **strangers(reads_bytes=LONGEST_FORM_BYTES))
    async def submit(self, visit: Given[Visit], token: FromPath[str]) -> Response[str]:
        """The form is read only after the token, so that nobody else has one parsed."""
        if not await _is_open(visit, token):
            return _over(_language(visit.request))
        data = await visit.request.form()
        given = {
            name: str(data.get(name, "")).strip() for name in ("name", "email", "password", "time_zone", "language")
        }
        given["name"] = one_line(given["name"])
        language = "zh" if given["language"] == "zh" else "en"
        setup = Setup(
            token=token,
            name=given["name"],
            email=given["email"],
            password=given["password"],
            language=language,
            time_zone=given["time_zone"] or "UTC",
        )
        try:
            await make_first_admin(visit.db, visit.secrets, setup, now=visit.now)
        except Invalid as error:
            flaws = {flaw.field: flaw.message for flaw in error.errors}
            return _page(language, "title", "lead", _form(language, given, flaws), status=400)
        except (NotFound, Conflict):
            return _over(language)
        link = f'<a href="{escape(visit.settings.app_url)}">{escape(_words(language, "open_app"))}</a>'
        return _page(language, "done_title", "done_lead", link)


async def _is_open(visit: Visit, token: str) -> bool:
    return is_setup_token(visit.secrets, token) and await is_empty(visit.db)


def _over(language: str) -> Response[str]:
    return _page(language, "over_title", "over_lead", "", status=404)


def _language(request: AnyRequest) -> str:
    return "zh" if request.headers.get("accept-language", "").lower().startswith("zh") else "en"


def _words(language: str, key: str) -> str:
    return catalogue(FOLDER / "locale").text(language, key)


def _page(language: str, title: str, lead: str, content: str, *, status: int = 200) -> Response[str]:
    html = PAGE.substitute(
        language=language, title=_words(language, title), lead=_words(language, lead), content=content
    )
    return Response(html, status_code=status, media_type="text/html", headers=HEADERS)


def _form(language: str, given: dict[str, str], flaws: dict[str, str]) -> str:
    rows: list[str] = []
    for name, kind, complete in FIELDS:
        value = "" if kind == "password" else escape(given.get(name, ""))
        rows.append(
            f'<label for="{name}">{escape(_words(language, name))}</label>'
            f'<input id="{name}" name="{name}" type="{kind}" autocomplete="{complete}" value="{value}" required>'
        )
        if name in flaws:
            rows.append(f'<p class="flaw" role="alert">{escape(flaws[name])}</p>')
    zone = escape(given.get("time_zone", "") or ("Asia/Shanghai" if language == "zh" else "UTC"))
    rows.append(f'<label for="time_zone">{escape(_words(language, "time_zone"))}</label>')
    rows.append(f'<input id="time_zone" name="time_zone" value="{zone}" required>')
    if "time_zone" in flaws:
        rows.append(f'<p class="flaw" role="alert">{escape(flaws["time_zone"])}</p>')
    options = "".join(
        f'<option value="{code}"{" selected" if code == language else ""}>{label}</option>'
        for code, label in (("en", "English"), ("zh", "简体中文"))
    )
    rows.append(f'<label for="language">{escape(_words(language, "language"))}</label>')
    rows.append(f'<select id="language" name="language">{options}</select>')
    rows.append(f"<button>{escape(_words(language, 'submit'))}</button>")
    guess = "" if given.get("time_zone") else f"<script>{ZONE_OF_BROWSER}</script>"
    return f'<form method="post">{"".join(rows)}</form>{guess}'
