from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from rlsproject import restreference


class Command(BaseCommand):
    help = "Writes docs/reference/rest.md from the views of the REST API."

    def handle(self, *args: Any, **options: Any) -> None:
        target = settings.BASE_DIR / "docs" / "reference" / "rest.md"
        target.write_text(restreference.markdown())
