"""People: who they are to the account."""

from typing import Any, ClassVar, Literal

from phone.base.i18n import LANGUAGES
from phone.console.form.kind import PEOPLE_EDIT, Draft, Health, Kind, Known, Section
from phone.kit.form_field import Field, Option
from shared.wire import routes
from shared.wire.people import User

ROLES = ("admin", "manager", "responder", "viewer")


class People(Kind[User]):
    """Name and role can be changed here; who somebody is to a team stands with the team."""

    slug: ClassVar[str] = "people"
    audited_as: ClassVar[str] = "user"
    list_path: ClassVar[str] = routes.USERS
    item_path: ClassVar[str] = routes.USER
    permission: ClassVar[str] = PEOPLE_EDIT
    makes: ClassVar[str] = "invitations"
    needs: ClassVar[tuple[str, ...]] = ("teams", "roles", "services", "schedules", "policies")
    can_make: ClassVar[bool] = False
    can_remove: ClassVar[bool] = False
    method: ClassVar[Literal["PUT", "PATCH"]] = "PATCH"
    item = User

    def summary(self, known: Known, item: User) -> str:
        return f"{known.words(f'role.{item.role}')} · {item.email}"

    def health(self, known: Known, item: User) -> Health | None:
        if item.deactivated_at is not None:
            return Health("quiet", known.words("health.deactivated"))
        return Health("quiet", known.words("health.you")) if item.id == known.me.id else None

    def order(self, item: User) -> Any:
        return (item.deactivated_at is not None, item.name.casefold())

    def team_of(self, known: Known, item: User) -> str | None:
        return None

    def is_allowed(self, known: Known, item: User | None) -> bool:
        above = item is not None and item.role == "owner" and known.me.role != "owner"
        return super().is_allowed(known, item) and not above

    def blank(self, known: Known) -> Draft:
        del known
        return {}

    def sections(self, known: Known, draft: Draft, item: User | None) -> list[Section]:
        words = known.words
        return [
            Section(
                title=words("section.person"),
                fields=(
                    Field(path="name", label=words("field.name"), hint=words("hint.person"), required=True, half=True),
                    Field(
                        path="role",
                        label=words("field.role"),
                        form="choice",
                        options=role_options(known, item),
                        required=True,
                        fixed=item is not None and item.role == "owner" and known.me.role != "owner",
                        half=True,
                    ),
                    language_field(known, help=words("help.person_language")),
                    Field(
                        path="time_zone",
                        label=words("field.time_zone"),
                        hint="Europe/Berlin",
                        help=words("help.time_zone"),
                        required=True,
                        half=True,
                    ),
                ),
            )
        ]

    def effect(self, known: Known, draft: Draft) -> list[str]:
        return [known.words(f"role_about.{draft['role']}")]


def role_options(known: Known, item: User | None) -> tuple[Option, ...]:
    """The roles to choose from, each with what it may do."""
    names = ("owner", *ROLES) if known.me.role == "owner" or (item is not None and item.role == "owner") else ROLES
    return tuple(
        Option(value=name, label=known.words(f"role.{name}"), about=known.words(f"role_about.{name}")) for name in names
    )


def language_field(known: Known, *, help: str) -> Field:
    """The language in which somebody is written to."""
    options = tuple(Option(value=each, label=known.words(f"language.{each}")) for each in LANGUAGES)
    return Field(
        path="language",
        label=known.words("field.language"),
        form="choice",
        help=help,
        options=options,
        required=True,
        half=True,
    )
