"""Which subscriptions are meant: by number, label in the log, user, list or Call-ID."""

from __future__ import annotations

from django.core.management.base import CommandError, CommandParser
from django.db.models import QuerySet

from rls.models import Watcher

WHAT = "number, label in the log, user@domain, URI of the list, or Call-ID"


def add_what(parser: CommandParser, *, optional: bool = False) -> None:
    if optional:
        parser.add_argument("what", nargs="?", default="", help=f"{WHAT}; without: all")
    else:
        parser.add_argument("what", help=WHAT)


def find(what: str) -> QuerySet[Watcher]:
    """Every look-up has an index but that by Call-ID, which is a beginning of a unique key."""
    rows = Watcher.objects.order_by("pk")
    if not what:
        return rows
    if what.lower().startswith(("sip:", "sips:")):
        return rows.filter(service_uri=what) or rows.filter(identity=what)
    if found := rows.filter(pk__in=_numbers(what)):
        return found
    username, _, domain = what.rpartition("@")
    return rows.filter(watcher_username=username, watcher_domain=domain) or rows.filter(
        rlsubs_did__startswith=f"{what};"
    )


def _numbers(what: str) -> list[int]:
    """As the admin writes it, and as the log does."""
    numbers = [int(what)] if what.isascii() and what.isdigit() else []
    try:
        label = int(what, 16)
    except ValueError:
        return numbers
    return [*numbers, *([label] if label < 2**63 else [])]


def some(what: str) -> QuerySet[Watcher]:
    """The same. Raises CommandError if there is none, or if a number and a label are written alike."""
    found = find(what)
    if what.isdigit() and len(found) > 1:
        raise CommandError(
            f"{what} is a number and a label in the log: say {int(what, 16)} or 0x{what} for the label, "
            f"0x{int(what):x} for the number."
        )
    if not found:
        raise CommandError(f"No subscription is {what!r}. `rls watchers` lists them; {WHAT}.")
    return found
