"""The sheets that ask once before a verb: what is needed, what it will do, one button."""

from collections.abc import Callable
from typing import Final

import flet as ft

from phone.base.look import Look
from phone.base.permissions import may
from phone.base.places import place
from phone.base.window import Window
from phone.incidents import wording
from phone.incidents.detail.actions import more_verbs
from phone.incidents.detail.people import toggle_following
from phone.incidents.open_incident import Ask, OpenIncident
from phone.incidents.sheets.assign_sheets import CallInForm, ReassignForm
from phone.incidents.sheets.edit_sheets import EditForm, MergeForm, ReviewForm
from phone.incidents.sheets.resolve_sheet import ResolveForm
from phone.incidents.sheets.silence_sheet import SilenceForm
from phone.incidents.sheets.snooze_sheet import SnoozeForm
from phone.incidents.silencing import Silencing
from phone.incidents.verbs import Verbs
from phone.kit.controls import filled, quiet
from phone.kit.fields import Entry, field
from phone.kit.hooks import filled_in, state
from phone.kit.rows import deed_row
from phone.kit.sheet import sheet
from phone.kit.text import text
from phone.names.store import Names
from shared.wire.incidents import Comment, Incident, Verb

COMMENT: Final = place(Comment, lambda comment: comment.text)
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


def verb_sheet(
    window: Window, incident: Incident, *, opened: OpenIncident, names: Names, verbs: Verbs, silencing: Silencing
) -> ft.BottomSheet | None:
    """The sheet that is asked for now."""
    asking, look = opened.asking, window.look
    if asking is None:
        return None
    forms: dict[Ask, Callable[[], ft.Control]] = {
        "resolve": lambda: ResolveForm(incident, look, opened=opened, verbs=verbs),
        "escalate": lambda: _escalate(window, incident, opened=opened, verbs=verbs),
        "snooze": lambda: SnoozeForm(look, window.clock, lambda until: _snooze(incident, until, verbs=verbs)),
        "reassign": lambda: ReassignForm(incident, names, look, opened=opened, verbs=verbs),
        "add_responders": lambda: CallInForm(incident, names, look, opened=opened, verbs=verbs),
        "more": lambda: _more(window, incident, opened=opened, verbs=verbs),
        "comment": lambda: CommentForm(incident, look, opened=opened, verbs=verbs),
        "merge": lambda: MergeForm(window, incident, look, opened=opened, verbs=verbs),
        "edit": lambda: EditForm(window, incident, look, opened=opened),
        "silence": lambda: SilenceForm(window, incident, look, opened=opened, silencing=silencing),
        "review": lambda: ReviewForm(window, incident, look, opened=opened),
    }
    return sheet(look, look.words(f"ask.{asking}"), [forms[asking]()], lambda: opened.ask(None))


def may_silence(window: Window, incident: Incident) -> bool:
    """Whether the reader may silence what it is about: alerts that still come in, of a team of theirs."""
    is_over = incident.state == "resolved" or incident.silenced_until is not None or not incident.alert_count
    team = incident.team
    return not is_over and team is not None and may(window.session.me, "incidents:act", team.id)


def _snooze(incident: Incident, until: object, *, verbs: Verbs) -> None:
    verbs.do("snooze", incident, until=until)


def _escalate(window: Window, incident: Incident, *, opened: OpenIncident, verbs: Verbs) -> ft.Control:
    look, words = window.look, window.look.words
    coming = wording.next_level(incident.escalation)
    consequence = words("escalate.to", who=look.reader.people(coming)) if coming else words("escalate.next")
    parts: list[ft.Control] = [
        text(consequence, "body", look.palette.ink),
        filled(look, words("escalate.submit"), lambda: verbs.do("escalate", incident), key="escalate-send"),
        quiet(look, words("cancel"), lambda: opened.ask(None), key="cancel"),
    ]
    return ft.Column(parts, spacing=16, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _more(window: Window, incident: Incident, *, opened: OpenIncident, verbs: Verbs) -> ft.Control:
    rows = [_more_row(window, incident, verb, opened=opened, verbs=verbs) for verb in more_verbs(incident)]
    if may_silence(window, incident):
        look, words = window.look, window.look.words
        sign, about = ft.Icons.NOTIFICATIONS_OFF_OUTLINED, words("about.silence")
        rows.append(
            deed_row(look, sign, words("verb.silence"), lambda: opened.ask("silence"), about=about, key="more-silence")
        )
    return ft.Column(rows, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _more_row(window: Window, incident: Incident, verb: Verb, *, opened: OpenIncident, verbs: Verbs) -> ft.Control:
    look, words = window.look, window.look.words
    name: str = verb
    if verb == "follow" and any(each.id == look.person for each in incident.followers):
        name = "unfollow"
    at_once: dict[Verb, Callable[[], object]] = {
        "unacknowledge": lambda: verbs.do("unacknowledge", incident),
        "reopen": lambda: verbs.do("reopen", incident),
        "follow": lambda: toggle_following(window, incident, opened=opened, verbs=verbs),
        "resolve": lambda: opened.ask("resolve"),
        "add_responders": lambda: opened.ask("add_responders"),
        "comment": lambda: opened.ask("comment"),
        "merge": lambda: opened.ask("merge"),
        "edit": lambda: opened.ask("edit"),
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
def CommentForm(incident: Incident, look: Look, *, opened: OpenIncident, verbs: Verbs) -> ft.Control:
    """A few words for the timeline."""
    form = filled_in(look.drafts, f"comment:{incident.id}", Comment(text=""))
    missing, miss = state(False)

    def send() -> None:
        said = form.whole.text.strip()
        miss(not said)
        if said:
            verbs.do("comment", incident, text=said)

    words = look.words
    return ft.Column(
        [
            field(
                look,
                words("comment.text"),
                form.whole.text,
                lambda value: form.type(COMMENT, value),
                error=words("comment.missing") if missing else None,
                entry=Entry(hint=words("comment.hint"), lines=4, autofocus=True),
                key="comment-text",
            ),
            filled(look, words("comment.submit"), send, key="comment-send"),
            quiet(look, words("cancel"), lambda: opened.ask(None), key="cancel"),
        ],
        spacing=16,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
