from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from rlsproject import clireference


class Command(BaseCommand):
    help = "Writes docs/reference/cli.md from the commands of the project."

    def handle(self, *args: Any, **options: Any) -> None:
        target = settings.BASE_DIR / "docs" / "reference" / "cli.md"
        target.write_text(clireference.markdown())
