"""Tables as spreadsheets and people write them: a header, and lines below it."""

import csv
import io
from collections.abc import Sequence

from server.kernel.errors import Invalid

Cells = dict[str, str]


def read_rows(text: str, field: str = "csv") -> list[list[str]]:
    """With or without a byte order mark, parted by commas, semicolons or tabs, whichever the header has most of.

    Raises Invalid for what no table holds: a quote that stands wrong, a cell of more than 131,072 letters.
    """
    text = text.removeprefix("\ufeff")
    header = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise Invalid.one(field, "not_csv", f"is not a table: {error}") from None


def read_table(text: str, field: str = "csv") -> tuple[Sequence[str], list[tuple[int, Cells]]]:
    """The names in the header, and each line below it with its number; cells that are missing are empty.

    What stands beside the last name is left out, and so are empty lines.
    """
    rows = read_rows(text, field)
    columns = [name.strip() for name in rows[0]] if rows else []
    lines = [
        (number, {name: row[n].strip() if n < len(row) else "" for n, name in enumerate(columns)})
        for number, row in enumerate(rows[1:], 2)
        if any(cell.strip() for cell in row)
    ]
    return columns, lines
