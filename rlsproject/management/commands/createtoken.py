from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from rls.models import AccessToken, Subscriber


class Command(BaseCommand):
    help = "Makes an access token (Bearer) for a subscriber and prints it; it cannot be shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("subscriber", help="such as alice@example.com")
        parser.add_argument("--label", default="", help="what it is for, such as 'phone book script'")
        parser.add_argument("--days", type=int, help="how long it is valid; without: until it is deleted")

    def handle(self, *args: Any, **options: Any) -> None:
        address: str = options["subscriber"].removeprefix("sip:")
        username, _, domain = address.rpartition("@")
        subscriber = Subscriber.objects.filter(username=username, domain=domain.lower()).first()
        if subscriber is None:
            raise CommandError(f"There is no subscriber {address}. Write it as user@domain.")
        days: int | None = options["days"]
        if days is not None and days < 1:
            raise CommandError("--days has to be 1 or more.")
        expires = timezone.now() + timedelta(days=days) if days else None
        _, text = AccessToken.issue(subscriber, options["label"], expires)
        self.stdout.write(text)
