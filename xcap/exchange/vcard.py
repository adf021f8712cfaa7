"""Lists as address cards: vCard 3.0 and 4.0 in, 4.0 out (RFC 2426, RFC 6350).

A contact is `FN` and its SIP addresses: `IMPP` (RFC 4770), `X-SIP`, and `TEL` where it holds a SIP
URI. Its lists are `CATEGORIES`; one contact may be in many.
"""

import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from xcap.exchange.record import Record, record

_LINE: Final = re.compile(
    r"""(?:[\w-]+\.)?(?P<name>[\w-]+)(?P<parameters>(?:;(?:"[^"]*"|[^":])*)?):(?P<value>.*)""",
    re.DOTALL,
)
_SIP: Final = re.compile(r"sips?:", re.IGNORECASE)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_SPECIAL: Final = re.compile(r"[\\,;]")
# A comma that ends one of several values.
_COMMA: Final = re.compile(r"((?:[^\\,]|\\.)*)(?:,|\Z)", re.DOTALL)
_LONGEST: Final = 75  # octets of a line (RFC 6350 section 3.2)


class NotACard(ValueError):
    """The text holds no vCard; says what is wrong."""


@dataclass(slots=True)
class _Card:
    line: int
    name: str = ""
    categories: list[str] = field(default_factory=list)
    uris: list[tuple[int, str]] = field(default_factory=list)


def read(text: str, user: str = "", list_name: str = "") -> Iterator[Record]:
    """Records of all cards of a file, in `list_name` if that is given, else in their CATEGORIES.

    A card without a SIP address gives a record with a problem. Raises NotACard.
    """
    found = False
    for card in _cards(text):
        found = True
        lists = [list_name] if list_name else card.categories or [""]
        for name in dict.fromkeys(lists):
            for line, uri in card.uris or [(card.line, "")]:
                yield record(user, name, uri, "" if card.name == uri else card.name, line)
    if not found:
        raise NotACard("there is no vCard in it: a card begins with BEGIN:VCARD")


def _cards(text: str) -> Iterator[_Card]:
    card: _Card | None = None
    for number, line in _unfolded(text.removeprefix("\ufeff")):
        match = _LINE.fullmatch(line)
        if match is None:
            raise NotACard(f"line {number} is no line of a vCard")
        name, value = match["name"].upper(), match["value"]
        if name == "BEGIN" and value.strip().upper() == "VCARD":
            card = _Card(number)
        elif card is None:
            raise NotACard(f"line {number} stands outside of any card")
        elif name == "END":
            yield card
            card = None
        else:
            _take(card, number, name, _decoded(value, match["parameters"]))
    if card:
        raise NotACard(f"the card that begins on line {card.line} has no END:VCARD")


def _take(card: _Card, number: int, name: str, value: str) -> None:
    if name == "FN" and not card.name:
        card.name = _plain(value).strip()
    elif name == "CATEGORIES":
        card.categories += [text for part in _COMMA.findall(value) if (text := _plain(part).strip())]
    elif (name in ("IMPP", "TEL") and _SIP.match(value.strip())) or name == "X-SIP":
        uri = _plain(value).strip()
        if uri not in (known for _, known in card.uris):
            card.uris.append((number, uri))


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Logical lines with the number of their first physical one."""
    start, pending = 0, ""
    for number, line in enumerate(re.split("\r?\n", text), 1):
        if line[:1] in (" ", "\t") and pending:
            pending += line[1:]
            continue
        if pending.strip():
            yield start, pending
        start, pending = number, line
    if pending.strip():
        yield start, pending


def _decoded(value: str, parameters: str) -> str:
    """vCard 2.1, which old phones write, has quoted-printable."""
    if "QUOTED-PRINTABLE" in parameters.upper():
        return quopri.decodestring(value.encode()).decode(errors="replace")
    return value


def _plain(value: str) -> str:
    return _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)


def write(records: Iterable[Record]) -> Iterator[str]:
    """The cards, one for each entry, with CRLF."""
    for each in records:
        lines = (
            "BEGIN:VCARD",
            "VERSION:4.0",
            f"FN:{_escaped(each.display_name or each.uri)}",
            f"IMPP:{_escaped(each.uri)}",
            f"CATEGORIES:{_escaped(each.list_name)}",
            "END:VCARD",
        )
        yield "".join(map(_folded, lines))


def _escaped(text: str) -> str:
    escaped = _SPECIAL.sub(lambda match: "\\" + match[0], text)
    return re.sub("\r\n|\r|\n", r"\\n", escaped)


def _folded(line: str) -> str:
    pieces, piece = [], ""
    for character in line:
        if len((piece + character).encode()) > _LONGEST:
            pieces.append(piece)
            piece = " "
        piece += character
    return "\r\n".join([*pieces, piece]) + "\r\n"
