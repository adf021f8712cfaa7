from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from rlsproject import metricsreference


class Command(BaseCommand):
    help = "Writes docs/reference/metrics.md from the metrics of web and SIP worker."

    def handle(self, *args: Any, **options: Any) -> None:
        (settings.BASE_DIR / "docs" / "reference" / "metrics.md").write_text(metricsreference.markdown())
