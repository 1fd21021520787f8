"""How Chinese is set beside other scripts."""

import re
from typing import Final

_TOUCHING: Final = re.compile("[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]")


def needs_space(before: str, after: str) -> bool:
    """Whether a Latin word or a number touches Chinese where these two texts meet."""
    return _TOUCHING.fullmatch(before[-1:] + after[:1]) is not None
