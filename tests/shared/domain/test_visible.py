"""Words that people write: what can't be seen goes, what spelling and emoji need stays."""

import pytest

from shared.domain.visible import in_lines, one_line

GONE = {
    "An\u200ba": "Ana",
    "An\u00ada": "Ana",
    "\u3164": "",
    "\u2800\u2800": "",
    "A\u2800B": "A B",
    "Ana\U000e0041\U000e0064": "Ana",
    "A\ufe0fna\ufe01": "Ana",
    "Ana\U000e0100": "Ana",
    "A\u200dna\u200c": "Ana",
    "\u200d\u200c": "",
    "\uffa0\u115f\u1160": "",
    "a\u2060b\u2064c\u206ad": "abcd",
    "\u180eab\ufff9c": "abc",
    "admin\u034f": "admin",
    "  two blanks  ": "two blanks",
    "\u00a0\u3000\u2003": "",
    "👍\u200d\u200d\u200d👍": "👍\u200d👍",
    "🏴\U000e0067\U000e007f": "🏴",
    "\U000e0067\U000e0062\U000e007f": "",
}
STAYS = (
    "👩\u200d🚒 Nora",
    "👩🏽\u200d💻",
    "🏳\ufe0f\u200d🌈",
    "❤\ufe0f\u200d🔥",
    "🙂\u200d↔\ufe0f",
    "🧑\u200d⚕\ufe0f",
    "1\ufe0f\u20e3 first",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "می\u200cخواهم",
    "ක්\u200dරම",
    "ന്\u200d",
    "क\u094d\u200dष",
    "ক\u09cd\u200cষ",
    "葛\U000e0100城",
    "値\ufe00",
    "ᠮᠣᠩᠭᠣᠯ\u180b",
    "值班 – é ñ Ω שלום مرحبا",
    "e\u0301",
    "①☎\ufe0e",
)


@pytest.mark.parametrize("given", GONE)
def test_what_shows_nothing_is_taken_out(given: str) -> None:
    assert one_line(given) == GONE[given]
    assert one_line(GONE[given]) == GONE[given], "once is enough"


@pytest.mark.parametrize("given", STAYS)
def test_what_spelling_and_emoji_need_stays(given: str) -> None:
    assert one_line(given) == given
    assert in_lines(f"{given}\n\t{given}\n") == f"{given}\n\t{given}\n"


def test_lines_stay_lines_and_nothing_else_moves_a_cursor() -> None:
    given = "one\r\ntwo\rthree\u2028four\x85five\x0csix\tseven\n\n  eight\x07\x1b[31mred\x1b[0m \u202eturned\u202c"
    assert in_lines(given) == "one\ntwo\nthree\nfour\nfive\nsix\tseven\n\n  eightred turned"
    assert one_line(given) == "one two three four five six seven   eight red turned"
    assert in_lines("\x9b31m\x00") == "31m\x00", "NUL is refused elsewhere, by name"
