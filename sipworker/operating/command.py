"""What every part of `manage.py rls` has: name, help, examples, arguments, a result for both readers."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.management.base import CommandParser


class Result(NamedTuple):
    """`data` is what --json prints, `text` what people read; `ok` False makes the exit code 1."""

    data: Any
    text: str
    ok: bool = True


Options = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One subcommand. `examples`: what stands after `manage.py rls`, with `#` before what it is for."""

    name: str
    help: str
    examples: Sequence[str]
    run: Callable[[Options], Result]
    add_arguments: Callable[[CommandParser], None] = lambda parser: None


def operator() -> str:
    """Who gives the orders: the user of the system."""
    try:
        return f"{getpass.getuser()} (manage.py)"
    except (KeyError, OSError):
        return "manage.py"


def table(rows: Sequence[Sequence[object]], *heads: str) -> str:
    """Columns as wide as they need, the last one open."""
    cells = [heads, *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[index]) for row in cells) for index in range(len(heads))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )
