from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from rls.models import AccessToken, Subscriber


class Command(BaseCommand):
    help = (
        "Makes an access token (Bearer) for a subscriber, or for an operator (a user of the admin), and "
        "prints it; it cannot be shown again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("subscriber", nargs="?", default="", help="such as alice@example.com")
        parser.add_argument("--operator", default="", help="instead of a subscriber: a user of the admin")
        parser.add_argument("--label", default="", help="what it is for, such as 'phone book script'")
        parser.add_argument("--days", type=int, help="how long it is valid; without: until it is deleted")
        parser.add_argument("--read-only", action="store_true", help="good for reading, not for writing")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["subscriber"]) == bool(options["operator"]):
            raise CommandError("Name a subscriber (user@domain) or --operator NAME.")
        owner = _operator(options["operator"]) if options["operator"] else _subscriber(options["subscriber"])
        days: int | None = options["days"]
        if days is not None and days < 1:
            raise CommandError("--days has to be 1 or more.")
        expires = timezone.now() + timedelta(days=days) if days else None
        _, text = AccessToken.issue(owner, options["label"], expires, read_only=options["read_only"])
        self.stdout.write(text)


def _subscriber(text: str) -> Subscriber:
    address = text.removeprefix("sip:")
    username, _, domain = address.rpartition("@")
    subscriber = Subscriber.objects.filter(username=username, domain=domain.lower()).first()
    if subscriber is None:
        raise CommandError(f"There is no subscriber {address}. Write it as user@domain.")
    return subscriber


def _operator(name: str) -> User:
    operator = User.objects.filter(username=name, is_active=True, is_staff=True).first()
    if operator is None:
        raise CommandError(f"There is no active staff user {name}. Make one with manage.py createsuperuser.")
    return operator
