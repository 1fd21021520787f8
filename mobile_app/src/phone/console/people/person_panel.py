"""Below a person's form: teams, permission sets, signing in, and the end of the account."""

import flet as ft

from phone.base import moments, problems
from phone.base.window import Window
from phone.console.form.kind import PEOPLE_EDIT, Known
from phone.console.object_rows import object_rows
from phone.console.people.leaving_card import leaving_card
from phone.console.people.person import OpenPerson
from phone.console.roles.kind import permissions_said
from phone.kit.cards import card, titled
from phone.kit.controls import filled, icon, quiet, word
from phone.kit.copy_box import copy_box
from phone.kit.fields import problem_line
from phone.kit.form_field import Field, Option
from phone.kit.picker import Picker
from phone.kit.question import AskedOnce, Question
from phone.kit.text import text
from shared.wire.people import User
from shared.wire.roles import Grant

SCOPES = {"team": "teams", "service": "services", "schedule": "schedules", "escalation_policy": "policies"}


@ft.component
def PersonPanel(window: Window, person: OpenPerson, known: Known, item: User, may_change: bool) -> ft.Control:
    """What is done at once, each part on its own."""
    parts: list[ft.Control] = [_teams(window, known, item)]
    if person.ident == item.id and PEOPLE_EDIT in known.me.permissions:
        parts.append(_grants(window, person, known, may_change=may_change and item.deactivated_at is None))
        if may_change:
            parts += [] if item.deactivated_at else [_sign_in(window, person, known, item)]
            parts += [] if item.id == known.me.id else [leaving_card(window, person, known, item)]
    if person.error is not None:
        parts.append(problem_line(window.look, problems.problem(known.words, person.error)))
    return ft.Column(parts, spacing=24, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _teams(window: Window, known: Known, item: User) -> ft.Control:
    look, words = window.look, known.words
    inside = {team.id for team in item.teams}
    teams = [team for team in known.lists.items("teams") or () if team.id in inside]
    body = (
        object_rows(window, known, "teams", teams) if teams else text(words("person.no_team"), "body", look.palette.ink)
    )
    return titled(look, words("person.teams"), [body], help=words("person.teams_help"))


# Permission sets


def _grants(window: Window, person: OpenPerson, known: Known, *, may_change: bool) -> ft.Control:
    look, palette, words = window.look, window.look.palette, known.words
    rows: list[ft.Control] = [_grant(window, person, known, each, may_change) for each in person.grants or ()]
    if not rows:
        told = words("grant.none" if person.grants is not None else "loading")
        rows = [text(told, "body", palette.muted)]
    if person.asking == "grant":
        rows += _new_grant(window, person, known)
    elif may_change:
        add = quiet(look, words("grant.add"), lambda: person.ask("grant"), icon=ft.Icons.ADD, key="grant-add")
        rows.append(ft.Row([add], tight=True))
    return titled(look, words("grant.title"), [card(look, rows)], help=words("grant.help"))


def _grant(window: Window, person: OpenPerson, known: Known, each: Grant, may_change: bool) -> ft.Control:
    look, palette, words = window.look, window.look.palette, known.words
    where = words(f"scope.{each.scope.kind}", name=each.scope_name)
    lines = ft.Column(
        [
            text(each.role.name, "strong", palette.ink),
            text(
                words("grant.what", where=where, what=permissions_said(known, each.permissions)), "small", palette.muted
            ),
        ],
        spacing=1,
        tight=True,
        expand=True,
    )
    if not may_change:
        return ft.Row([lines], spacing=12)
    label = words("grant.withdraw", name=each.role.name)
    key = f"withdraw-{each.id}"
    return AskedOnce(
        look,
        Question(about=words("grant.withdraw_text", name=each.role.name), yes=words("grant.take"), key=key),
        lambda: person.withdraw(each.id),
        lambda ask: ft.Row([lines, icon(look, ft.Icons.CLOSE, label, ask, key=key)], spacing=12),
    )


def _new_grant(window: Window, person: OpenPerson, known: Known) -> list[ft.Control]:
    look, words = window.look, known.words
    sets = tuple(
        Option(value=each.id, label=each.name, about=permissions_said(known, each.permissions))
        for each in known.lists.items("roles") or ()
        if not each.built_in
    )
    cancel = word(look, words("cancel"), lambda: person.ask(None), key="grant-cancel")
    if not sets:
        make = quiet(look, words("kind_new.roles"), lambda: window.go("/configure/roles/new"), key="grant-make")
        told = text(words("grant.no_sets"), "body", look.palette.ink)
        return [told, ft.Row([make, cancel], spacing=8, wrap=True)]
    role = Field(key="grant-role", label=words("grant.set"), options=sets)
    where = Field(key="grant-scope", label=words("grant.where"), options=_scopes(known))
    give = filled(look, words("grant.give"), person.grant, busy=person.busy or person.role_id is None, key="grant-give")
    return [
        Picker(look, role, person.role_id, person.choose_role),
        Picker(look, where, person.scope, person.choose_scope),
        ft.Row([give, cancel], spacing=8, wrap=True),
    ]


def _scopes(known: Known) -> tuple[Option, ...]:
    words = known.words
    found = [Option(value="account", label=words("scope.account", name=""))]
    for kind, slug in SCOPES.items():
        found += [
            Option(value=f"{kind}:{option.value}", label=words(f"scope.{kind}", name=option.label))
            for option in known.options(slug)
        ]
    return tuple(found)


# Signing in


def _sign_in(window: Window, person: OpenPerson, known: Known, item: User) -> ft.Control:
    look, palette, words = window.look, window.look.palette, known.words
    parts: list[ft.Control] = []
    if person.link is not None:
        until = moments.moment(words, person.link.expires_at, now=known.now, zone=look.zone)
        told = words(
            "reset.mailed" if person.link.is_mailed else "reset.not_mailed", until=until, who=known.person(item.id)
        )
        parts.append(copy_box(window, words("reset.link"), person.link.link, key="copy-reset", help=told))
    buttons: list[ft.Control] = [
        quiet(look, words("reset.make"), person.make_link, icon=ft.Icons.LINK, key="make-reset"),
    ]
    if item.has_totp and person.asking != "second_factor":
        buttons.append(
            quiet(look, words("second_factor.take_off"), lambda: person.ask("second_factor"), key="take-totp")
        )
    parts.append(ft.Row(buttons, wrap=True, spacing=8, run_spacing=8))
    if item.has_totp and person.asking == "second_factor":
        yes = filled(
            look,
            words("second_factor.take_off"),
            person.take_second_factor_off,
            colour=palette.critical_fill,
            ink=palette.on_critical,
            key="take-totp-yes",
        )
        cancel = word(look, words("cancel"), lambda: person.ask(None), key="take-totp-no")
        question = text(words("second_factor.sure", who=known.person(item.id)), "body", palette.ink)
        parts.append(card(look, [question, ft.Row([yes, cancel], spacing=8, wrap=True)]))
    return titled(look, words("reset.title"), parts, help=words("reset.help"))
