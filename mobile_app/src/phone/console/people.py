"""People: who they are to the account."""

from typing import Any, ClassVar

from phone.console.kind import PEOPLE_EDIT, Draft, Field, Health, Kind, Known, Option, Section
from shared.wire import routes
from shared.wire.people import User

ROLES = ("admin", "manager", "responder", "viewer")


class People(Kind[User]):
    """New ones are invited; who leaves is deactivated, and their shifts are named."""

    slug: ClassVar[str] = "people"
    audited_as: ClassVar[str] = "user"
    list_path: ClassVar[str] = routes.USERS
    item_path: ClassVar[str] = f"{routes.USERS}/{{id}}"
    permission: ClassVar[str] = PEOPLE_EDIT
    needs: ClassVar[tuple[str, ...]] = ("teams",)
    can_remove: ClassVar[bool] = False
    item = User

    def summary(self, known: Known, item: User) -> str:
        return f"{known.words(f'role.{item.role}')} · {item.email}"

    def health(self, known: Known, item: User) -> Health | None:
        if item.deactivated_at is not None:
            return Health("quiet", known.words("health.deactivated"))
        return Health("quiet", known.words("health.you")) if item.id == known.me.id else None

    def team_of(self, item: User) -> str | None:
        return None

    def blank(self, known: Known) -> Draft:
        del known
        return {"email": "", "name": "", "role": "responder", "team_ids": [], "language": "en"}

    def sections(self, known: Known, draft: Draft, item: User | None) -> list[Section]:
        words = known.words
        role = Field(
            path="role",
            label=words("field.role"),
            form="choice",
            options=role_options(known, item),
            required=True,
            fixed=item is not None and item.role == "owner",
        )
        name = Field(path="name", label=words("field.name"), hint=words("hint.person"), required=True)
        if item is not None:
            return [Section(title=words("section.person"), fields=(name, role))]
        return [
            Section(
                title=words("section.invitation"),
                help=words("help.invitation"),
                fields=(
                    Field(path="email", label=words("field.email"), hint="ana@example.com", required=True),
                    name,
                    role,
                    Field(path="team_ids", label=words("field.teams"), form="checks", options=known.options("teams")),
                ),
            )
        ]

    def body(self, known: Known, draft: Draft, item: User | None) -> dict[str, Any]:
        sent = super().body(known, draft, item)
        return sent if item is None else {name: sent[name] for name in ("name", "role") if name in sent}

    def effect(self, known: Known, draft: Draft) -> list[str]:
        return [known.words(f"role_about.{draft['role']}")]


def role_options(known: Known, item: User | None) -> tuple[Option, ...]:
    """The roles to choose from, each with what it may do."""
    names = ("owner", *ROLES) if item is not None and item.role == "owner" else ROLES
    return tuple(
        Option(value=name, label=known.words(f"role.{name}"), about=known.words(f"role_about.{name}")) for name in names
    )
