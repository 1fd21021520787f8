"""Text that people search for, as LIKE takes it."""


def containing(text: str) -> str:
    """A pattern for `LOWER(column) LIKE :pattern ESCAPE '!'`: the text anywhere, word for word."""
    literal = text.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"%{literal}%"
