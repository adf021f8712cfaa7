"""What import_opensips and import_kamailio have in common."""

from __future__ import annotations

from argparse import RawDescriptionHelpFormatter
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from xcap.peers.documents import take_documents
from xcap.peers.event import Event
from xcap.peers.subscribers import take_subscribers
from xcap.peers.tables import CannotRead, PeerDatabase
from xcap.peers.watchers import report_watchers

TABLES = ("subscriber", "xcap", "rls_watchers")


class PeerCommand(BaseCommand):
    """Reads subscribers, then documents, then says what of the subscriptions there is to say."""

    peer: str

    def add_arguments(self, parser: CommandParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        name = f"import_{self.peer.lower()}"
        parser.epilog = (
            f"manage.py {name} postgresql://reader:secret@db.example.com/{self.peer.lower()} --dry-run\n"
            f"manage.py {name} sqlite:////etc/{self.peer.lower()}/{self.peer.lower()}.sqlite"
        )
        parser.add_argument("database", help=f"URL of the database of {self.peer}; it is only read")
        parser.add_argument("--dry-run", action="store_true", help="say what would be taken, write nothing")
        parser.add_argument(
            "--overwrite", action="store_true", help="replace documents that are here and differ"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            database = PeerDatabase(options["database"])
        except CannotRead as error:
            raise CommandError(f"The database cannot be opened: {error}") from error
        try:
            with transaction.atomic():
                self._take(database, options)
                transaction.set_rollback(options["dry_run"])
        except CannotRead as error:
            raise CommandError(f"{error}. Nothing was taken.") from error
        finally:
            database.close()

    def _take(self, database: PeerDatabase, options: dict[str, Any]) -> None:
        present = [table for table in TABLES if database.columns(table)]
        if "xcap" not in present:
            raise CannotRead(f"There is no table xcap; is this the database of {self.peer}?")
        counted = Counter(self._tell(event, options) for event in self._events(database, present, options))
        self.stdout.write(
            f"{counted['+']} taken, {counted['=']} there already, {counted['!']} not taken"
            + (" (dry run: nothing is written)." if options["dry_run"] else ".")
        )

    def _events(self, database: PeerDatabase, present: list[str], options: dict[str, Any]) -> Iterator[Event]:
        author = f"manage.py import_{self.peer.lower()}"
        missing = (
            Event("!", f"table {table}", "it is not there") for table in TABLES if table not in present
        )
        return chain(
            missing,
            take_subscribers(database) if "subscriber" in present else (),
            take_documents(database, overwrite=options["overwrite"], author=author),
            report_watchers(database) if "rls_watchers" in present else (),
        )

    def _tell(self, event: Event, options: dict[str, Any]) -> str:
        if event.sign != "=" or options["verbosity"] > 1:
            self.stdout.write(str(event))
        return event.sign
