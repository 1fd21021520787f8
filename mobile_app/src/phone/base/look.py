"""How the app looks to this reader: theme, language, size of the window."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Final, Literal, cast, get_args

import flet as ft

from phone.base.device.habits import Habits
from phone.base.device.store import Store
from phone.base.drafts import Drafts
from phone.base.hues import Hue, hue
from phone.base.i18n import Words
from phone.base.letters import Letters
from phone.base.link import Link
from phone.base.moments import zone_of
from phone.base.people import Reader
from phone.base.theme import PALETTES, SPLIT_AT, TEXT_SIZES, WIDE_AT, Brightness, Palette
from shared.wire.sessions import Language, Me, MeChange

ThemeChoice = Literal["system", "light", "dark"]
ZONE: Final = "zone"
"""What `connection.js` and `offline.js` show times in, while the app can't be asked."""
UNTOLD: Final = 1
"""The revision of an account that nobody has told its language and zone."""
THEMES: Final[tuple[ThemeChoice, ...]] = get_args(ThemeChoice)


class Hands:
    """Whether a text field has the keyboard: a letter is a letter then, and no shortcut.

    A field that goes away with its screen doesn't say that it lost it.
    """

    def __init__(self) -> None:
        self.writing = False

    def write(self, writing: bool) -> None:
        """A field got or lost the keyboard."""
        self.writing = writing


class Look(ft.Observable):
    """The theme is the device's choice; language and zone are the device's habits until a person signs in.

    `chosen` is the language that somebody chose here before they signed in; `loads` counts how often a browser took up
    what is drawn, from the top of every list. `numbers` say which colour each colleague has.
    """

    def __init__(
        self,
        preferences: Store,
        *,
        brightness: Brightness,
        habits: Habits,
        width: float,
        drafts: Drafts,
        letters: Letters,
    ) -> None:
        self._preferences = preferences
        self.system: Brightness = brightness
        self.theme: ThemeChoice = "system"
        self.text_size = 100
        self.habits = habits
        self.language: Language = habits.language or "en"
        self.chosen: Language | None = None
        self.zone_name = habits.home or "UTC"
        self.person = ""
        self.name = ""
        self.width = width
        self.loads = 0
        self.numbers: Mapping[str, int] = {}
        self.hands = Hands()
        self.link = Link()
        self.drafts = drafts
        self.letters = letters
        self._heard = self._speak
        self.subscribe(self._heard)
        self._speak(self, "language")

    def _speak(self, _: object, field: str | None) -> None:
        """Have the letters of the language that is spoken from now on."""
        if field == "language":
            self.letters.meet(self.words("sign_in.submit").encode())

    @property
    def brightness(self) -> Brightness:
        """The brightness that is drawn."""
        return self.system if self.theme == "system" else self.theme

    @property
    def hues(self) -> Mapping[str, Hue]:
        """The colours of colleagues, by their ids."""
        return {user_id: hue(self.brightness, number) for user_id, number in self.numbers.items()}

    def hue_of(self, user_id: str | None) -> Hue | None:
        """The colour of one of them, where they have one."""
        number = self.numbers.get(user_id or "")
        return hue(self.brightness, number) if number is not None else None

    @property
    def palette(self) -> Palette:
        """The colours that are drawn."""
        return PALETTES[self.brightness]

    @property
    def is_split(self) -> bool:
        """Whether list and detail stand side by side."""
        return self.width >= SPLIT_AT

    @property
    def is_wide(self) -> bool:
        """Whether a third column fits beside list and form."""
        return self.width >= WIDE_AT

    @property
    def words(self) -> Words:
        """The reader's catalogue."""
        return Words(self.language)

    @property
    def zone(self) -> tzinfo:
        """The reader's zone."""
        return zone_of(self.zone_name)

    @property
    def reader(self) -> Reader:
        """For whom sentences are made."""
        return Reader(self.words, self.zone, self.person, self.name)

    async def load(self) -> None:
        """Take up the kept choices."""
        theme = await self._preferences.get("theme")
        if theme in THEMES:
            self.theme = theme
        size = await self._preferences.get("text_size")
        if size is not None and size in map(str, TEXT_SIZES):
            self.text_size = int(size)
        language = await self._preferences.get("language")
        if language in get_args(Language):
            self.language = cast(Language, language)

    async def choose_text_size(self, percent: int) -> None:
        """Draw texts in this size on this device."""
        self.text_size = percent
        await self._preferences.set("text_size", str(percent))

    async def choose_theme(self, theme: ThemeChoice) -> None:
        """Draw in this theme from now on."""
        self.theme = theme
        await self._preferences.set("theme", theme)

    async def choose_language(self, language: Language) -> None:
        """Speak this language on this device, also before anybody signs in."""
        self.language = language
        self.chosen = None if self.person else language
        await self._preferences.set("language", language)

    def belong_to(self, me: Me) -> None:
        """Use the person's language and zone."""
        self.language, self.zone_name = me.language, me.time_zone
        self.person, self.name = me.id, me.name
        self.chosen = None

    async def keep_habits(self) -> None:
        """Greet the next one who signs in here, and say that the line is lost, as this one reads and counts hours."""
        await self._preferences.set("language", self.language)
        await self._preferences.set(ZONE, self.zone_name)

    async def forget_zone(self) -> None:
        """It is the person's, and they sign out."""
        await self._preferences.remove(ZONE)

    def part(self) -> None:
        """Nobody is signed in any more."""
        self.person = self.name = ""

    def wishes(self, me: Me, *, is_new_here: bool) -> MeChange:
        """What this device knows better than an account that nobody told: a choice made here before signing in, and
        for a person who was never here before the language and zone, which the account then keeps on every device.
        """
        language = self.chosen if self.chosen != me.language else None
        if not is_new_here or me.rev != UNTOLD:
            return MeChange(language=language)
        if me.language == "en":
            language = self.chosen or self.habits.language
        return MeChange(language=language, time_zone=self.habits.home if me.time_zone == "UTC" else None)
