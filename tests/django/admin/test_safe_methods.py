"""GET changes nothing, whatever page or action it asks for; and no POST is taken from another site."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from rls import orders, traces
from rls.models import AccessToken, ChangedSetting, Order, Subscriber, Trace, Watcher
from tests.django.admin import rows
from tests.django.xcap.documents import inline, services
from xcap import store
from xcap.models import Document
from xcap.selectors import DocumentSelector, Xui
from xcap.usages import RLS_SERVICES

pytestmark = pytest.mark.django_db
CHANGES = re.compile(r"\b(insert into|update|delete from|pg_notify|truncate|nextval)\b", re.IGNORECASE)
OF_TABLES = re.compile(r"/admin/(\w+/\w+)/")
OF_NO_TABLE = ["/admin/", "/admin/search/?s=a", "/admin/password_change/", "/admin/rls/", "/admin/logout/"]


@pytest.fixture(autouse=True)
def a_row_of_each_kind(db: None) -> None:
    rows.fill(watchers=5, resources=2)
    orders.for_watchers(Order.Kind.END, Watcher.objects.filter(pk=1), by="admin", reason="rejected")
    traces.start(Trace.Kind.WATCHER, "1", by="admin")
    AccessToken.issue(Subscriber.objects.first() or pytest.fail("no subscriber"), "phone book", None)
    Group.objects.create(name="operators")
    ChangedSetting.objects.create(name="RLS_MAX_USER_SUBSCRIPTIONS", value="50")
    document = services(inline("sip:friends@example.test", "sip:bob@example.test"))
    selector = DocumentSelector("rls-services", Xui("alice", "example.test"), "index")
    store.put(RLS_SERVICES, selector, document)
    operator = User.objects.create_superuser("operator")
    LogEntry.objects.log_actions(operator.pk, [Document.objects.get()], 2, "looked", single_object=True)


def patterns(of: Iterable[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    for each in of:
        path = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from patterns(each.url_patterns, path)
        else:
            yield path


def addresses() -> list[str]:
    """Of everything the admin answers of tables, with rows that are there, and with some that are not."""
    models: dict[str, type[Model]] = {
        f"{model._meta.app_label}/{model._meta.model_name}": model for model in admin.site._registry
    }
    found = []
    for pattern in patterns(get_resolver(None).url_patterns):
        path = f"/{pattern}"
        if not (table := OF_TABLES.match(path)) or table[1] not in models:
            continue
        model = models[table[1]]
        row = model._default_manager.order_by("pk").first()
        assert row is not None, model
        keys = (row.pk, "0", "none") if "<" in path else ("",)
        found += [re.sub("<[^>]+>", str(key), path) for key in keys]
    return found


def statements_that_change(client: Client, method: str, address: str) -> tuple[int, list[str]]:
    with CaptureQueriesContext(connection) as captured:
        answer = getattr(client, method)(address)
        if answer.streaming:
            answer.getvalue()
    return answer.status_code, [each["sql"] for each in captured if CHANGES.search(each["sql"])]


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_what_only_asks_changes_nothing(admin_client: Client, method: str) -> None:
    asked = [*addresses(), *OF_NO_TABLE]
    assert sum("/end/" in address for address in asked) == 3
    seen = {address: statements_that_change(admin_client, method, address) for address in asked}
    assert {address: status for address, (status, _) in seen.items() if status >= 500} == {}
    assert {address: changes for address, (_, changes) in seen.items() if changes} == {}


def test_post_from_another_site_is_refused_everywhere(admin_user: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    seen = {
        address: statements_that_change(client, "post", address) for address in [*addresses(), *OF_NO_TABLE]
    }
    assert {address: answer for address, answer in seen.items() if answer != (403, [])} == {}


def test_post_of_who_may_only_look_changes_nothing(client: Client) -> None:
    looking = User.objects.create_user("looking", is_staff=True)
    looking.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(looking)
    seen = {address: statements_that_change(client, "post", address) for address in addresses()}
    assert {address: answer for address, answer in seen.items() if answer[1] or answer[0] >= 500} == {}


ACTIONS = {
    "rls/watcher": ("full-state", "retry", "reread", "trace", "end", "end-all"),
    "rls/worker": ("drain", "undrain"),
    "rls/trace": ("stop",),
}


@pytest.mark.parametrize(("where", "action"), [(w, a) for w, actions in ACTIONS.items() for a in actions])
def test_every_action_is_logged_with_who_did_it(admin_client: Client, where: str, action: str) -> None:
    pk = 1 if where != "rls/trace" else Trace.objects.get().pk
    before = LogEntry.objects.count()
    assert admin_client.post(f"/admin/{where}/{pk}/{action}/").status_code == 302
    entry = LogEntry.objects.latest("pk")
    assert LogEntry.objects.count() == before + 1
    assert (entry.user.get_username(), entry.object_id) == ("admin", str(pk))
    log = admin_client.get(reverse("admin:admin_logentry_changelist")).content.decode()
    assert entry.change_message in log
