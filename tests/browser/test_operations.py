"""What operators do in the admin: look at the last hour, act on a subscription, read a trace."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import LogIn, Shoot

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"]}


def accessible(page: Page, inside: str) -> None:
    """axe-core finds nothing in our part of the page: labels, contrast, structure."""
    found = Axe().run(page, context=inside, options=RULES)
    assert found.violations_count == 0, found.generate_report()


@pytest.fixture
def last_hour(server: str) -> None:
    """Samples of a worker that gets busier, and something it complained of."""
    from rls.domain.histogram import BOUNDS
    from rls.models import Problem, Sample

    now = datetime.now(UTC)
    counts = [0] * (len(BOUNDS) + 1)
    samples = []
    for step in range(240):
        counts[BOUNDS.index(0.6)] += 40 + step
        counts[BOUNDS.index(1.1)] += 1 + step // 20
        samples.append(
            Sample(
                at=now - timedelta(seconds=15 * (240 - step)),
                owner=1,
                watchers=60,
                back_ends=360,
                updates=sum(counts) * 3,
                notifies=sum(counts),
                failures=step // 10,
                delays=list(counts),
                lag=0.004 + step % 9 / 1000,
            )
        )
    Sample.objects.bulk_create(samples)
    Problem.objects.create(
        at=now, owner=1, level="error", logger="rls.writer", message="not written, will try again error=…"
    )


@pytest.mark.usefixtures("last_hour")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_overview_draws_the_last_hour_and_is_accessible(log_in: LogIn, shoot: Shoot, scheme: str) -> None:
    page = log_in(scheme=scheme)
    chart = page.get_by_role("img", name="Delay from change to NOTIFY")
    expect(chart).to_be_visible()
    assert len(chart.locator("path").first.get_attribute("d") or "") > 500
    expect(page.get_by_text("not written, will try again")).to_be_visible()
    accessible(page, "#overview")
    shoot(page, "overview" if scheme == "light" else "overview-dark")


@pytest.mark.usefixtures("last_hour")
def test_overview_fits_a_phone(log_in: LogIn, shoot: Shoot) -> None:
    page = log_in(width=390, height=844)
    expect(page.get_by_role("img", name="Lag of ticks")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    accessible(page, "#overview")
    shoot(page, "phone")


def open_watcher(page: Page) -> None:
    page.get_by_role("link", name="Watchers").first.click()
    page.get_by_role("link", name="alice@example.test").first.click()
    expect(page.get_by_role("heading", name="Time line")).to_be_visible()


def test_end_is_asked_for_by_keyboard_and_written_down(log_in: LogIn) -> None:
    from rls.models import Order

    page = log_in()
    open_watcher(page)
    accessible(page, ".rls-timeline")
    page.get_by_role("link", name="End", exact=True).click()
    accessible(page, ".rls-confirm")
    page.get_by_label("rejected", exact=False).focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="End subscription").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("was told: end the subscription").first).to_be_visible()
    expect(page.locator(".rls-timeline")).to_contain_text("admin: end the subscription")
    order = Order.objects.get()
    assert (order.kind, order.reason, order.by, order.done) == ("end", "rejected", "admin", None)
    page.get_by_role("link", name="Actions").first.click()
    expect(page.locator("#result_list")).to_contain_text("end the subscription")


def test_resource_leads_to_all_who_watch_it(log_in: LogIn) -> None:
    from rls.models import Presentity

    page = log_in()
    page.get_by_role("link", name="Resources", exact=True).first.click()
    page.locator("#result_list .data-row").first.get_by_role("link").first.click()
    uri = Presentity.objects.get(pk=int(page.url.rstrip("/").split("/")[-2])).resource_uri
    page.get_by_role("link", name="Who watches it").click()
    rows = page.locator("#result_list .data-row")
    expect(rows).to_have_count(Presentity.objects.filter(resource_uri=uri).count())


def record(trace_id: int) -> None:
    """SUBSCRIBE, 200, NOTIFY, 200 with a phone, and the same with a presence server."""
    from rls.models import TracedMessage

    exchange = (
        (False, "192.0.2.20:5060", "SUBSCRIBE sip:team@example.test SIP/2.0\r\nCSeq: 1 SUBSCRIBE\r\n\r\n"),
        (True, "192.0.2.20:5060", "SIP/2.0 200 OK\r\nCSeq: 1 SUBSCRIBE\r\n\r\n"),
        (
            True,
            "192.0.2.20:5060",
            "NOTIFY sip:alice@192.0.2.20 SIP/2.0\r\nCSeq: 1 NOTIFY\r\n"
            "Subscription-State: active;expires=3600\r\n\r\n<list/>",
        ),
        (False, "192.0.2.20:5060", "SIP/2.0 200 OK\r\nCSeq: 1 NOTIFY\r\n\r\n"),
        (True, "192.0.2.1:5060", "SUBSCRIBE sip:bob@example.test SIP/2.0\r\nCSeq: 1 SUBSCRIBE\r\n\r\n"),
        (False, "192.0.2.1:5060", "SIP/2.0 403 Forbidden\r\nCSeq: 1 SUBSCRIBE\r\n\r\n"),
    )
    now = time.time()
    TracedMessage.objects.bulk_create(
        TracedMessage(
            trace_id=trace_id,
            at=datetime.fromtimestamp(now + number / 50, UTC),
            owner=1,
            sent=sent,
            transport="udp",
            local="192.0.2.10:5060",
            remote=remote,
            message=message.encode(),
        )
        for number, (sent, remote, message) in enumerate(exchange)
    )


def test_trace_fills_as_a_ladder_and_goes_out_as_pcap(log_in: LogIn, shoot: Shoot, tmp_path: Path) -> None:
    from rls.models import Trace

    page = log_in()
    open_watcher(page)
    page.get_by_role("link", name="Trace messages").click()
    page.get_by_role("button", name="Record").click()
    expect(page.get_by_text("Nothing yet.")).to_be_visible()
    record(Trace.objects.get().pk)
    ladder = page.get_by_role("region", name="Ladder of messages")
    expect(ladder).to_be_visible()
    expect(ladder.locator(".rls-arrow")).to_have_count(6)
    accessible(page, "#ladder")
    ladder.locator("summary").nth(2).click()
    expect(ladder.get_by_text("Subscription-State: active;expires=3600")).to_be_visible()
    shoot(page, "ladder")
    with page.expect_download() as download:
        page.get_by_role("link", name="pcap").click()
    download.value.save_as(tmp_path / "trace.pcap")
    assert (tmp_path / "trace.pcap").read_bytes()[:4] == b"\xd4\xc3\xb2\xa1"
    page.get_by_role("link", name="Stop recording").click()
    accessible(page, ".rls-confirm")
    page.get_by_role("button", name="Stop recording").click()
    expect(page.get_by_text("Recording has ended.")).to_be_visible()
    expect(page.get_by_role("link", name="Stop recording")).to_have_count(0)
