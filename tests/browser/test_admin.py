"""The admin as an operator uses it."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import LogIn, Shoot

SIDEWAYS = (
    "(list => list.scrollWidth - list.clientWidth)(document.querySelector('#result_list').parentElement)"
)


def test_overview_shows_the_figures(log_in: LogIn) -> None:
    page = log_in()
    expect(page).to_have_title("Overview | Resource list server")
    expect(page.locator(".rls-card", has_text="Subscriptions").locator(".rls-number")).to_have_text("60")
    expect(page.locator(".rls-card", has_text="Resources").locator(".rls-number")).to_have_text("360")
    expect(page.locator(".rls-card", has_text="NOTIFYs to send").locator(".rls-number")).to_have_text("30")


def test_overview_goes_on_polling(log_in: LogIn) -> None:
    from rls.models import OutboxEntry

    page = log_in()
    depth = page.locator(".rls-card", has_text="NOTIFYs to send").locator(".rls-number")
    for left in (7, 3):
        keep = OutboxEntry.objects.order_by("pk").values("pk")[:left]
        OutboxEntry.objects.exclude(pk__in=list(keep.values_list("pk", flat=True))).delete()
        expect(depth).to_have_text(str(left))


def test_end_of_the_session_leads_to_the_login(log_in: LogIn) -> None:
    from django.contrib.sessions.models import Session

    page = log_in()
    Session.objects.all().delete()
    page.wait_for_url("**/admin/login/**")


def test_links_are_called_what_they_say_without_the_names_of_their_icons(log_in: LogIn) -> None:
    page = log_in()
    navigation = page.locator("#nav-sidebar-apps")
    for name in ("Overview", "Watchers", "Resources", "Settings", "Log entries"):
        expect(navigation.get_by_role("link", name=name, exact=True)).to_have_count(1)


def test_list_shows_sixteen_rows_and_every_column(log_in: LogIn, shoot: Shoot) -> None:
    page = log_in()
    page.get_by_role("link", name="Watchers").first.click()
    page.wait_for_selector("#result_list")
    rows = page.locator("#result_list .data-row")
    visible = [row for row in rows.all() if (box := row.bounding_box()) and box["y"] + box["height"] <= 850]
    assert len(visible) >= 16
    shoot(page, "watchers")
    assert page.evaluate(SIDEWAYS) <= 0


def test_watcher_page_tells_the_dialog_and_its_resources(log_in: LogIn, shoot: Shoot) -> None:
    page = log_in()
    page.get_by_role("link", name="Watchers").first.click()
    page.get_by_role("link", name="alice@example.test").first.click()
    expect(page.locator("#presentities-group .rls-badge", has_text="open").first).to_be_visible()
    shoot(page, "watcher")
    page.locator("summary", has_text="Dialog").click()
    expect(page.get_by_text("<sip:proxy1.example.test;lr>")).to_be_visible()


def test_resource_page_explains_the_document(log_in: LogIn, shoot: Shoot) -> None:
    page = log_in()
    page.get_by_role("link", name="Resources", exact=True).first.click()
    page.get_by_role("link", name="sip:", exact=False).first.wait_for()
    assert page.evaluate(SIDEWAYS) <= 0
    shoot(page, "resources")
    page.locator("#result_list .data-row", has_text="In a meeting").first.get_by_role("link").first.click()
    expect(page.locator(".rls-badge", has_text="open")).to_be_visible()
    expect(page.locator(".rls-document")).to_contain_text("<basic>open</basic>")
    shoot(page, "resource")


def test_filter_narrows_the_list(log_in: LogIn) -> None:
    page = log_in()
    page.get_by_role("link", name="Watchers").first.click()
    page.locator("a", has_text="Filters").click()
    page.locator("#changelist-filter").get_by_role("link", name="pending").click()
    expect(page.locator("#result_list .data-row")).to_have_count(12)


def test_search_finds_a_call_id(log_in: LogIn) -> None:
    page = log_in()
    page.get_by_role("link", name="Watchers").first.click()
    page.locator("#searchbar").fill("000429f3c")
    page.keyboard.press("Enter")
    expect(page.locator("#result_list .data-row")).to_have_count(1)


REFUSED = "The back end answered 403: it does not let this watcher see the resource."


def test_why_a_lamp_is_wrong_is_three_clicks_away(log_in: LogIn) -> None:
    page = log_in()
    page.get_by_role("link", name="Watchers").first.click()
    page.locator("#searchbar").fill("alice")
    page.keyboard.press("Enter")
    page.locator("#result_list").get_by_role("link", name="alice@example.test").first.click()
    resource = page.locator("#presentities-group tr", has_text="rejected").first
    expect(resource).to_contain_text("403")
    resource.get_by_role("link").first.click()
    expect(page.get_by_text(REFUSED)).to_be_visible()


def test_what_back_ends_refuse_is_three_clicks_away(log_in: LogIn) -> None:
    page = log_in()
    page.locator("#overview").get_by_role("link", name="403").click()
    page.locator("#result_list .data-row").first.get_by_role("link").first.click()
    expect(page.get_by_text(REFUSED)).to_be_visible()


def test_dark_follows_the_system(log_in: LogIn) -> None:
    page = log_in(scheme="dark")
    expect(page.locator("html")).to_have_class("dark")
