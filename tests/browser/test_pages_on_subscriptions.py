"""Every page on subscriptions, those who have them, and the workers that serve them."""

from __future__ import annotations

import pytest

from tests.browser.conftest import LogIn
from tests.browser.whole_pages import faults

SUBSCRIPTIONS = r"/admin/rls/"


@pytest.mark.usefixtures("work_of_operators")
def test_every_page_on_subscriptions_is_whole(log_in: LogIn, server: str) -> None:
    seen = faults(log_in(), server, SUBSCRIPTIONS)
    assert len(seen) > 38
    assert {name: found for name, found in seen.items() if found} == {}
