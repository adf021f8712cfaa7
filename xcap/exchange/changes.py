"""What an import would change in a list, line by line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from rls.domain.uri import with_scheme
from xcap.documents.entries import ListEntry
from xcap.documents.rls_services import canonical
from xcap.exchange.record import Record

Sign = Literal["+", "-", "~", "=", "!"]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happens: + added, - removed, ~ renamed, = stays, ! cannot be done.

    `number` is its line in the file, 0 for what is not in the file.
    """

    sign: Sign
    text: str
    number: int = 0

    def __str__(self) -> str:
        where = f"line {self.number}: " if self.number else ""
        return f"{self.sign} {where}{self.text}"


@dataclass(slots=True)
class Changes:
    """How a list differs from now, line by line."""

    lines: list[Line] = field(default_factory=list, kw_only=True)

    @property
    def failed(self) -> bool:
        return any(line.sign == "!" for line in self.lines)

    @property
    def changes(self) -> bool:
        return any(line.sign in "+-~" for line in self.lines)


@dataclass(slots=True)
class Plan(Changes):
    """The entries that a list will have, and how that differs from now."""

    wanted: list[ListEntry]


def plan(present: Sequence[ListEntry], records: Iterable[Record], *, replace: bool) -> Plan:
    """Merge the records of one list into its entries, or put them in the place of its entries.

    URIs are compared by the rules of SIP. A record without a name leaves the name of an entry as
    it is, unless entries are replaced. The first of equal records counts.
    """
    known = {_key(entry.uri): entry for entry in present}
    result = Plan([] if replace else list(present))
    if len(known) < len(present):
        result.lines.append(Line("!", "the list has an entry twice: correct it first"))
    seen: dict[str, int] = {}
    for record in records:
        _take(result, record, known, seen, replace)
    if replace:
        gone = [entry for key, entry in known.items() if key not in seen]
        result.lines += [Line("-", _words(entry)) for entry in gone]
        _tell_order(result, present, gone)
    return result


def _take(
    result: Plan, record: Record, known: dict[str, ListEntry], seen: dict[str, int], replace: bool
) -> None:
    key = _key(record.uri)
    if record.problem:
        result.lines.append(Line("!", record.problem, record.line))
    elif key in seen:
        result.lines.append(Line("=", f"{record.uri} stands on line {seen[key]} already", record.line))
    else:
        seen[key] = record.line
        _merge(result, record, known.get(key), replace)


def _merge(result: Plan, record: Record, old: ListEntry | None, replace: bool) -> None:
    entry = ListEntry(record.uri, record.display_name)
    if old:
        entry = ListEntry(old.uri, record.display_name, old.place)
    if old is None:
        result.lines.append(Line("+", _words(entry), record.line))
    elif entry.display_name == old.display_name or not (replace or entry.display_name):
        entry = old
        result.lines.append(Line("=", _words(old), record.line))
    else:
        names = f"{old.display_name or 'no name'!r} becomes {entry.display_name or 'no name'!r}"
        result.lines.append(Line("~", f"{entry.uri} {names}", record.line))
    if old and not replace:
        result.wanted[result.wanted.index(old)] = entry
    else:
        result.wanted.append(entry)


def _tell_order(result: Plan, present: Sequence[ListEntry], gone: Sequence[ListEntry]) -> None:
    before = [entry.uri for entry in present if entry not in gone]
    stay = set(before)
    if before != [entry.uri for entry in result.wanted if entry.uri in stay]:
        result.lines.append(Line("~", "the order of the entries becomes that of the file"))


def _words(entry: ListEntry) -> str:
    return f"{entry.uri} {entry.display_name}".strip()


def _key(uri: str) -> str:
    return canonical(uri) or with_scheme(uri)
