from __future__ import annotations

import sys
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from xcap.exchange import formats
from xcap.exchange.importing import Options, Outcome, import_lists, number_of_lists
from xcap.exchange.record import Record

EXAMPLES = """
manage.py importlists team.csv --dry-run
manage.py importlists contacts.vcf --user alice@example.com --list friends
manage.py importlists team.csv --replace
manage.py exportlists | manage.py importlists - --dry-run
"""


class Command(BaseCommand):
    help = (
        "Puts the entries of a CSV table (columns user, list, uri, name) or of vCards into lists. Each list "
        "is imported whole or not at all. A list named like sip:team@example.com can be subscribed to; "
        "others are lists in the user's resource-lists document. Exits with 1 if a list was refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = EXAMPLES
        parser.add_argument("file", help="a .csv or .vcf file in UTF-8; - reads standard input")
        parser.add_argument("--user", default="", help="owner of the lists where the file names none")
        parser.add_argument("--list", default="", dest="list_name", help="the list where the file names none")
        parser.add_argument(
            "--replace", action="store_true", help="remove entries that the file lacks, and take its order"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would change, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        records = self._read(options)
        how = Options(options["replace"], options["dry_run"], "manage.py importlists")
        lists = number_of_lists(records)
        failed = 0
        for number, outcome in enumerate(import_lists(records, how), 1):
            failed += outcome.failed
            self._tell(outcome, f"[{number} of {lists}]", options["verbosity"])
        if failed:
            raise CommandError(f"{failed} of {lists} lists were refused; nothing of them was written.")

    def _read(self, options: dict[str, Any]) -> list[Record]:
        try:
            name = options["file"]
            data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
            return formats.read(data, options["user"], options["list_name"])
        except (OSError, formats.UnreadableFile) as error:
            raise CommandError(f"{options['file']}: {error}") from error

    def _tell(self, outcome: Outcome, progress: str, verbosity: int) -> None:
        self.stdout.write(f"{progress} {outcome}: {outcome.summary}")
        for line in outcome.lines:
            if verbosity > 1 or line.sign != "=":
                self.stdout.write(f"  {line}")
