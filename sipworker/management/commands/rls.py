from __future__ import annotations

import json
from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import CommandParser

from sipworker.management.teaching import TeachingCommand
from sipworker.operating import doctor, housekeeping, ordering, status, tracing, watchers
from sipworker.operating.command import Part

PARTS = (
    status.PART,
    watchers.LIST,
    watchers.SHOW,
    ordering.NOTIFY,
    ordering.RETRY,
    ordering.END,
    tracing.PART,
    housekeeping.RELOAD,
    housekeeping.CLEAN_UP,
    ordering.DRAIN,
    ordering.UNDRAIN,
    doctor.PART,
)


def _examples(part: Part) -> str:
    return "examples:\n" + "".join(f"  manage.py rls {example}\n" for example in part.examples)


class Command(TeachingCommand):
    help = """\
What operators do: look at the running server, and act on it. Orders go through the database; the
SIP worker that owns a subscription carries them out. `manage.py rls PART --help` has examples; --json is
for programs. The exit code is 1 if something is not well or was not done."""
    examples = "\n".join(("examples:", *(f"  manage.py rls {part.examples[0]}" for part in PARTS)))

    def add_arguments(self, parser: CommandParser) -> None:
        parts = parser.add_subparsers(title="parts", dest="part", required=True, metavar="PART")
        for part in PARTS:
            sub = parts.add_parser(
                part.name,
                help=part.help,
                description=part.help,
                epilog=_examples(part),
                formatter_class=RawDescriptionHelpFormatter,
            )
            part.add_arguments(sub)
            sub.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        part = next(part for part in PARTS if part.name == options["part"])
        result = part.run({**options, "say": self.stdout.write})
        as_json = json.dumps(result.data, indent=2, default=str) if options["json"] else ""
        self.stdout.write(as_json or result.text)
        if not result.ok:
            raise SystemExit(1)
