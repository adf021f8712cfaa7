"""The rows of the editor of lists: what a browser shows of entries, and what it sends back."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from django.http import QueryDict

from xcap.documents.entries import ListEntry
from xcap.documents.rls_services import canonical
from xcap.exchange.pasted import pasted
from xcap.exchange.record import record


@dataclass(slots=True)
class Row:
    """`place` is where its entry stands in the list, "" for a new one; `problem` what is wrong with it."""

    uri: str = ""
    name: str = ""
    place: str = ""
    problem: str = ""


def shown(stored: Sequence[ListEntry]) -> list[Row]:
    return [Row(entry.uri, entry.display_name, str(entry.place)) for entry in stored]


def received(sent: QueryDict, stored: Sequence[ListEntry]) -> list[Row]:
    """What the browser sent, and what was pasted, with a verdict on each row that is new or changed."""
    fields = (sent.getlist(field) for field in ("uri", "name", "place"))
    texts = zip_longest(*fields, fillvalue="")  # without places, as scripts send it, all are new
    rows = [Row(uri.strip(), name.strip(), place) for uri, name, place in texts]
    rows += [Row(uri, name) for uri, name in pasted(sent.get("paste", ""))]
    filled = [row for row in rows if row.uri or row.name or not _is_changed(row, stored)]
    _judge(filled, stored)
    return filled


def wanted(rows: Sequence[Row], stored: Sequence[ListEntry]) -> Iterator[ListEntry]:
    """The entries that the rows stand for. What the browser could not show as it is stays as it was."""
    for row in rows:
        known = _known(row, stored)
        if known is None:
            yield ListEntry(row.uri, row.name)
        else:
            uri = known.uri if row.uri == _as_shown(known.uri) else row.uri
            name = known.display_name if row.name == _as_shown(known.display_name) else row.name
            yield replace(known, uri=uri, display_name=name)


def _judge(rows: Sequence[Row], stored: Sequence[ListEntry]) -> None:
    """What was there already may stay, whatever it is."""
    seen: dict[str, bool] = {}
    for row in rows:
        if changed := _is_changed(row, stored):
            taken = record("-", "-", row.uri, row.name, 0)
            row.uri, row.problem = taken.uri, taken.problem
        key = canonical(row.uri) or row.uri
        if key in seen and (changed or seen[key]) and not row.problem:
            row.problem = "This entry stands further up already; remove one of them."
        seen[key] = changed or seen.get(key, False)


def _is_changed(row: Row, stored: Sequence[ListEntry]) -> bool:
    known = _known(row, stored)
    return known is None or (row.uri, row.name) != (_as_shown(known.uri), _as_shown(known.display_name))


def _known(row: Row, stored: Sequence[ListEntry]) -> ListEntry | None:
    if row.place.isascii() and row.place.isdigit() and int(row.place[:9]) < len(stored):
        return stored[int(row.place)]
    return None


def _as_shown(text: str) -> str:
    """A text as it comes back from a field of one line."""
    return re.sub("[\r\n]", "", text).strip()
