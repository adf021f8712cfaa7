"""Addresses as people paste them: one to a line, from a mail, a table, or another list."""

import re
from collections.abc import Iterator
from typing import Final

_NAME_ADDR: Final = re.compile(r'"?(?P<name>[^"<]*)"?\s*<(?P<uri>[^>]*)>')
# A semicolon without a space begins a parameter of a URI.
_SEPARATOR: Final = re.compile(r"[\t,]|;\s")


def pasted(text: str) -> Iterator[tuple[str, str]]:
    """URI and name of each line: `uri`, `Name <uri>`, or both in any order with a comma or tab between."""
    for line in filter(None, map(str.strip, text.splitlines())):
        if match := _NAME_ADDR.fullmatch(line.rstrip(",;")):
            yield match["uri"].strip(), match["name"].strip()
        else:
            yield _parted(line)


def _parted(line: str) -> tuple[str, str]:
    parts = [part.strip().strip('"') for part in _SEPARATOR.split(line)]
    address = next((place for place, part in enumerate(parts) if "@" in part), 0)
    names = [part for place, part in enumerate(parts) if place != address and part]
    return parts[address], " ".join(names)
