"""Settings that take effect at once, changed in the browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LogIn, Shoot
from tests.browser.test_operations import accessible


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_setting_is_changed_by_keyboard_and_on_record(log_in: LogIn, shoot: Shoot, scheme: str) -> None:
    from rls.models import ChangedSetting

    page = log_in(scheme=scheme)
    page.get_by_role("link", name="Settings").first.click()
    field = page.get_by_label("RLS_MAX_USER_SUBSCRIPTIONS")
    field.fill("many")
    page.keyboard.press("Enter")
    expect(page.get_by_text("has to be a whole number")).to_be_visible()
    accessible(page, ".rls-settings")
    field.fill("50")
    page.keyboard.press("Enter")
    expect(page.get_by_text("in force within a second")).to_be_visible()
    expect(page.get_by_text("'1000' → '50'")).to_be_visible()
    assert ChangedSetting.objects.get().value == "50"
    accessible(page, ".rls-settings")
    if scheme == "light":
        shoot(page, "settings")
