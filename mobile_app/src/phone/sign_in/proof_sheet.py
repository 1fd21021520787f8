"""A sheet that asks for the password once more, and for the code where there is a second factor."""

import flet as ft

from phone.base import problems
from phone.base.look import Look
from phone.kit.controls import filled, quiet
from phone.kit.fields import Entry, field
from phone.kit.hooks import kept
from phone.kit.text import text
from phone.sign_in.proof import Proof


@ft.component
def ProofForm(proof: Proof, look: Look) -> ft.Control:
    """What the reader signs in with."""
    draft = kept({"password": "", "code": ""})
    words = look.words
    said = problems.problem(words, proof.error) if proof.error is not None else None

    async def send() -> None:
        await proof.give(draft["password"], draft["code"])

    password = field(
        look,
        words("sign_in.password"),
        draft["password"],
        lambda value: draft.__setitem__("password", value),
        submit=send,
        error=None if proof.asks_code else said,
        entry=Entry(secret=True, fills=(ft.AutofillHint.PASSWORD,)),
        key="prove-password",
    )
    code = field(
        look,
        words("security.code"),
        draft["code"],
        lambda value: draft.__setitem__("code", value),
        submit=send,
        error=said,
        entry=Entry(keyboard=ft.KeyboardType.NUMBER, fills=(ft.AutofillHint.ONE_TIME_CODE,)),
        key="prove-code",
    )
    return ft.Column(
        [
            text(words("prove.lead"), "body", look.palette.muted),
            password,
            *([code] if proof.asks_code else []),
            filled(look, words("security.next"), send, key="prove-send"),
            quiet(look, words("cancel"), proof.close, key="prove-cancel"),
        ],
        spacing=16,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
