from __future__ import annotations

import ipaddress
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from rls import demo
from rls.domain.listener import parse_address
from rls.models import Subscriber
from xcap import store
from xcap.selectors import DocumentSelector, Xui
from xcap.usages import RESOURCE_LISTS, RLS_SERVICES, ApplicationUsage


class Command(BaseCommand):
    help = "Puts the demo in: subscribers, an admin and lists. What is there already stays as it is."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        refuse_strangers()
        for username in demo.SUBSCRIBERS:
            _subscriber(username)
        _admin()
        root = f"http://{settings.RLS_HTTP_LISTEN}/xcap-root"
        _document(RESOURCE_LISTS, "alice", demo.alice_lists())
        _document(RLS_SERVICES, "alice", demo.alice_services(root))
        _document(RLS_SERVICES, "tom", demo.tom_services())
        _document(RLS_SERVICES, "claire", demo.claire_services())


def refuse_strangers() -> None:
    """The demo's passwords are public, so its accounts must not be reachable from outside."""
    host, _ = parse_address(settings.RLS_HTTP_LISTEN)
    if not ipaddress.ip_address(host).is_loopback:
        raise CommandError(
            f"RLS_HTTP_LISTEN={settings.RLS_HTTP_LISTEN} can be reached from outside, and the demo's "
            "passwords are public. Use manage.py createsuperuser instead."
        )


def _subscriber(username: str) -> None:
    if not Subscriber.objects.filter(username=username, domain=demo.DOMAIN).exists():
        subscriber = Subscriber(username=username, domain=demo.DOMAIN)
        subscriber.set_password(demo.PASSWORD)
        subscriber.save()


def _admin() -> None:
    if not User.objects.filter(username=demo.ADMIN).exists():
        User.objects.create_superuser(demo.ADMIN, password=demo.PASSWORD)


def _document(usage: ApplicationUsage, username: str, text: str) -> None:
    selector = DocumentSelector(usage.auid, Xui(username, demo.DOMAIN), "index")
    if store.find(usage, selector) is None:
        store.put(usage, selector, text.encode(), author="manage.py seeddemo")
