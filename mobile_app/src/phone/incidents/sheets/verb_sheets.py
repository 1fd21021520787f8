"""The sheets that ask once before a verb: what is needed, what it will do, one button."""

from collections.abc import Callable
from typing import Final

import flet as ft

from phone.app import App
from phone.base.look import Look
from phone.incidents import wording
from phone.incidents.detail.actions import more_verbs
from phone.incidents.detail.people import toggle_following
from phone.incidents.open_incident import Ask
from phone.incidents.sheets.assign_sheets import CallInForm, ReassignForm
from phone.incidents.sheets.edit_sheets import EditForm, MergeForm, ReviewForm
from phone.incidents.sheets.resolve_sheet import ResolveForm
from phone.incidents.sheets.snooze_sheet import SnoozeForm
from phone.kit.controls import filled, quiet
from phone.kit.fields import Entry, field
from phone.kit.hooks import drafted, state
from phone.kit.rows import deed_row
from phone.kit.sheet import sheet
from phone.kit.text import text
from shared.wire.incidents import Incident, Verb

MORE_SIGNS: Final[dict[Verb, ft.IconData]] = {
    "resolve": ft.Icons.CHECK,
    "unacknowledge": ft.Icons.REPLY,
    "add_responders": ft.Icons.GROUP_ADD_OUTLINED,
    "comment": ft.Icons.CHAT_BUBBLE_OUTLINE,
    "follow": ft.Icons.VISIBILITY_OUTLINED,
    "merge": ft.Icons.CALL_MERGE,
    "edit": ft.Icons.EDIT_OUTLINED,
    "reopen": ft.Icons.RESTART_ALT,
}


def verb_sheet(app: App, incident: Incident) -> ft.BottomSheet | None:
    """The sheet that is asked for now."""
    asking, look = app.incident.asking, app.look
    if asking is None:
        return None
    forms: dict[Ask, Callable[[], ft.Control]] = {
        "resolve": lambda: ResolveForm(app, incident, look),
        "escalate": lambda: _escalate(app, incident),
        "snooze": lambda: SnoozeForm(look, app.clock, lambda until: _snooze(app, incident, until)),
        "reassign": lambda: ReassignForm(app, incident, app.names, look),
        "add_responders": lambda: CallInForm(app, incident, app.names, look),
        "more": lambda: _more(app, incident),
        "comment": lambda: CommentForm(app, incident, look),
        "merge": lambda: MergeForm(app, incident, look),
        "edit": lambda: EditForm(app, incident, look),
        "review": lambda: ReviewForm(app, incident, look),
    }
    return sheet(look, look.words(f"ask.{asking}"), [forms[asking]()], lambda: app.incident.ask(None))


def _snooze(app: App, incident: Incident, until: object) -> None:
    app.verbs.do("snooze", incident, until=until)


def _escalate(app: App, incident: Incident) -> ft.Control:
    look, words = app.look, app.look.words
    coming, reader = wording.next_level(incident.escalation), look.reader
    who, count = reader.people(coming, begins=True), reader.number(coming)
    consequence = words("escalate.to", who=who, count=count) if coming else words("escalate.next")
    parts: list[ft.Control] = [
        text(consequence, "body", look.palette.ink),
        filled(look, words("escalate.submit"), lambda: app.verbs.do("escalate", incident), key="escalate-send"),
        quiet(look, words("cancel"), lambda: app.incident.ask(None), key="cancel"),
    ]
    return ft.Column(parts, spacing=16, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _more(app: App, incident: Incident) -> ft.Control:
    rows = [_more_row(app, incident, verb) for verb in more_verbs(incident)]
    return ft.Column(rows, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _more_row(app: App, incident: Incident, verb: Verb) -> ft.Control:
    look, words = app.look, app.look.words
    name: str = verb
    if verb == "follow" and any(each.id == look.person for each in incident.followers):
        name = "unfollow"
    at_once: dict[Verb, Callable[[], object]] = {
        "unacknowledge": lambda: app.verbs.do("unacknowledge", incident),
        "reopen": lambda: app.verbs.do("reopen", incident),
        "follow": lambda: toggle_following(app, incident),
        "resolve": lambda: app.incident.ask("resolve"),
        "add_responders": lambda: app.incident.ask("add_responders"),
        "comment": lambda: app.incident.ask("comment"),
        "merge": lambda: app.incident.ask("merge"),
        "edit": lambda: app.incident.ask("edit"),
    }
    return deed_row(
        look,
        MORE_SIGNS[verb],
        words(f"verb.{name}"),
        at_once[verb],
        about=words(f"about.{name}"),
        key=f"more-{verb}",
    )


@ft.component
def CommentForm(app: App, incident: Incident, look: Look) -> ft.Control:
    """A few words for the timeline."""
    typed = drafted(look.drafts, f"comment:{incident.id}", [""])
    missing, miss = state(False)

    def send() -> None:
        said = typed[0].strip()
        miss(not said)
        if said:
            app.verbs.do("comment", incident, text=said)

    words = look.words
    return ft.Column(
        [
            field(
                look,
                words("comment.text"),
                typed[0],
                lambda value: typed.__setitem__(0, value),
                error=words("comment.missing") if missing else None,
                entry=Entry(hint=words("comment.hint"), lines=4, autofocus=True),
                key="comment-text",
            ),
            filled(look, words("comment.submit"), send, key="comment-send"),
            quiet(look, words("cancel"), lambda: app.incident.ask(None), key="cancel"),
        ],
        spacing=16,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
