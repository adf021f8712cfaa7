"""No page of the admin has to be pushed sideways on a phone."""

from __future__ import annotations

from tests.browser.conftest import LogIn, Shoot

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PAGES = {
    "overview": "",
    "watchers": "rls/watcher/",
    "watcher": "rls/watcher/42/change/",
    "resources": "rls/presentity/",
    "resource": "rls/presentity/1002/change/",
    "outbox": "rls/outboxentry/",
    "workers": "rls/worker/",
    "subscriber": "rls/subscriber/add/",
}


def test_pages_fit_a_phone(log_in: LogIn, server: str, shoot: Shoot) -> None:
    page = log_in(width=390, height=844)
    wide = {}
    for name, path in PAGES.items():
        page.goto(f"{server}/admin/{path}")
        wide[name] = page.evaluate(OVERFLOW)
        if name == "overview":
            shoot(page, "phone")
    assert wide == dict.fromkeys(PAGES, 0)
