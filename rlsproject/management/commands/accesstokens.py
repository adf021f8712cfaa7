from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rls.models import AccessToken


class Command(BaseCommand):
    help = "Shows the access tokens (Bearer), never their text, or takes one away. createtoken makes them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--revoke", type=int, metavar="NUMBER", help="delete the token of this number")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["revoke"] is not None:
            self._revoke(options["revoke"])
            return
        for token in AccessToken.objects.select_related("subscriber", "operator").order_by("pk").iterator():
            self.stdout.write(_line(token))

    def _revoke(self, number: int) -> None:
        token = AccessToken.objects.filter(pk=number).first()
        if token is None:
            raise CommandError(f"There is no token {number}. See manage.py accesstokens.")
        self.stdout.write(f"Revoked: {token}")
        token.delete()


def _line(token: AccessToken) -> str:
    until = f"until {token.expires:%Y-%m-%d %H:%M}" if token.expires else "for ever"
    return f"{token.pk}  {token}  {until}{'  read only' if token.read_only else ''}"
