"""Makes the app's font files from Debian's fonts-inter and fonts-noto-cjk: run it, commit what it writes."""

import argparse
from pathlib import Path
from typing import Any

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

INTER = Path("/usr/share/fonts/opentype/inter")
NOTO = Path("/usr/share/fonts/opentype/noto")
TARGET = Path(__file__).parent / "src" / "assets" / "fonts"
SIMPLIFIED_CHINESE = 2

LATIN_FILES = {
    "Inter-Regular.otf": (INTER / "Inter-Regular.otf", True),
    "Inter-SemiBold.otf": (INTER / "Inter-SemiBold.otf", True),
    "InterDisplay-SemiBold.otf": (INTER / "InterDisplay-SemiBold.otf", False),
}
CHINESE_FILES = {
    "NotoSansSC-Regular.otf": NOTO / "NotoSansCJK-Regular.ttc",
    "NotoSansSC-Bold.otf": NOTO / "NotoSansCJK-Bold.ttc",
}
CHOICE = "中文"
"""What stands on the way to Chinese, for readers who have not chosen it."""
LICENCES = {
    "OFL-Inter.txt": Path("/usr/share/doc/fonts-inter/copyright"),
    "OFL-NotoSansSC.txt": Path("/usr/share/doc/fonts-noto-cjk/copyright"),
}


def latin() -> set[int]:
    """Latin, Greek and Cyrillic as people's names need them, punctuation, arrows, currency."""
    blocks = ((0x20, 0x17F), (0x370, 0x52F), (0x2000, 0x206F), (0x20A0, 0x20BF), (0x2190, 0x2199))
    single = {0x218, 0x219, 0x21A, 0x21B, 0x2022, 0x2116, 0x2122, 0x2212, 0x2248, 0x2260, 0x2264, 0x2265}
    return single | {code for start, end in blocks for code in range(start, end + 1)}


def gb2312() -> set[int]:
    """Every character of GB 2312, which covers simplified Chinese as it is written every day."""
    found: set[int] = set()
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes((row, cell)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return found


def make_digits_tabular(font: Any) -> None:
    """Point 0-9 at the glyphs of `tnum`: a text style can't ask for a font feature."""
    substitutions: dict[str, str] = {}
    table = font["GSUB"].table
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag == "tnum":
            for index in record.Feature.LookupListIndex:
                for subtable in table.LookupList.Lookup[index].SubTable:
                    substitutions.update(getattr(subtable, "ExtSubTable", subtable).mapping)
    for cmap in font["cmap"].tables:
        if cmap.isUnicode():
            for code in range(ord("0"), ord("9") + 1):
                cmap.cmap[code] = substitutions.get(cmap.cmap[code], cmap.cmap[code])


def subset(font: Any, codes: set[int], target: Path, features: list[str]) -> None:
    """Keep `codes` and `features` of the font, drop its hints, and write it."""
    options = Options()
    options.layout_features = features
    options.hinting = False
    options.desubroutinize = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    subsetter: Any = Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    font.save(target)


def is_stanza(lines: list[str], index: int) -> bool:
    """Whether the licence's own text starts here, not a file's mention of it."""
    return lines[index] in ("License: OFL-1.1", "License: SIL-1.1") and lines[index + 1].startswith(" ")


def licence(copyright_file: Path) -> str:
    """Copyright line and Open Font License from a Debian package's copyright file."""
    lines = copyright_file.read_text(encoding="utf-8").splitlines()
    holder = next(line for line in lines if line.startswith("Copyright:"))
    start = next(i for i in range(len(lines)) if is_stanza(lines, i))
    text = [holder, "", "SIL OPEN FONT LICENSE Version 1.1 - 26 February 2007", ""]
    for line in lines[start + 1 :]:
        if line and not line.startswith(" "):
            break
        if "---" not in line and "26 February 2007" not in line:
            text.append("" if line.strip() == "." else line.strip())
    return "\n".join(text).rstrip() + "\n"


def main() -> None:
    """Write fonts and licence texts into the assets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--target", type=Path, default=TARGET)
    target: Path = parser.parse_args().target
    target.mkdir(parents=True, exist_ok=True)
    for name, (source, tabular) in LATIN_FILES.items():
        font = TTFont(source)
        if tabular:
            make_digits_tabular(font)
        subset(font, latin(), target / name, ["kern", "ccmp", "locl", "mark", "mkmk", "case"])
    for name, collection in CHINESE_FILES.items():
        font = TTFont(collection, fontNumber=SIMPLIFIED_CHINESE)
        subset(font, gb2312() | set(range(0x3000, 0x3020)) | set(range(0xFF01, 0xFF60)), target / name, [])
        subset(TTFont(target / name), set(map(ord, CHOICE)), target / name.replace("SC-", "SC-Choice-"), [])
    for name, source in LICENCES.items():
        (target / name).write_text(licence(source), encoding="utf-8")


if __name__ == "__main__":
    main()
