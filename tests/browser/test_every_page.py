"""Every page that a link of the admin leads to: it opens without a word in the console, fits its window and
a phone; of what is ours on it axe-core finds nothing wrong."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import LogIn
from tests.browser.test_operations import RULES, record

OURS = ("#overview", "#ladder", ".lists", ".rls-panel", "tbody:nth-of-type(-n+8) .rls-badge")
LINKS = "[...document.querySelectorAll('a[href]')].map(link => link.href)"
TOO_WIDE = (
    "Math.max(...[document.documentElement, document.querySelector('#result_list')?.parentElement]"
    ".filter(Boolean).map(each => each.scrollWidth - each.clientWidth))"
)
NO_PAGE = re.compile(r"/(logout|text|pcap|docs)(/|$)")
"""End of the session, downloads; and the page of the REST interface, which has its own test."""
WINDOWS = (390, 1280)
DARK = (
    "document.head.append(Object.assign(document.createElement('style'),"
    " {textContent: '* { transition: none !important }'}));"
    "document.documentElement.classList.add('dark')"
)
CHECK = (
    "([include, options]) => axe.run({include}, {...options, resultTypes: ['violations']})"
    ".then(results => results.violations.map(violation => violation.id))"
)
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}


@pytest.fixture
def work_of_operators(server: str) -> None:
    """A row in each list that is empty otherwise."""
    from django.contrib.admin.models import LogEntry
    from django.contrib.auth.models import Group, User

    from rls import orders, traces
    from rls.models import AccessToken, Order, Subscriber, Trace, Watcher
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


def shape(url: str) -> str:
    """The same for pages that differ in the number of their row only."""
    return re.sub(r"/\d+(?=/|$)", "/N", urlsplit(url).path)


def pages(page: Page, start: str) -> Iterator[str]:
    """Opens one page of each shape that links lead to."""
    waiting, known = deque([start]), {shape(start)}
    while waiting:
        address = waiting.popleft()
        answer = page.goto(address)
        assert answer, address
        assert answer.ok, (address, answer.status)
        for link in page.evaluate(LINKS):
            if link.startswith(start) and shape(link) not in known and not NO_PAGE.search(shape(link)):
                known.add(shape(link))
                waiting.append(link)
        yield shape(address)


def wrong(page: Page) -> list[str]:
    """What is, on the page that is open."""
    found = []
    for width in WINDOWS:
        page.set_viewport_size({"width": width, "height": 844})
        if page.evaluate(TOO_WIDE) > 0:
            found.append(f"wider than {width}")
    ours = [[part] for part in OURS if page.locator(part).count()]
    if ours:
        page.evaluate(Axe().axe_script)
        found += page.evaluate(CHECK, [ours, RULES])
        page.evaluate(DARK)
        found += [f"{rule} in the dark" for rule in page.evaluate(CHECK, [ours, CONTRAST])]
    return found


@pytest.mark.usefixtures("work_of_operators")
def test_every_page_is_whole(log_in: LogIn, server: str) -> None:
    page = log_in()
    seen = {name: wrong(page) for name in pages(page, f"{server}/admin/")}
    assert len(seen) > 55
    assert {name: found for name, found in seen.items() if found} == {}
