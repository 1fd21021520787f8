"""Ways in: a second factor, an invitation, a forgotten password, a pairing code; refusals in words."""

import flet as ft

from shared.wire import routes
from tests.kit.fake_api import PASSWORD, FakeApi
from tests.kit.fake_me import RIGHT_CODE
from tests.kit.headless_app import HeadlessApp


async def sign_in(app: HeadlessApp) -> None:
    await app.type("email", "responder@example.com")
    await app.type("password", PASSWORD)
    await app.tap(key="sign-in")


async def test_a_code_is_asked_for_only_when_the_account_has_a_second_factor() -> None:
    api = FakeApi()
    api.phone.me.has_totp = True
    async with HeadlessApp(api, signed_in=False) as app:
        assert not app.find(ft.TextField, key="totp")
        await sign_in(app)
        await app.until(lambda: app.find(ft.TextField, key="totp"))
        assert not app.says("Email and password do not match")
        await app.type("totp", "000000")
        await app.tap(key="sign-in")
        await app.until(lambda: app.says("This code is not the one of this moment."))
        await app.type("totp", RIGHT_CODE)
        await app.tap(key="sign-in")
        await app.until(lambda: app.state.session.phase == "signed_in")


async def test_an_invitation_tells_who_invites_where_and_signs_in() -> None:
    async with HeadlessApp(signed_in=False, route="/invite/tok-good") as app:
        await app.until(lambda: app.says("Ana Ruiz invites you to Payments."))
        assert app.says("nora@nordwind.example")
        await app.type("join-password", "short")
        await app.tap(key="join-send")
        assert app.says("At least 12 characters.")
        await app.type("join-password", "four words are fine")
        await app.tap(key="join-send")
        await app.until(lambda: app.state.session.phase == "signed_in")
        sent = next(body for _, path, body in app.api.phone.me.asked if path == routes.INVITATION_ACCEPT)
        assert (sent["name"], sent["token"]) == ("Nora Falk", "tok-good")


async def test_an_invitation_that_is_over_says_so() -> None:
    async with HeadlessApp(signed_in=False, route="/invite/tok-old") as app:
        await app.until(lambda: app.says("This invitation is over"))
        assert app.says("Ask for a new invitation.")
        await app.tap(key="join-back")
        await app.until(lambda: app.find(ft.TextField, key="email"))


async def test_a_forgotten_password_is_answered_the_same_for_everybody() -> None:
    async with HeadlessApp(signed_in=False) as app:
        await app.tap(key="forgot")
        await app.type("join-email", "somebody@example.com")
        await app.tap(key="join-send")
        await app.until(lambda: app.says("If somebody has this address, a link is on its way."))


async def test_a_mailed_link_sets_a_new_password() -> None:
    async with HeadlessApp(signed_in=False, route="/reset/tok-1") as app:
        await app.type("join-password", "four words are fine")
        await app.tap(key="join-send")
        await app.until(lambda: app.says("The new password is set."))
        assert app.api.phone.me.asked[-1][2] == {"token": "tok-1", "password": "four words are fine"}


async def test_a_pairing_code_signs_the_phone_in_and_a_wrong_one_says_so() -> None:
    async with HeadlessApp(signed_in=False) as app:
        await app.tap(key="pair")
        await app.type("join-code", "0000-0000")
        await app.tap(key="join-send")
        await app.until(lambda: app.says("The code is not right, or over."))
        await app.type("join-code", "7K4M-Q2XD")
        await app.tap(key="join-send")
        await app.until(lambda: app.state.session.phase == "signed_in")


async def test_a_link_opened_while_signed_in_leads_home() -> None:
    async with HeadlessApp(route="/invite/tok-good") as app:
        assert app.says("Incidents")
        assert not app.says("Welcome to Dogwatch")
