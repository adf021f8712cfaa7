from __future__ import annotations

from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from xcap.exchange import formats
from xcap.exchange.exporting import documents, export_document

EXAMPLES = """
manage.py exportlists > lists.csv
manage.py exportlists --user alice@example.com --format vcard > alice.vcf
"""


class Command(BaseCommand):
    help = (
        "Writes the entries of lists to standard output, as CSV or vCards that importlists reads. What such "
        "a file cannot hold (references to other lists) is said on standard error."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = EXAMPLES
        parser.add_argument("--user", default="", help="only this user's lists, as name@domain")
        parser.add_argument("--list", default="", dest="list_name", help="only lists of this name")
        parser.add_argument("--format", default="csv", choices=formats.FORMATS, help="default: csv")

    def handle(self, *args: Any, **options: Any) -> None:
        found = documents(options["user"])
        if options["user"] and not found.exists():
            raise CommandError(f"{options['user']} has no lists.")
        pieces = formats.write(self._records(found.iterator(), options["list_name"]), options["format"])
        for piece in pieces:
            self.stdout.write(piece, ending="")

    def _records(self, found: Any, list_name: str) -> Any:
        for document in found:
            records, left_out = export_document(document, list_name)
            yield from records
            for words in left_out:
                self.stderr.write(f"left out: {words}")
