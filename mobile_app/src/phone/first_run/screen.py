"""The first run: six steps, one open at a time, to be done, skipped or taken up again."""

from collections.abc import Callable

import flet as ft

from phone.base import problems
from phone.base.api.errors import ApiError
from phone.base.draft import Draft
from phone.base.look import Look
from phone.base.theme import PHONE_MARGIN, TABLET_MARGIN
from phone.base.window import Window
from phone.console.directory import Directory
from phone.console.form.kind import Known
from phone.console.integrations.sources import title_of
from phone.first_run.store import EMAILS, SERVICE, SOURCE, STEPS, TEAM, Answers, FirstRun, Step
from phone.kit import placeholders
from phone.kit.controls import Face, filled, icon, quiet, tappable, word
from phone.kit.copy_box import copy_box
from phone.kit.fields import Entry, field, problem_line
from phone.kit.form_field import Field, Option
from phone.kit.hooks import drafted_state, kept, unless_gone
from phone.kit.marks import tick
from phone.kit.picker import Picker
from phone.kit.rows import deed_row
from phone.kit.text import heading, text
from phone.me import saying
from phone.me.way_sheets import way_sheet
from phone.me.ways import Ways
from phone.me.ways_list import device_row, method_row

WIDTH = 640


@ft.component
def FirstRunScreen(
    window: Window, first_run: FirstRun, _form: Draft[Answers], _directory: Directory, ways: Ways, look: Look
) -> ft.Control:
    """The whole screen."""
    words, known = look.words, _directory.known(window)
    asking, ask = drafted_state(look.drafts, "first_run-asking", "")
    seen: list[Step | None] = kept([])
    ft.use_dialog(way_sheet(window, asking, ask, ways=ways) if asking else None)
    margin = TABLET_MARGIN if look.is_split else PHONE_MARGIN
    back = icon(look, ft.Icons.ARROW_BACK, words("back"), lambda: window.go("/incidents"), key="back")
    parts: list[ft.Control] = [
        ft.Container(
            content=ft.Row(
                [
                    back,
                    ft.Container(
                        content=heading(words("first.title"), "display", look.palette.ink, level=1), expand=True
                    ),
                ],
                spacing=4,
            ),
        ),
        text(words("first.lead"), "body", look.palette.muted),
    ]
    if known is not None:
        for number, step in enumerate(STEPS):
            form = _reach(window, first_run, ways, ask) if step == "reach" else None
            parts.append(_step(window, first_run, known, step, number + 1, form))
    if first_run.current is None:
        parts.append(_finished(window, first_run))
    column = ft.Container(
        content=ft.Column(parts, spacing=12, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        width=WIDTH if look.is_split else None,
        padding=ft.Padding.symmetric(horizontal=margin, vertical=16),
    )
    steps = ft.ListView(controls=[ft.Row([column]) if look.is_split else column], expand=True)

    async def bring_to_sight() -> None:
        # Which step is open isn't known before what there is.
        if known is not None:
            await _bring_to_sight(steps, first_run.current, seen)

    ft.use_effect(bring_to_sight, [first_run.current, known is not None, look.loads])
    return steps


def not_yours(window: Window) -> ft.Control:
    """For readers who may not set anything up."""
    words = window.look.words
    home = quiet(window.look, words("not_found.home"), lambda: window.go("/incidents"), key="home")
    return placeholders.empty(window.look, words("first.not_yours"), words("first.not_yours_text"), action=home)


async def _bring_to_sight(steps: ft.ListView, current: Step | None, seen: list[Step | None]) -> None:
    """The step that is open, however far down; the first ones are seen when the screen opens."""
    is_seen = current in STEPS[:2] and seen in ([], [current])
    seen[:] = [current]
    if current is None:
        await unless_gone(steps.scroll_to(offset=-1))
    elif not is_seen:
        await unless_gone(steps.scroll_to(scroll_key=current))


def _finished(window: Window, first_run: FirstRun) -> ft.Control:
    words = window.look.words
    key = "first.all_done" if first_run.done == len(STEPS) else "first.skipped_some"

    async def finish() -> None:
        window.go("/incidents")
        await first_run.end_page()

    button = filled(window.look, words("first.finish"), finish, key="first-finish")
    return ft.Column(
        [text(words(key), "body", window.look.palette.ink), button],
        spacing=12,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _step(
    window: Window, first_run: FirstRun, known: Known, step: Step, number: int, form: list[ft.Control] | None
) -> ft.Control:
    look, palette, words = window.look, window.look.palette, window.look.words
    done, own = first_run.is_done(step), first_run.current == step
    is_skipped = step in first_run.remembered.skipped and not done
    mark = ft.Container(
        content=tick(palette.ok, 18) if done else text(str(number), "label", palette.accent if own else palette.muted),
        width=32,
        height=32,
        border_radius=32,
        bgcolor=palette.ok_bg if done else palette.accent_bg if own else palette.fill,
        alignment=ft.Alignment.CENTER,
    )
    state = words("first.done" if done else "first.skipped" if is_skipped else "first.open")
    about = ft.Column(
        [
            text(words(f"first.{step}"), "strong", palette.ink),
            text(_told(first_run, known, step) if done else words(f"first_lead.{step}"), "small", palette.muted),
        ],
        spacing=1,
        tight=True,
        expand=True,
    )
    head = ft.Row([mark, about, text(state, "label", palette.ok if done else palette.muted)], spacing=12)
    parts: list[ft.Control] = [
        head
        if own or step == "admin"
        else tappable(look, head, lambda: first_run.open(step), face=Face(radius=10), key=f"step-{step}")
    ]
    if step == "team" and first_run.invited:
        parts.append(_invited(window, first_run))
    if own:
        parts += STEP_FORMS[step](window, first_run, known) if form is None else form
        if flaw := _flaw(first_run, known):
            parts.append(problem_line(look, flaw))
    return ft.Container(
        content=ft.Column(parts, spacing=14, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        bgcolor=palette.raised,
        border=ft.Border.all(1.5 if own else 1, palette.accent if own else palette.line),
        border_radius=12,
        padding=ft.Padding.all(16),
        key=ft.ScrollKey(step),
    )


def _flaw(first_run: FirstRun, known: Known) -> str:
    """Why the step that is open could not be done, and of which address."""
    words = known.words
    if first_run.missing is not None:
        return words(f"first.{first_run.missing}_missing")
    if first_run.error is None:
        return ""
    told = problems.problem(words, first_run.error)
    is_about_one = bool(first_run.refused) and isinstance(first_run.error, ApiError)
    return words("first.not_invited", email=first_run.refused, reason=told) if is_about_one else told


def _told(first_run: FirstRun, known: Known, step: Step) -> str:
    """What there is already, by name."""
    slugs = {"team": "teams", "service": "services", "policy": "policies"}
    if step == "page":
        return known.words("first_done.page", seconds=first_run.remembered.answered_s)
    if step == "reach":
        return known.words("first_done.reach")
    if step not in slugs:
        return known.words(f"first_done.{step}", who=known.person(known.me.id))
    names = [each.name for each in known.lists.items(slugs[step]) or ()]
    return known.words.names(names[:3])


def _buttons(window: Window, first_run: FirstRun, step: Step, label: str, act: Callable[[], object]) -> ft.Control:
    look, words = window.look, window.look.words
    go = filled(look, words("save.busy") if first_run.busy else label, act, busy=first_run.busy, key=f"do-{step}")
    skip = word(look, words("first.skip"), lambda: first_run.skip(step), key=f"skip-{step}")
    return ft.Row([go, skip], spacing=8, wrap=True)


def _admin(_window: Window, _first_run: FirstRun, _known: Known) -> list[ft.Control]:
    return []


def _team(window: Window, first_run: FirstRun, known: Known) -> list[ft.Control]:
    words, form = window.look.words, first_run.form
    promise = "first.emails_no_mail" if first_run.has("email") is False else "first.emails_help"
    people = field(
        window.look,
        words("first.emails"),
        form.whole.emails,
        lambda value: form.type(EMAILS, value),
        entry=Entry(hint="bo@example.com, mei@example.com", help=words(promise)),
        key="first-emails",
    )
    if known.lists.items("teams"):
        return [people, _buttons(window, first_run, "team", words("first.invite"), first_run.invite)]
    name = field(
        window.look,
        words("first.team_name"),
        form.whole.team,
        lambda value: form.type(TEAM, value),
        entry=Entry(hint=words("hint.team")),
        key="first-team",
    )
    return [name, people, _buttons(window, first_run, "team", words("kind_new.teams"), first_run.make_team)]


def _invited(window: Window, first_run: FirstRun) -> ft.Control:
    """Who was invited in this sitting; without mail their links are what there is."""
    words = window.look.words
    links = "\n".join(f"{each.email}  {each.link}" for each in first_run.invited if each.link)
    told = "first.invited" if all(each.is_mailed for each in first_run.invited) else "first.invited_by_hand"
    return copy_box(window, words("first.links"), links, key="first-links", help=words(told))


def _service(window: Window, first_run: FirstRun, known: Known) -> list[ft.Control]:
    look, words, form = window.look, window.look.words, first_run.form
    if not known.lists.items("teams"):
        return [text(words("first.needs_team"), "body", look.palette.muted), _later(window, first_run, "service")]

    name = field(
        look,
        words("first.service_name"),
        form.whole.service,
        lambda value: form.type(SERVICE, value),
        entry=Entry(hint=words("hint.service")),
        key="first-service",
    )
    sources = tuple(
        Option(value=each.source, label=title_of(known, each)) for each in known.lists.items("sources") or ()
    )
    picker = Picker(
        look,
        Field(key="first-source", label=words("first.source"), options=sources),
        form.whole.source,
        lambda source: form.choose(SOURCE, source),
    )
    return [name, picker, _buttons(window, first_run, "service", words("first.make_service"), first_run.make_service)]


def _policy(window: Window, first_run: FirstRun, known: Known) -> list[ft.Control]:
    look, words = window.look, window.look.words
    teams = known.lists.items("teams")
    if not teams or not known.lists.items("services"):
        return [text(words("first.needs_service"), "body", look.palette.muted), _later(window, first_run, "policy")]
    sentence = words("first.policy_sentence", team=teams[0].name)
    other = word(look, words("first.policy_own"), lambda: window.go("/configure/policies/new"), key="first-own-policy")
    return [
        text(sentence, "lead", look.palette.ink),
        _buttons(
            window,
            first_run,
            "policy",
            words("first.make_policy"),
            lambda: first_run.make_policy(words("first.policy_name", team=teams[0].name)),
        ),
        ft.Row([other], tight=True),
    ]


def _reach(window: Window, first_run: FirstRun, ways: Ways, ask: Callable[[str], None]) -> list[ft.Control]:
    """What reaches the reader, each with a trial, and what can be added; mail that can't be sent leads to its relay."""
    look, palette, words = window.look, window.look.palette, window.look.words

    def begin(what: str) -> None:
        # Stays open when the first way is there, to try it or to add another.
        first_run.open("reach")
        if what == "phone":
            window.go("/me/pair")
        else:
            ask(what)

    rows: list[ft.Control] = [
        device_row(window, each, lambda each=each: ask(f"device:{each.id}"), margin=0, ways=ways)
        for each in ways.devices
    ]
    phones = {each.id for each in ways.devices}
    rows += [
        method_row(window, each, lambda each=each: ask(f"method:{each.id}"), margin=0, ways=ways)
        for each in ways.methods
        if each.id not in phones and each.channel != "push"
    ]
    if first_run.has("email") is False:
        mail, about = lambda: window.go("/configure/channels/email"), words("reach.mail_first")
    else:
        mail, about = lambda: begin("add:email"), words("reach.mail_about")
    if first_run.has("push") is False:
        phone, about_phone = lambda: window.go("/configure/channels/push"), words("reach.phone_first")
    else:
        phone, about_phone = lambda: begin("phone"), words("reach.phone_about")
    offers: list[ft.Control] = [
        deed_row(look, ft.Icons.PHONE_IPHONE, words("reach.phone"), phone, about=about_phone, key="reach-phone"),
        deed_row(look, ft.Icons.MAIL_OUTLINE, words("reach.mail"), mail, about=about, key="reach-mail"),
        deed_row(
            look,
            ft.Icons.WEBHOOK,
            words("reach.webhook"),
            lambda: begin("add:webhook"),
            about=words("reach.webhook_about"),
            key="reach-webhook",
        ),
    ]
    parts: list[ft.Control] = [text(words("reach.more" if ways.can_be_paged else "reach.lead"), "body", palette.ink)]
    if rows:
        parts.append(ft.Column(rows, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH))
    parts.append(ft.Column(offers, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH))
    if ways.can_be_paged:
        done = filled(look, words("reach.done"), lambda: first_run.open(None), key="do-reach")
        return [*parts, ft.Row([done], tight=True)]
    return [*parts, _later(window, first_run, "reach")]


def _page(window: Window, first_run: FirstRun, known: Known) -> list[ft.Control]:
    look, words = window.look, window.look.words
    integrations = [each for each in known.lists.items("integrations") or () if each.key]
    if first_run.page in ("sent", "failed"):
        ident, failure = first_run.remembered.page_id, first_run.page_failure
        if failure is None:
            told = text(words("first.paged"), "body", look.palette.ink)
        else:
            told = text(words("first.page_failed", reason=saying.why(words, failure)), "body", look.palette.warning)
        return [
            ft.Semantics(live_region=True, content=told),
            ft.Row(
                [
                    filled(look, words("first.open_page"), lambda: window.go(f"/incidents/{ident}"), key="open-page"),
                    word(look, words("first.page_again"), first_run.send_page, key="again-page"),
                    word(look, words("first.skip"), lambda: first_run.skip("page"), key="skip-page"),
                ],
                spacing=8,
                wrap=True,
            ),
        ]
    if not first_run.is_done("reach"):
        go = filled(look, words("first.reach"), lambda: first_run.open("reach"), key="page-reach")
        skip = word(look, words("first.skip"), lambda: first_run.skip("page"), key="skip-page")
        return [text(words("first.needs_reach"), "body", look.palette.ink), ft.Row([go, skip], spacing=8, wrap=True)]
    rings = any(each.delivers for each in first_run.ways.devices)
    first = "first.page_text" if rings else "first.page_text_silent"
    key = "first.page_over" if first_run.page == "over" else first
    parts: list[ft.Control] = [text(words(key), "body", look.palette.ink)]
    if integrations:
        parts.append(copy_box(window, words("first.address"), integrations[0].ingest_url, key="first-address"))
    parts.append(_buttons(window, first_run, "page", words("first.send_page"), first_run.send_page))
    return parts


def _later(window: Window, first_run: FirstRun, step: Step) -> ft.Control:
    skip = word(window.look, window.look.words("first.skip"), lambda: first_run.skip(step), key=f"skip-{step}")
    return ft.Row([skip], tight=True)


STEP_FORMS: dict[Step, Callable[[Window, FirstRun, Known], list[ft.Control]]] = {
    "admin": _admin,
    "team": _team,
    "service": _service,
    "policy": _policy,
    "page": _page,
}
