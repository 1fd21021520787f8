"""A sheet that asks for the password once more, and for the code where there is a second factor."""

from typing import Final

import flet as ft

from phone.base import problems
from phone.base.look import Look
from phone.base.places import place
from phone.kit.controls import filled, quiet
from phone.kit.fields import Entry, field
from phone.kit.hooks import draft_of
from phone.kit.text import text
from phone.sign_in.proof import Proof
from shared.wire.sessions import SignInProof

PASSWORD: Final = place(SignInProof, lambda proof: proof.password)
CODE: Final = place(SignInProof, lambda proof: proof.totp)


@ft.component
def ProofForm(proof: Proof, look: Look) -> ft.Control:
    """What the reader signs in with."""
    form = draft_of(SignInProof(password=""))
    words = look.words
    said = problems.problem(words, proof.error) if proof.error is not None else None

    async def send() -> None:
        await proof.give(form.whole)

    password = field(
        look,
        words("sign_in.password"),
        form.whole.password,
        lambda value: form.type(PASSWORD, value),
        submit=send,
        error=None if proof.asks_code else said,
        entry=Entry(secret=True, fills=(ft.AutofillHint.PASSWORD,)),
        key="prove-password",
    )
    code = field(
        look,
        words("security.code"),
        form.whole.totp or "",
        lambda value: form.type(CODE, value),
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
