"""Lists as CSV tables (RFC 4180) with the columns user, list, uri and name."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from xcap.exchange.record import Record, record

if TYPE_CHECKING:
    import _csv

COLUMNS: Final = ("user", "list", "uri", "name")
# What spreadsheets and other programs call them.
_SYNONYMS: Final[Mapping[str, str]] = {
    **{name: name for name in COLUMNS},
    **dict.fromkeys(("owner", "subscriber"), "user"),
    **dict.fromkeys(("group", "list name"), "list"),
    **dict.fromkeys(("sip", "sip uri", "address", "sip address"), "uri"),
    **dict.fromkeys(("display name", "display-name", "displayname", "full name"), "name"),
}


class NotATable(ValueError):
    """The text has no usable first line; says what is missing."""


def read(text: str, user: str = "", list_name: str = "") -> Iterator[Record]:
    """Records of a table; what a line leaves empty is `user` and `list_name`.

    The first line names the columns; comma, semicolon or tab separate them. Raises NotATable.
    """
    text = text.removeprefix("\ufeff")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        yield from _records(rows, user, list_name)
    except csv.Error as error:
        raise NotATable(f"line {rows.line_num}: {error}") from error


def _records(rows: "_csv.Reader", user: str, list_name: str) -> Iterator[Record]:
    columns = _columns(next(rows, []))
    start = rows.line_num + 1
    for row in rows:
        if any(cell.strip() for cell in row):
            cells = dict(zip(columns, row, strict=False))
            owner, name = cells.get("user", "").strip() or user, cells.get("list", "").strip() or list_name
            yield record(owner, name, cells.get("uri", ""), cells.get("name", ""), start)
        start = rows.line_num + 1


def _delimiter(text: str) -> str:
    first = text.lstrip("\r\n").partition("\n")[0]
    return max(",;\t", key=first.count)


def _columns(header: list[str]) -> list[str]:
    columns = [_SYNONYMS.get(cell.strip().lower(), "") for cell in header]
    if "uri" not in columns:
        raise NotATable(f"the first line has to name the columns, uri among them: {', '.join(COLUMNS)}")
    for name in COLUMNS:
        if columns.count(name) > 1:
            raise NotATable(f"the column {name} stands there twice")
    return columns


def write(records: Iterable[Record]) -> Iterator[str]:
    """The lines of a table, the first one with the names of the columns."""
    yield _line(COLUMNS)
    for each in records:
        yield _line((each.user, each.list_name, each.uri, each.display_name))


def _line(cells: Iterable[str]) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()
