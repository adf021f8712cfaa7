from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from rlsproject import reference


class Command(BaseCommand):
    help = "Writes docs/reference/settings.md and .env.example from the table of settings."

    def handle(self, *args: Any, **options: Any) -> None:
        target = settings.BASE_DIR / "docs" / "reference" / "settings.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(reference.markdown())
        (settings.BASE_DIR / ".env.example").write_text(reference.env_example())
