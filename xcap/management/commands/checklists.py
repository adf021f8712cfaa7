from __future__ import annotations

import json
from argparse import RawDescriptionHelpFormatter
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from xcap.integrity.finding import Finding
from xcap.integrity.report import checked
from xcap.models import Document

EXAMPLES = """
manage.py checklists
manage.py checklists --user alice@example.com
manage.py checklists --json | jq -r '.findings[].problem'
"""


class Command(BaseCommand):
    help = (
        "Looks for lists that point to what does not exist, services without a list, double entries and "
        "entries that nobody can subscribe to, and says what to do. Exits with 1 if it finds any."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = EXAMPLES
        parser.add_argument("--user", default="", help="only this user's documents, as name@domain")
        parser.add_argument("--json", action="store_true", help="one JSON object, for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        documents = Document.objects.all()
        if options["user"]:
            username, _, domain = options["user"].removeprefix("sip:").rpartition("@")
            documents = documents.filter(username=username, domain=domain)
        number = 0
        found: list[tuple[Document, Finding]] = []
        for document, findings in checked(documents):
            number += 1
            found += ((document, finding) for finding in findings)
        (self._tell_programs if options["json"] else self._tell_people)(number, found)
        if found:
            raise SystemExit(1)

    def _tell_people(self, number: int, found: list[tuple[Document, Finding]]) -> None:
        for document, finding in found:
            where = f", {finding.where}" if finding.where else ""
            self.stdout.write(f"{document}{where}\n  {finding.kind}: {finding.problem}\n  {finding.advice}")
        self.stdout.write(f"{number} documents checked, {len(found)} findings.")

    def _tell_programs(self, number: int, found: list[tuple[Document, Finding]]) -> None:
        rows = [
            {"document": str(document), **asdict(finding), "advice": finding.advice}
            for document, finding in found
        ]
        self.stdout.write(json.dumps({"documents": number, "findings": rows}, indent=2))
