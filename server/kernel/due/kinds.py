"""What may be due: its name and whose work goes first, said once where the kind is declared."""

from server.kernel.database import Priority


class Kind(str):
    """The name of what is due. It is armed and bound as itself, so both agree on its priority."""

    __slots__ = ("priority",)
    priority: Priority

    def __new__(cls, name: str, priority: Priority) -> "Kind":
        made = super().__new__(cls, name)
        made.priority = priority
        return made
