"""People: who they are to the account."""

from typing import Any, ClassVar, Final, Literal

from phone.base.i18n import LANGUAGES
from phone.base.places import Place, place
from phone.console.form.kind import PEOPLE_EDIT, Bound, Draft, Health, Kind, Known, Section, name_field
from phone.kit.form_field import Option
from shared.wire import routes
from shared.wire.people import User, UserChange

ROLES = ("admin", "manager", "responder", "viewer")


NAME: Final = place(UserChange, lambda person: person.name)
ROLE: Final = place(UserChange, lambda person: person.role)
LANGUAGE: Final = place(UserChange, lambda person: person.language)
ZONE: Final = place(UserChange, lambda person: person.time_zone)


class People(Kind[User, UserChange]):
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
    input = UserChange

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

    def sections(self, known: Known, draft: UserChange, item: User | None) -> list[Section[UserChange]]:
        words = known.words
        return [
            Section(
                title=words("section.person"),
                fields=(
                    name_field(known, NAME, hint=words("hint.person")),
                    Bound(
                        at=ROLE,
                        label=words("field.role"),
                        form="choice",
                        options=role_options(known, item),
                        required=True,
                        fixed=item is not None and item.role == "owner" and known.me.role != "owner",
                        half=True,
                    ),
                    language_field(known, LANGUAGE, help=words("help.person_language")),
                    Bound(
                        at=ZONE,
                        label=words("field.time_zone"),
                        hint="Europe/Berlin",
                        help=words("help.time_zone"),
                        required=True,
                        half=True,
                    ),
                ),
            )
        ]

    def effect(self, known: Known, draft: UserChange) -> list[str]:
        return [known.words(f"role_about.{draft.role}")]


def role_options(known: Known, item: User | None) -> tuple[Option, ...]:
    """The roles to choose from, each with what it may do."""
    names = ("owner", *ROLES) if known.me.role == "owner" or (item is not None and item.role == "owner") else ROLES
    return tuple(
        Option(value=name, label=known.words(f"role.{name}"), about=known.words(f"role_about.{name}")) for name in names
    )


def language_field(known: Known, at: Place[Draft, Any], *, help: str) -> Bound[Draft]:
    """The language in which somebody is written to."""
    options = tuple(Option(value=each, label=known.words(f"language.{each}")) for each in LANGUAGES)
    return Bound(
        at=at,
        label=known.words("field.language"),
        form="choice",
        help=help,
        options=options,
        required=True,
        half=True,
    )
