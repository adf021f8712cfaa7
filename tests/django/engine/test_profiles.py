"""Phones whose User-Agent has a profile are told in their own way, from the next NOTIFY on."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import sync_to_async

from rls.domain import multipart, rlmi
from rls.models import CompatibilityProfile
from sipworker.sip.message import Request
from tests.django.engine.lists import BOB, CAROL, FRIENDS, service
from tests.django.engine.rig import Rig
from tests.django.engine.waiting import until

pytestmark = pytest.mark.asyncio

AGENT = (("User-Agent", "Odd/1.0"),)
DIALOG_INFO = "application/dialog-info+xml"


@pytest.fixture(autouse=True)
def _two_friends(rig: Rig) -> None:
    rig.lists.put(service(BOB, CAROL, names={BOB: "Bob"}))


async def put(**switches: Any) -> CompatibilityProfile:
    made = CompatibilityProfile(name="Odd", user_agents="odd/*", **switches)
    await sync_to_async(made.save)()
    return made


async def started(rig: Rig, **switches: Any) -> None:
    await put(**switches)
    await rig.start()


async def subscribed(rig: Rig, uri: str = FRIENDS, **changed: str) -> Request:
    """The newest NOTIFY."""
    rig.phone.subscribe(uri, AGENT, **changed)
    await rig.quiet()
    assert rig.phone.status == 200
    return rig.phone.requests[-1]


def heads(notify: Request) -> list[bytes]:
    """The headers of the parts."""
    boundary = multipart.media_type(notify.header("content-type") or "")[1]["boundary"]
    pieces = notify.body.split(f"--{boundary}".encode())[1:-1]
    return [piece.partition(b"\r\n\r\n")[0] for piece in pieces]


async def test_content_ids_as_old_linphones_look_for_them(rig: Rig) -> None:
    await started(rig, content_id="Content-Id", brackets=False)
    notify = await subscribed(rig)
    document = rlmi.parse(multipart.parse(notify.header("content-type") or "", notify.body)[0].body)
    cids = [instance.cid for resource in document.resources for instance in resource.instances]
    assert len(cids) == 2
    for head, cid in zip(heads(notify)[1:], cids, strict=True):
        assert f"\r\nContent-Id: {cid}\r\n".encode() in head + b"\r\n"


async def test_lengths_of_parts_and_the_list_last(rig: Rig) -> None:
    await started(rig, part_length=True, root_last=True)
    notify = await subscribed(rig)
    first, *_, last = heads(notify)
    assert b"Content-Length: %d" % len(f"<{BOB}/>") in first
    assert b"application/rlmi+xml" in last
    root = multipart.parse(notify.header("content-type") or "", notify.body)[0]
    assert root.content_type.startswith("application/rlmi+xml")  # by `start`


async def test_names_are_left_out(rig: Rig) -> None:
    await started(rig, named=False)
    assert b"<name" not in (await subscribed(rig)).body


async def test_every_notify_is_full_state(rig: Rig) -> None:
    await started(rig, always_full=True)
    await subscribed(rig)
    rig.server.tell(BOB, b"<new/>")
    await rig.quiet()
    await rig.tick()
    told = rig.phone.told[-1]
    assert told.full
    assert (told.body(BOB), told.body(CAROL)) == (b"<new/>", f"<{CAROL}/>".encode())


async def test_a_dialog_that_is_terminated_puts_the_lamp_out(rig: Rig) -> None:
    await started(rig, dialog_child=True)
    await subscribed(rig, event="dialog")
    rig.server.tell(BOB, b'<dialog-info version="1" state="full"/>', content_type=DIALOG_INFO)
    await rig.quiet()
    await rig.tick()
    assert b"<state>terminated</state>" in rig.phone.told[-1].body(BOB)


async def test_to_names_the_list_where_the_request_uri_has_no_user(rig: Rig) -> None:
    await started(rig, uri_from_to=True)
    await subscribed(rig, "sip:example.test", to=f"<{FRIENDS}>")
    assert rig.phone.told[-1].body(BOB)


async def test_a_parameter_names_the_list(rig: Rig) -> None:
    rig.lists.put(service(CAROL, uri="sip:alice@example.test;pres-list=rcs"))
    await started(rig, list_params="pres-list")
    await subscribed(rig, "sip:alice@example.test;pres-list=rcs;transport=udp")
    assert list(rig.phone.told[-1].states) == [CAROL]


@pytest.mark.parametrize(("capital", "said"), [(False, "PRESENCE"), (True, "Presence")])
async def test_event_names_in_other_letters(rig: Rig, capital: bool, said: str) -> None:
    await started(rig, fold_event=True, capital_event=capital)
    notify = await subscribed(rig, event="PRESENCE")
    assert notify.header("event") == said
    assert rig.server.subscribes(BOB)[0].header("event") == "presence"
    rig.phone.refresh(event="PRESENCE")
    await rig.quiet()
    assert rig.phone.status == 200


@pytest.mark.req("R6665-8.2.1-1")
async def test_without_a_profile_event_names_are_compared_octet_by_octet(rig: Rig) -> None:
    await rig.start()
    rig.phone.subscribe(event="Presence")
    await rig.quiet()
    assert rig.phone.status == 489


async def test_a_changed_profile_counts_for_running_subscriptions(rig: Rig) -> None:
    profile = await put(named=True)
    await rig.start()
    assert b"<name" in (await subscribed(rig)).body
    profile.named = False
    await sync_to_async(profile.save)()
    (watcher,) = rig.worker.watchers._by_id.values()
    await until(lambda: not watcher.profile.named)
    rig.phone.refresh()
    await rig.quiet()
    assert b"<name" not in rig.phone.requests[-1].body
    await sync_to_async(profile.delete)()
    await until(lambda: watcher.profile.named)


async def test_a_profile_holds_after_a_restart(rig: Rig) -> None:
    await started(rig, fold_event=True, named=False)
    await subscribed(rig, event="Presence")
    await rig.crash()
    await rig.start()
    rig.server.tell(BOB, b"<new/>")
    await rig.quiet()
    await rig.tick()
    assert rig.phone.requests[-1].header("event") == "Presence"
    assert b"<name" not in rig.phone.requests[-1].body
    assert rig.phone.told[-1].body(BOB) == b"<new/>"
