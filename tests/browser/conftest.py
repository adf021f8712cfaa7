"""A real browser on a real server full of rows. With SCREENSHOTS=1 the run renews docs/images."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

Shoot = Callable[[Page, str], None]
LogIn = Callable[..., Page]

IMAGES = Path(__file__).resolve().parent.parent.parent / "docs" / "images"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WINDOW = (1440, 900)
PATIENCE = 60_000
"""Milliseconds."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    assert program, "Chromium is needed: sudo apt install chromium"
    # Playwright's loop runs in this thread, where Django would refuse to touch the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def server(live_server: LiveServer) -> str:
    """Address of a server full of rows, with the operator admin/password."""
    from django.contrib.auth.models import User
    from django.core.cache import cache

    from rls.api.throttle import allowed
    from tests.django.admin import rows

    allowed.forget()
    cache.clear()  # it outlives the rows: the last hour of the test before, for seconds
    rows.fill()
    User.objects.create_superuser("admin", password="password")
    return str(live_server)


@pytest.fixture
def work_of_operators(server: str) -> None:
    """A row in each list that is empty otherwise."""
    from django.contrib.admin.models import LogEntry
    from django.contrib.auth.models import Group, User

    from rls import orders, traces
    from rls.models import AccessToken, Order, Subscriber, Trace, Watcher
    from tests.browser.test_operations import record
    from tests.django.xcap.documents import inline, services
    from xcap import store
    from xcap.selectors import DocumentSelector, Xui
    from xcap.usages import RLS_SERVICES

    orders.for_watchers(Order.Kind.END, Watcher.objects.filter(pk=42), by="admin", reason="rejected")
    record(traces.start(Trace.Kind.WATCHER, "42", by="admin").pk)
    alice = Subscriber.objects.get(username="alice")
    AccessToken.objects.create(subscriber=alice, label="phone book")
    operators = Group.objects.create(name="operators")
    admin = User.objects.get(username="admin")
    said = "Send full state: Worker 1 was told: send full state, and it answered with as many words as this."
    LogEntry.objects.log_actions(admin.pk, [operators], 2, said, single_object=True)
    document = services(inline("sip:friends@example.test", "sip:bob@example.test", "tel:+49301234"))
    store.put(RLS_SERVICES, DocumentSelector("rls-services", Xui("alice", "example.test"), "index"), document)


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens an empty tab with its own cookies; what its console complains of fails the test."""
    complaints: list[str] = []
    pages: list[Page] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    def create(width: int = WINDOW[0], height: int = WINDOW[1], scheme: str = "light") -> Page:
        page = browser.new_page(
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]
        )
        page.set_default_timeout(PATIENCE)
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        pages.append(page)
        return page

    yield create
    for page in pages:
        page.context.close()
    assert complaints == []


@pytest.fixture
def log_in(server: str, new_page: Callable[..., Page]) -> LogIn:
    """Opens a tab on the overview, logged in as the operator."""

    def enter(**options: object) -> Page:
        page = new_page(**options)
        page.goto(f"{server}/admin/")
        page.get_by_label("Username").fill("admin")
        page.get_by_label("Password").fill("password")
        page.get_by_role("button", name="Log in").click()
        page.wait_for_selector("#overview")
        return page

    return enter


@pytest.fixture
def shoot() -> Shoot:
    """Writes a picture for the documentation, if SCREENSHOTS is set."""

    def write(page: Page, name: str) -> None:
        if os.environ.get("SCREENSHOTS"):
            page.evaluate("document.fonts.ready")
            page.screenshot(path=IMAGES / f"{name}.png")

    return write
