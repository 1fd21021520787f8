"""What counts as a mail address, wherever somebody enters one."""

import unicodedata

LONGEST = 254
LONGEST_NAME = 64
LONGEST_LABEL = 63
_IN_NAMES = frozenset("!#$%&'*+-/=?^_`{|}~.")


def is_mail_address(text: str) -> bool:
    """A dot-atom and a host, as RFC 5321 and 6531 have them without quotes and addresses in numbers.

    Blanks around it don't count. Letters of every script may stand in it, separators, signs and what can't be seen may
    not: two addresses that run together are none.
    """
    text = text.strip()
    name, _, host = text.rpartition("@")
    return len(text) <= LONGEST and _is_name(name) and _is_host(host)


def inbox_of(address: str) -> str:
    """Whose inbox it probably is: what stands behind a plus, and capitals, lead to the same one nearly everywhere."""
    name, _, host = address.strip().lower().rpartition("@")
    return f"{name.partition('+')[0] or name}@{host}"


def _is_name(name: str) -> bool:
    if not 1 <= len(name.encode("utf-8", "replace")) <= LONGEST_NAME or not all(name.split(".")):
        return False
    return all(char in _IN_NAMES if char.isascii() and not char.isalnum() else _is_letter(char) for char in name)


def _is_host(host: str) -> bool:
    return all(_is_label(label) for label in host.split("."))


def _is_label(label: str) -> bool:
    if not 1 <= len(label) <= LONGEST_LABEL or label[0] == "-" or label[-1] == "-":
        return False
    return all(char in "-_" or _is_letter(char) for char in label)


def _is_letter(char: str) -> bool:
    """A letter, a digit or a mark on one."""
    return unicodedata.category(char)[0] in "LM" or unicodedata.category(char) == "Nd"
