"""The bytes of a NOTIFY out of what the worker remembers."""

from __future__ import annotations

import pytest

from rls.domain import multipart, rlmi
from rls.store.numbering import OutboxRow
from sipworker.engine.list_subscription import ListSubscription
from sipworker.engine.rendering import LARGEST_DATAGRAM, Notify, render, render_fetch
from tests.django.engine.lists import BOB, CAROL, DAVE, FRIENDS
from tests.django.engine.views import know, subscription

UDP_MOST = 65_507


def rendered(watcher: ListSubscription, *rows: int, reason: str = "", now: float = 10.0) -> Notify:
    """Full state, or the rows."""
    kind = "P" if rows else "F"
    return render(watcher, OutboxRow(1, 1, 3, 8, 7, kind, reason, list(rows)), "rls.test", now)


def document(notify: Notify) -> rlmi.ResourceList:
    return rlmi.parse(parts(notify)[0].body)


def parts(notify: Notify) -> list[multipart.Part]:
    content_type = notify.headers.partition("Content-Type: ")[2].strip()
    return multipart.parse(content_type, notify.body)


def known(notify: Notify) -> set[str]:
    """The resources that come with an instance."""
    return {resource.uri for resource in document(notify).resources if resource.instances}


@pytest.fixture
def watcher() -> ListSubscription:
    watcher = subscription(BOB, CAROL, DAVE)
    for back_end in watcher.resources.values():
        know(back_end, b"<presence/>")
    return watcher


@pytest.mark.req("R4662-5.2-1", "R4662-5.2-7", "R4662-5.3-1", "R4662-4.5-4")
def test_full_state_names_all_in_the_order_of_the_list(watcher: ListSubscription) -> None:
    told = document(rendered(watcher))
    assert (told.uri, told.version, told.full_state) == (FRIENDS, 7, True)
    assert [resource.uri for resource in told.resources] == [BOB, CAROL, DAVE]


@pytest.mark.req("R4662-5.2-7")
def test_partial_state_names_the_rows_only(watcher: ListSubscription) -> None:
    told = document(rendered(watcher, 3, 1))
    assert not told.full_state
    assert [resource.uri for resource in told.resources] == [BOB, DAVE]


def test_rows_that_left_the_list_since_are_not_named(watcher: ListSubscription) -> None:
    del watcher.resources[BOB]
    assert [resource.uri for resource in document(rendered(watcher, 1, 2)).resources] == [CAROL]


@pytest.mark.req("R6665-4.2.2-5")
def test_full_state_may_be_forced(watcher: ListSubscription) -> None:
    watcher.force_full = True
    assert document(rendered(watcher, 1)).full_state


@pytest.mark.req("R4662-4.5-10")
def test_nothing_known_is_no_instance() -> None:
    notify = rendered(subscription(BOB))
    assert [resource.instances for resource in document(notify).resources] == [()]
    assert len(parts(notify)) == 1


@pytest.mark.req("R4662-5.5-7")
def test_active_without_a_body_is_no_instance(watcher: ListSubscription) -> None:
    know(watcher.resources[BOB], b"")
    assert known(rendered(watcher)) == {CAROL, DAVE}


@pytest.mark.req("R4662-4.5-5", "R4662-4.5-8", "R4662-5.5-5")
def test_a_terminated_resource_has_a_reason_and_no_part(watcher: ListSubscription) -> None:
    bob = watcher.resources[BOB]
    bob.turn("terminated", "rejected")
    bob.forget_bodies()
    bob.reveal(bob.instance)
    (told,) = document(rendered(watcher, 1)).resources[0].instances
    assert (told.state, told.reason, told.cid) == ("terminated", "rejected", None)


@pytest.mark.req("R4662-7.3-1", "R4662-5.5-8")
def test_bodies_are_passed_on_as_they_came(watcher: ListSubscription) -> None:
    body = bytes(range(256)) + b"\r\n--boundary--\r\n"
    know(watcher.resources[BOB], body, "application/x-unheard; a=b")
    part = parts(rendered(watcher, 1))[1]
    assert (part.body, part.content_type) == (body, "application/x-unheard; a=b")


@pytest.mark.req("R6665-4.2.2-7", "R6665-4.2.2-8", "R4662-4.1-2")
def test_the_time_left_is_told(watcher: ListSubscription) -> None:
    notify = rendered(watcher, now=10.0)
    assert notify.state == "active;expires=590"
    assert notify.headers.startswith(
        "Require: eventlist\r\nSIP-ETag: 3-0\r\nContent-Type: multipart/related;"
    )


@pytest.mark.req("R6665-4.1.3-1", "R6665-4.2.2-9")
def test_the_last_notify_says_why_and_no_time(watcher: ListSubscription) -> None:
    assert rendered(watcher, reason="noresource").state == "terminated;reason=noresource"


@pytest.mark.req("R6665-4.4.3-1", "R4662-5.2-3")
def test_a_fetch_is_told_version_0_and_the_end(watcher: ListSubscription) -> None:
    notify = render_fetch(watcher, "rls.test", 0.0)
    assert notify.state == "terminated;reason=timeout"
    assert (document(notify).version, document(notify).full_state) == (0, True)


# -- datagrams


@pytest.mark.parametrize("rows", [(), (1, 2, 3)], ids=["full", "partial"])
def test_what_fits_no_datagram_is_left_over(watcher: ListSubscription, rows: tuple[int, ...]) -> None:
    for back_end in watcher.resources.values():
        know(back_end, b"x" * 25_000)
    notify = rendered(watcher, *rows)
    assert len(notify.body) < UDP_MOST
    assert notify.left_over == {3}
    assert known(notify) == {BOB, CAROL}
    assert len(document(notify).resources) == (2 if rows else 3)
    assert known(rendered(watcher, *notify.left_over)) == {DAVE}


def test_streams_have_no_limit() -> None:
    watcher = subscription(BOB, CAROL, transport="tcp")
    for back_end in watcher.resources.values():
        know(back_end, b"x" * 100_000)
    notify = rendered(watcher)
    assert known(notify) == {BOB, CAROL} and not notify.left_over


@pytest.mark.parametrize("rows", [(), (1, 2, 3)], ids=["full", "partial"])
def test_a_body_that_no_datagram_holds_is_left_out_for_good(
    watcher: ListSubscription, rows: tuple[int, ...]
) -> None:
    """It would be retransmitted in vain for 32 seconds and then end the subscription."""
    know(watcher.resources[BOB], b"x" * UDP_MOST)
    notify = rendered(watcher, *rows)
    assert known(notify) == {CAROL, DAVE}
    assert len(document(notify).resources) == 3
    assert not notify.left_over and len(notify.body) < LARGEST_DATAGRAM


def test_the_last_notify_fits_too(watcher: ListSubscription) -> None:
    for back_end in watcher.resources.values():
        know(back_end, b"x" * 25_000)
    assert len(rendered(watcher, reason="timeout").body) < UDP_MOST
