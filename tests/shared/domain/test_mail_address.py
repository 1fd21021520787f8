"""What counts as a mail address."""

import pytest

from shared.domain.mail_address import inbox_of, is_mail_address

GOOD = (
    "ana@example.com",
    " Ana.Ruiz+pager@mail.example.co.uk ",
    "root@localhost",
    "o'neil_x@my_host",
    "josé@münchen.example",
    "小明@例子.中国",
    "हिन्दी@उदाहरण.भारत",
    "a" * 64 + "@example.com",
)
BAD = (
    "",
    "@",
    "ana",
    "ana@",
    "@example.com",
    "x、y",
    "a@x、y",
    "a@example.com、b@example.com",
    "a@example.com，b",
    "a@example。com",
    "a@b；c",
    "a@b@c.com",
    "a b@example.com",
    "a\u200b@example.com",
    "a@exam\u202eple.com",
    "a\x00@example.com",
    "a@example..com",
    ".a@example.com",
    "a.@example.com",
    "a..b@example.com",
    "a@-example.com",
    "a@example-.com",
    "a@example.com.",
    "<a@example.com>",
    "a@[127.0.0.1]",
    "😀@example.com",
    "a@😀.com",
    "\ud800@example.com",
    "a" * 65 + "@example.com",
    "a@" + "b" * 64 + ".com",
    "a@" + ".".join(["b" * 50] * 5) + ".com",
)


@pytest.mark.parametrize("text", GOOD)
def test_these_are(text: str) -> None:
    assert is_mail_address(text)


@pytest.mark.parametrize("text", BAD)
def test_these_are_none(text: str) -> None:
    assert not is_mail_address(text)


@pytest.mark.parametrize(
    ("address", "inbox"),
    [
        ("Vera@Example.com", "vera@example.com"),
        ("vera+news+2@example.com", "vera@example.com"),
        ("+news@example.com", "+news@example.com"),
        (" vera@example.com ", "vera@example.com"),
    ],
)
def test_an_inbox_is_what_stands_before_the_plus(address: str, inbox: str) -> None:
    assert inbox_of(address) == inbox
