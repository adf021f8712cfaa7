"""Three ways to show a subscription: a live table, lines as things happen, JSON."""

from __future__ import annotations

import time
from typing import Literal, Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from sipworker.sip.flow import Flow, address_text
from sipworker.watchlist.printable import message_text, printable
from sipworker.watchlist.record import json_line
from sipworker.watchlist.report import Report
from sipworker.watchlist.table import ListTable
from sipworker.watchlist.view import summary, table_view


class Display(Protocol):
    """Called in the order of events; `refresh` about once a second, `close` at the end."""

    def say(self, text: str) -> None: ...
    def notified(self, report: Report, table: ListTable, now: float) -> None: ...
    def refresh(self, table: ListTable, now: float) -> None: ...
    def close(self, table: ListTable, now: float) -> None: ...


class LiveDisplay:
    """A table that is redrawn in place, the latest NOTIFY above it.

    What does not fit the terminal is cut while it changes and printed in full at the end.
    """

    def __init__(self, console: Console) -> None:
        self._last = ""
        self._live = Live(console=console, auto_refresh=False, vertical_overflow="ellipsis")
        self._live.start()

    def say(self, text: str) -> None:
        self._last = printable(text)
        self._live.update(Text(self._last), refresh=True)

    def notified(self, report: Report, table: ListTable, now: float) -> None:
        self._last = summary(report)
        self.refresh(table, now)

    def refresh(self, table: ListTable, now: float) -> None:
        title = Text(printable(" · ".join((table.uri, *(name.text for name in table.names)))), style="bold")
        status = Text(self._last, style="dim")
        shown = status if table.version is None else Group(title, status, table_view(table, now))
        self._live.update(shown, refresh=True)

    def close(self, table: ListTable, now: float) -> None:
        self.refresh(table, now)
        self._live.stop()


class LinesDisplay:
    """For pipes, logs and beside --raw: each NOTIFY with the rows it told, the whole table at the end."""

    def __init__(self, console: Console, *, only_end: bool = False) -> None:
        self._console = console
        self._only_end = only_end

    def say(self, text: str) -> None:
        if not self._only_end:
            self._console.print(Text(printable(text)))

    def notified(self, report: Report, table: ListTable, now: float) -> None:
        if self._only_end:
            return
        self._console.print(Text(summary(report), style="bold"))
        if report.told:
            self._console.print(table_view(table, now, only=frozenset(report.told)))

    def refresh(self, table: ListTable, now: float) -> None:
        """What was printed stays as it is."""

    def close(self, table: ListTable, now: float) -> None:
        if table.version is not None:
            self._console.print(table_view(table, now))


class JsonDisplay:
    """One JSON object per NOTIFY on its own line, nothing else."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def say(self, text: str) -> None:
        """Not a NOTIFY."""

    def notified(self, report: Report, table: ListTable, now: float) -> None:
        self._console.out(json_line(report, table, time.time()), highlight=False)

    def refresh(self, table: ListTable, now: float) -> None:
        """Nothing ages here."""

    def close(self, table: ListTable, now: float) -> None:
        """The last NOTIFY has been printed."""


class RawTrace:
    """Every message as it was sent and received."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def __call__(self, direction: Literal["sent", "received"], flow: Flow, data: bytes) -> None:
        towards = "to" if direction == "sent" else "from"
        head = f"── {direction} {towards} {flow.transport}:{address_text(flow.remote)}, {len(data)} bytes"
        self._console.print(Text(head, style="cyan" if direction == "sent" else "magenta"))
        self._console.out(message_text(data).rstrip("\n") + "\n", highlight=False)
