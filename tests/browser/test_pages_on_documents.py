"""Every page on documents, operators and their work: all but those on subscriptions."""

from __future__ import annotations

import pytest

from tests.browser.conftest import LogIn
from tests.browser.whole_pages import faults

THE_REST = r"/admin/(?!rls/)"


@pytest.mark.usefixtures("work_of_operators")
def test_every_page_on_documents_and_operators_is_whole(log_in: LogIn, server: str) -> None:
    seen = faults(log_in(), server, THE_REST)
    assert len(seen) > 24
    assert {name: found for name, found in seen.items() if found} == {}
