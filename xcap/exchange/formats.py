"""The kinds of files that lists are exchanged in."""

from collections.abc import Iterable, Iterator
from typing import Final

from xcap.exchange import table, vcard
from xcap.exchange.record import Record

FORMATS: Final = ("csv", "vcard")
MEDIA_TYPES: Final = {"csv": "text/csv", "vcard": "text/vcard"}
ENDINGS: Final = {"csv": ".csv", "vcard": ".vcf"}


class UnreadableFile(ValueError):
    """Neither a table nor cards; says what is wrong and where."""


def read(data: bytes, user: str = "", list_name: str = "") -> list[Record]:
    """Records of a CSV table or of vCards, in UTF-8; which of both, the file itself tells.

    `user` and `list_name` are for lines that name none. Raises UnreadableFile.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"not UTF-8 (byte {error.start}): save the file as UTF-8") from error
    reader = vcard if text.lstrip()[:11].upper() == "BEGIN:VCARD" else table
    try:
        return list(reader.read(text, user, list_name))
    except (table.NotATable, vcard.NotACard) as error:
        raise UnreadableFile(str(error)) from error


def write(records: Iterable[Record], kind: str) -> Iterator[str]:
    """The text of a file of one of the FORMATS, in pieces."""
    return vcard.write(records) if kind == "vcard" else table.write(records)
