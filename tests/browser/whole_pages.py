"""Whether pages of the admin are whole: each that a link leads to opens without a word in the console, fits
its window and a phone; of what is ours on it axe-core finds nothing wrong."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.test_operations import RULES

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


def _shape(url: str) -> str:
    """The same for pages that differ in the number of their row only."""
    return re.sub(r"/\d+(?=/|$)", "/N", urlsplit(url).path)


def _pages(page: Page, start: str, wanted: re.Pattern[str]) -> Iterator[str]:
    """Opens `start`, and one page of each wanted shape that links lead to."""
    waiting, known = deque([start]), {_shape(start)}
    while waiting:
        address = waiting.popleft()
        answer = page.goto(address)
        assert answer, address
        assert answer.ok, (address, answer.status)
        for link in filter(lambda link: link.startswith(start), page.evaluate(LINKS)):
            form = _shape(link)
            if form not in known and wanted.match(form) and not NO_PAGE.search(form):
                known.add(form)
                waiting.append(link)
        yield _shape(address)


def _wrong(page: Page) -> list[str]:
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


def faults(page: Page, server: str, wanted: str) -> dict[str, list[str]]:
    """The overview and every page whose path matches `wanted`, and what is wrong with it."""
    return {name: _wrong(page) for name in _pages(page, f"{server}/admin/", re.compile(wanted))}
