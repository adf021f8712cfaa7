"""The page of the REST API: whole without the internet, and good to try things out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import Page, Route

if TYPE_CHECKING:
    from tests.browser.conftest import LogIn, Shoot


def test_page_needs_no_other_server_and_tries_out_with_a_session(
    server: str, log_in: LogIn, shoot: Shoot
) -> None:
    page = log_in()
    foreign: list[str] = []

    def only_ours(route: Route) -> None:
        if route.request.url.startswith((server, "data:")):
            route.continue_()
        else:
            foreign.append(route.request.url)
            route.abort()

    page.route("**/*", only_ours)
    page.goto(f"{server}/api/v1/docs")
    page.get_by_text("Resource list server").first.wait_for()
    page.wait_for_selector("#operations-lists-lists_create")
    shoot(page, "api")
    page.locator("#operations-subscriptions-subscriptions_list .opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    answer = page.locator(".live-responses-table .response .response-col_status")
    answer.first.wait_for()
    assert answer.first.inner_text().split()[0] == "200"
    assert foreign == []


def test_page_is_readable_on_a_phone(server: str, new_page: Callable[..., Page], shoot: Shoot) -> None:
    page = new_page(width=390, height=844)
    page.goto(f"{server}/api/v1/docs")
    page.wait_for_selector("#operations-lists-lists_create")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
