"""An operator makes an access token in a browser."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import LogIn


def test_token_is_made_and_told_in_the_admin(log_in: LogIn) -> None:
    from rls.models import AccessToken, Subscriber

    page = log_in()
    page.get_by_role("link", name="Access tokens").first.click()
    page.wait_for_url("**/accesstoken/")
    page.goto(page.url + "add/")
    alice = Subscriber.objects.get(username="alice", domain="example.test")
    page.evaluate(
        "([key, text]) => { const select = document.querySelector('#id_subscriber');"
        " select.append(new Option(text, key, true, true)); }",
        [str(alice.pk), str(alice)],
    )
    page.get_by_label("Label").fill("phone book script")
    page.get_by_role("button", name="Save", exact=True).click()
    told = page.get_by_text("copy it now")
    expect(told).to_be_visible()
    text = told.inner_text().split(" is ")[1].split()[0]
    assert AccessToken.find(text) is not None
