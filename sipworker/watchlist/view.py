"""The list as a table for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from sipworker.watchlist.printable import printable
from sipworker.watchlist.report import Report
from sipworker.watchlist.table import InstanceRow, ListTable, Row

COLUMNS = ("Resource", "Name", "State", "Note", "Age", "Version", "Told by")
_STYLES = {
    "open": "green", "confirmed": "bold red", "early": "yellow", "trying": "yellow", "closed": "red",
    "pending": "yellow", "terminated": "dim", "unreadable": "bold red",
}  # fmt: skip


def table_view(table: ListTable, now: float, *, only: frozenset[str] | None = None) -> Table:
    """All rows, or those of the resources `only` names."""
    view = Table()
    for column in COLUMNS:
        view.add_column(column, justify="right" if column in ("Age", "Version") else "left")
    for cells in _rows(table, now, only):
        view.add_row(*cells)
    return view


def _rows(table: ListTable, now: float, only: frozenset[str] | None = None) -> Iterator[tuple[Text, ...]]:
    for uri, row in table.rows.items():
        if only is None or uri in only:
            yield from _row(row, table.depth, now)


def _row(row: Row, depth: int, now: float) -> Iterator[tuple[Text, ...]]:
    resource = Text("  " * depth + printable(row.uri))
    name = Text(printable(", ".join(name.text for name in row.names)))
    told = (Text(age(now - row.since)), Text(str(row.version)), Text("full" if row.full_state else "partial"))
    if not row.instances:
        yield (resource, name, Text("not known yet", style="dim"), Text(), *told)
    for instance in row.instances.values():
        yield (resource, name, state(instance), note(instance), *told)
        if instance.nested:
            yield from _rows(instance.nested, now)
        resource = name = Text()


def state(instance: InstanceRow) -> Text:
    """What the contact says while the back-end subscription is active, else why it is not."""
    said = instance.said
    if instance.state != "active" or said is None:
        reason = f" ({instance.reason})" if instance.reason else ""
        return Text(printable(instance.state + reason), style=_STYLES.get(instance.state, ""))
    activities = f" ({', '.join(said.activities)})" if said.activities else ""
    return Text(printable(said.state + activities), style=_STYLES.get(said.state, ""))


def note(instance: InstanceRow) -> Text:
    return Text(printable(instance.said.note) if instance.said else "")


def age(seconds: float) -> str:
    """`7 s`, `3 min`, `2 h`."""
    whole = max(0, int(seconds))
    for unit, length in (("h", 3600), ("min", 60)):
        if whole >= length:
            return f"{whole // length} {unit}"
    return f"{whole} s"


def summary(report: Report) -> str:
    """One NOTIFY in one line."""
    state = report.state
    parts = [f"NOTIFY {report.cseq}: {state.state}"]
    if state.reason:
        parts.append(f"reason {state.reason}")
    if state.expires is not None:
        parts.append(f"{state.expires} s left")
    if report.body:
        meta = report.body.meta
        kind = "full" if meta.full_state else "partial"
        parts.append(f"version {meta.version}, {kind}, {len(meta.resources)} resources")
    parts += [f"{report.size} bytes", report.outcome]
    return printable(", ".join(parts) + (f": {report.problem}" if report.problem else ""))
