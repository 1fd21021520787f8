"""The Console's people: leaving with shifts, permission sets, invitations, roles and keys."""

from datetime import timedelta
from typing import Any

import flet as ft

from phone.console.people.inviting import text_of, wrong_lines
from shared.wire import routes
from shared.wire.problems import FieldProblem
from tests.kit import nordwind_accounts
from tests.kit.headless_app import HeadlessApp
from tests.kit.night import NOW
from tests.kit.opened import administrator

BO = "/configure/people/u-bo"


def written(app: HeadlessApp, method: str) -> list[tuple[str, dict[str, Any]]]:
    return [(path, body) for each, path, body in app.api.console.written if each == method]


def copied(app: HeadlessApp) -> str:
    return str([args for name, args in app.connection.calls if name == "set"][-1]["data"])


# People


async def test_a_person_without_shifts_leaves_after_one_question_and_can_come_back() -> None:
    async with administrator(BO) as app:
        await app.tap(key="deactivate")
        assert app.says("Bo Lindqvist is signed out at once")
        await app.tap(key="deactivate-no")
        assert written(app, "POST") == []
        await app.tap(key="deactivate")
        await app.tap(key="deactivate-yes")
        await app.until(lambda: app.says("The account is ended"))
        assert written(app, "POST") == [(routes.USER_DEACTIVATE.format(user_id="u-bo"), {"takers": {}})]
        await app.tap(key="reactivate")
        await app.until(lambda: app.says("Back, and on call nowhere"))
        assert app.find(ft.OutlinedButton, key="left-s-primary"), "the schedule that they left is a tap away"


async def test_shifts_are_named_and_each_schedule_needs_a_taker() -> None:
    async with administrator(BO) as app:
        app.api.console.accounts.shifts = nordwind_accounts.held_shifts()
        await app.tap(key="deactivate")
        await app.tap(key="deactivate-yes")
        await app.until(lambda: app.says("Bo Lindqvist has 3 shifts in the next 30 days."))
        pickers = [each.key for each in app.find(ft.TextButton) if str(each.key).startswith("field-taker-")]
        assert len(pickers) == 2
        assert app.one(ft.FilledButton, key="deactivate-yes").disabled
        for picker in pickers:
            await app.tap(key=str(picker))
            assert not app.find(ft.TextButton, key="option-u-bo"), "who leaves takes nothing"
            await app.tap(key="option-u-mei")
        await app.tap(key="deactivate-yes")
        await app.until(lambda: app.says("The account is ended"))
        takers = {each.args["schedule_id"]: "u-mei" for each in nordwind_accounts.held_shifts()}
        assert written(app, "POST")[-1][1] == {"takers": takers}


async def test_a_taker_who_cannot_be_paged_is_named_once_the_account_is_ended() -> None:
    async with administrator(BO) as app:
        app.api.console.accounts.shifts = nordwind_accounts.held_shifts()
        app.api.console.accounts.out_of_reach = {"u-mei"}
        await app.tap(key="deactivate")
        await app.tap(key="deactivate-yes")
        await app.until(lambda: app.says("Bo Lindqvist has 3 shifts in the next 30 days."))
        for picker in [each.key for each in app.find(ft.TextButton) if str(each.key).startswith("field-taker-")]:
            await app.tap(key=str(picker))
            await app.tap(key="option-u-mei")
        await app.tap(key="deactivate-yes")
        await app.until(lambda: app.says("Mei Chen is on call within 30 days and has no way to be paged yet."))
        await app.tap(key="reactivate")
        await app.until(lambda: not app.says("has no way to be paged yet."))


async def test_a_shift_of_an_unseen_schedule_is_handed_over_without_its_name() -> None:
    async with administrator(BO) as app:
        args = {"schedule_id": "", "schedule": "", "start": NOW.isoformat(), "end": NOW.isoformat(), "role_id": ""}
        app.api.console.accounts.shifts = [FieldProblem(field="takers", code="on_call", message="", args=args)]
        await app.tap(key="deactivate")
        await app.tap(key="deactivate-yes")
        await app.until(lambda: app.says("A schedule that you may not see"))
        await app.tap(key="field-taker-*")
        await app.tap(key="option-u-mei")
        await app.tap(key="deactivate-yes")
        await app.until(lambda: app.says("The account is ended"))
        assert written(app, "POST")[-1][1] == {"takers": {"*": "u-mei"}}


async def test_a_link_for_a_new_password_is_copied() -> None:
    async with administrator(BO) as app:
        await app.tap(key="make-reset")
        await app.until(lambda: app.find(ft.IconButton, key="copy-reset"))
        await app.tap(key="copy-reset")
        await app.until(lambda: app.says("Copied: Link for a new password."))
        assert copied(app) == "https://dogwatch.nordwind.example/reset/dwr.u-bo"
        await app.goto("/configure/people/u-mei")
        await app.settle(0.1)
        assert not app.find(ft.IconButton, key="copy-reset"), "the link is Bo's, and Mei is shown"


async def test_a_lost_second_factor_is_taken_off_after_a_question() -> None:
    async with administrator(BO) as app:
        await app.tap(key="take-totp")
        assert app.says("Make sure it is they who ask.")
        await app.tap(key="take-totp-yes")
        await app.until(lambda: not app.find(ft.OutlinedButton, key="take-totp"))
        assert written(app, "DELETE")[0][0] == routes.USER_TOTP.format(user_id="u-bo")


async def test_permission_sets_are_granted_for_a_place_and_withdrawn() -> None:
    async with administrator(BO) as app:
        await app.until(lambda: app.says("Team Platform: read and edit schedules"))
        await app.tap(key="withdraw-g-1")
        await app.tap(key="withdraw-g-1-yes")
        await app.until(lambda: app.says("Nothing beside the role."))
        await app.tap(key="grant-add")
        await app.tap(key="field-grant-role")
        await app.tap(key="option-r-rota")
        await app.tap(key="field-grant-scope")
        await app.tap(key="option-service:svc-checkout")
        await app.tap(key="grant-give")
        await app.until(lambda: app.says("Service checkout-api: read and edit schedules"))
        given = written(app, "POST")[0][1]
        assert given == {"role_id": "r-rota", "scope": {"kind": "service", "id": "svc-checkout"}}


async def test_who_may_not_edit_people_finds_no_grants_and_no_invitations() -> None:
    async with administrator(BO, role="responder") as app:
        assert app.says("You can read this.")
        assert not app.says("Permission sets")
        assert not app.find(ft.OutlinedButton, key="deactivate")
        assert ("GET", routes.USER_GRANTS.format(user_id="u-bo")) not in app.api.calls
        await app.goto("/configure")
        await app.settle(0.1)
        assert app.find(ft.TextButton, key="kind-api-keys")
        assert not app.find(ft.TextButton, key="kind-invitations")
        assert ("GET", routes.INVITATIONS) not in app.api.calls


# Invitations


async def test_a_person_is_invited_and_the_link_is_there_to_copy() -> None:
    async with administrator("/configure/people") as app:
        await app.tap(key="new")
        await app.until(lambda: app.find(ft.TextField, key="field-email"))
        await app.type("field-email", "tim@nordwind.example")
        await app.tap(key="field-team_ids-t-pay")
        await app.until(lambda: app.find(ft.FilledButton, key="save"))
        await app.tap(key="save")
        await app.until(lambda: app.find(ft.IconButton, key="copy-reveal"))
        await app.until(lambda: app.state.place.route == "/configure/invitations")
        assert app.says("Hand the link to tim@nordwind.example yourself.")
        await app.tap(key="copy-reveal")
        await app.until(lambda: app.says("Copied"))
        assert copied(app).startswith("https://dogwatch.nordwind.example/invite/")
        await app.tap(key="reveal-done")
        body = written(app, "POST")[0][1]
        assert (body["role"], body["team_ids"], body["language"]) == ("responder", ["t-pay"], "en")


async def test_an_invitation_is_sent_again_and_withdrawn() -> None:
    async with administrator("/configure/invitations/v-wei") as app:
        assert not app.find(ft.IconButton, key="copy-invitation"), "an expired link is worth nothing"
        await app.tap(key="resend")
        await app.tap(key="resend-yes")
        await app.until(lambda: app.says("There is a new link."))
        await app.until(lambda: app.find(ft.IconButton, key="copy-invitation"))
        await app.tap(key="remove")
        await app.tap(key="remove-yes")
        await app.until(lambda: app.state.place.route == "/configure/invitations")
        await app.until(lambda: app.says("Withdrawn"))
        assert written(app, "DELETE")[0][0] == routes.INVITATION.format(invitation_id="v-wei")


async def test_what_is_wrong_in_a_table_stands_at_its_line() -> None:
    async with administrator("/configure/invitations/table") as app:
        table = "name,email,role,teams\nLea,lea@x.example,viewer,\nTim,tim at x,owner,Nowhere\n"
        accounts = app.api.console.accounts
        accounts.flaws = [
            FieldProblem(field="rows[1].email", code="not_an_email", message="", args={"line": 3}),
            FieldProblem(field="rows[1].teams", code="unknown", message="", args={"line": 3}),
        ]
        await app.type("table", table)
        await app.tap(key="send-table")
        await app.until(lambda: app.says("Nobody was invited: 1 line has to be put right."))
        assert app.says("Line 3")
        assert app.says("Tim,tim at x,owner,Nowhere")
        assert app.says("Email address: This is no email address.")
        assert not app.says("Line 2")
        accounts.flaws = []
        await app.type("table", table.replace("tim at x", "tim@x.example"))
        await app.tap(key="send-table")
        await app.until(lambda: app.says("2 invitations are made."))
        await app.tap(key="copy-links")
        await app.until(lambda: app.says("Copied"))
        assert copied(app).splitlines()[1].startswith("tim@x.example\thttps://")
        bodies = [body for path, body in written(app, "POST") if path == routes.INVITATIONS_CSV]
        assert len(bodies) == 2


async def test_a_table_that_is_none_is_refused_as_a_whole() -> None:
    async with administrator("/configure/invitations/table") as app:
        app.api.console.accounts.flaws = [FieldProblem(field="csv", code="no_header", message="", args={})]
        await app.type("table", "lea@x.example")
        await app.tap(key="send-table")
        await app.until(lambda: app.says("The first line must be the header: name,email,role,teams."))


def test_a_spreadsheets_old_code_page_is_read_in_the_readers_language() -> None:
    assert text_of("name\n李雷".encode(), "en") == "name\n李雷"
    assert text_of("\ufeffname".encode(), "en") == "name"
    assert text_of("李雷".encode("gb18030"), "zh") == "李雷"
    assert text_of("Jürgen".encode("cp1252"), "en") == "Jürgen"


def test_lines_are_told_in_order_and_a_newer_servers_refusal_loses_none() -> None:
    problems = (
        FieldProblem(field="rows[2].role", code="unknown", message="", args={"line": 4}),
        FieldProblem(field="rows[0].email", code="twice", message="", args={"line": 2}),
        FieldProblem(field="rows[0].teams", code="unknown", message="", args={"line": 2}),
        FieldProblem(field="rows[9].email", code="twice", message="", args={"line": 11}),
        FieldProblem(field="csv", code="empty", message=""),
    )
    found = wrong_lines("head\none\ntwo\nthree", problems)
    assert [(each.number, each.text, len(each.problems)) for each in found] == [
        (2, "one", 2),
        (4, "three", 1),
        (11, "", 1),
    ]


# Teams, roles, keys


async def test_a_member_becomes_manager_of_the_team_and_no_more() -> None:
    async with administrator("/configure/teams/t-pay") as app:
        await app.until(lambda: app.find(ft.IconButton, key="manager-u-bo"))
        await app.tap(key="manager-u-bo")
        await app.until(lambda: app.says("Bo Lindqvist manages the team no more"))
        assert written(app, "POST")[0][1] == {"user_id": "u-bo", "is_manager": True}
        await app.tap(key="manager-u-bo")
        await app.until(lambda: app.says("Make Bo Lindqvist a manager of the team"))


async def test_a_team_that_is_needed_says_by_what() -> None:
    async with administrator("/configure/teams/t-pay") as app:
        args = {"kind": "service", "id": "svc-checkout", "name": "checkout-api"}
        problem = FieldProblem(field="", code="in_use", message="", args=args)
        app.api.refuse_with(f"{routes.TEAMS}/t-pay", 409, "in_use", problem, method="DELETE")
        await app.tap(key="remove")
        await app.tap(key="remove-yes")
        await app.until(lambda: app.says("Still needed by: checkout-api (service)."))


async def test_a_service_that_is_needed_says_by_what_before_and_after() -> None:
    async with administrator("/configure/services/svc-checkout") as app:
        await app.tap(key="remove")
        await app.until(lambda: app.says("Grafana eu-west still sends to it: remove this integration first"))
        assert not app.says("page nobody any more")
        await app.tap(key="remove-yes")
        await app.until(lambda: app.says("Still needed by: Grafana eu-west (integration)."))


async def test_roles_of_accounts_are_read_and_own_sets_are_made() -> None:
    async with administrator("/configure/roles/manager") as app:
        assert app.says("Manager")
        assert app.says("set up services and policies")
        assert not app.find(ft.IconButton, key="remove")
        assert not app.says("You can read this."), "an administrator's role is not what is missing"
        await app.goto("/configure/roles/new")
        await app.until(lambda: app.find(ft.TextField, key="field-name"))
        await app.type("field-name", "Status editors")
        await app.tap(key="field-permissions-incidents:act")
        assert app.says("May: read and act on incidents.")
        await app.tap(key="save")
        await app.until(lambda: written(app, "POST"))
        sent = written(app, "POST")[0][1]
        assert sent == {"name": "Status editors", "description": "", "permissions": ["read", "incidents:act"]}


async def test_a_key_is_shown_once_and_revoked() -> None:
    async with administrator("/configure/api-keys/new") as app:
        await app.type("field-name", "backup")
        await app.tap(key="field-expires_at")
        await app.tap(key="option-30")
        await app.tap(key="save")
        await app.until(lambda: app.find(ft.IconButton, key="copy-reveal"))
        await app.tap(key="copy-reveal")
        await app.until(lambda: app.says("Copied"))
        assert copied(app) == "dwk.NEWKEY-shown-once"
        await app.tap(key="reveal-done")
        sent = written(app, "POST")[0][1]
        assert sent["scopes"] == ["read"]
        assert sent["expires_at"] == (NOW + timedelta(days=30)).isoformat().replace("+00:00", "Z")
        await app.goto("/configure/api-keys/k-tf")
        await app.settle(0.1)
        assert "dwk.NEWKEY-shown-once" not in app.texts()
        await app.tap(key="remove")
        await app.tap(key="remove-yes")
        await app.until(lambda: app.state.place.route == "/configure/api-keys")
        assert written(app, "DELETE")[0][0] == routes.API_KEY.format(api_key_id="k-tf")


async def test_a_key_is_offered_no_more_than_its_maker_may() -> None:
    async with administrator("/configure/api-keys/new", role="responder") as app:
        assert app.find(ft.TextButton, key="field-scopes-incidents:act")
        assert not app.find(ft.TextButton, key="field-scopes-people:edit")
