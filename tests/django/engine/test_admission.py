"""The decision table for SUBSCRIBE, row by row (its rows are named D5 to D47)."""

from __future__ import annotations

import psycopg
import pytest

from rls.domain.lists import ListTooLong
from tests.django.engine.lists import BOB, FRIENDS, service
from tests.django.engine.phone import ACCEPT
from tests.django.engine.rig import Rig
from xcap.documents.sharing import Sharing

pytestmark = pytest.mark.asyncio


async def refused(rig: Rig, **changed: str) -> int:
    """The status of a SUBSCRIBE that leaves no trace."""
    rig.phone.subscribe(changed.pop("uri", FRIENDS), **changed)
    await rig.quiet()
    assert await rig.select("select id from rls_watchers") == []
    assert rig.phone.told == [] and rig.server.requests == []
    return rig.phone.status


@pytest.fixture(autouse=True)
def _one_friend(rig: Rig) -> None:
    rig.lists.put(service(BOB))


@pytest.mark.req("R7332-5-1")
@pytest.mark.parametrize("hops", ["0", "00", "000"])
async def test_d15_no_hops_are_left(rig: Rig, hops: str) -> None:
    await rig.start()
    assert await refused(rig, max_forwards=hops) == 483


@pytest.mark.req("R7332-5-1", "R4662-7.4-1")
@pytest.mark.parametrize(("hops", "left"), [("1", "0"), ("070", "69"), ("", "69")])
async def test_back_ends_get_one_hop_less(rig: Rig, hops: str, left: str) -> None:
    await rig.start()
    rig.phone.subscribe(max_forwards=hops)
    await rig.quiet()
    assert rig.server.request.header("max-forwards") == left


async def test_d10_another_domain(rig: Rig) -> None:
    rig.lists.put(service(BOB, uri="sip:friends@elsewhere.test"))
    await rig.start(domains=frozenset({"example.test"}))
    assert await refused(rig, uri="sip:friends@elsewhere.test") == 404
    assert await refused(rig, uri="sip:nobody@EXAMPLE.test") == 404
    await rig.subscribed()


@pytest.mark.req("R6665-4.2.1.1-2", "R6665-8.2.1-1", "R6665-4.4.4-1")
@pytest.mark.parametrize("event", ["foo", "Presence", "presence.winfo"])
async def test_d18_unknown_package(rig: Rig, event: str) -> None:
    await rig.start()
    assert await refused(rig, event=event) == 489
    assert rig.phone.responses[-1].header("allow-events") == "presence, dialog, xcap-diff"


async def test_d21_no_list_and_no_presence_server(rig: Rig) -> None:
    await rig.start()
    assert await refused(rig, uri="sip:bob@example.test") == 404


@pytest.mark.req("R4662-4.1-6")
async def test_d21_no_list_goes_to_presence(rig: Rig) -> None:
    await rig.start(presence_servers=("sip:10.0.0.9:5060",))
    rig.phone.subscribe("sip:bob@example.test")
    await rig.quiet()
    assert rig.server.request.uri == "sip:bob@example.test"
    assert rig.phone.status == 200
    assert rig.phone.responses[-1].header("require") is None
    assert await rig.select("select id from rls_watchers") == []


@pytest.mark.parametrize("uri", ["sip:bob@example.test", FRIENDS])
async def test_d19_d21_to_presence_code_answers_for_presence(rig: Rig, uri: str) -> None:
    await rig.start(to_presence_code=404, presence_servers=("sip:10.0.0.9:5060",))
    assert await refused(rig, uri=uri, event="foo") == 404


@pytest.mark.parametrize(
    ("error", "status"),
    [(OSError("no such table"), 500), (psycopg.OperationalError("connection refused"), 503)],
    ids=["lists", "database"],
)
async def test_d22_store_unreachable(rig: Rig, error: Exception, status: int) -> None:
    """Without its database the whole server is unfit."""
    await rig.start()
    rig.lists.error = error
    assert await refused(rig) == status
    assert rig.phone.responses[-1].header("retry-after") == "5"
    rig.lists.error = None
    await rig.subscribed()


@pytest.mark.req("R4826-4.5-2", "R4826-4.5-3")
@pytest.mark.parametrize("owner", ["alice@example.test", "bob@example.test"])
async def test_d23_package_that_the_list_does_not_allow(rig: Rig, owner: str) -> None:
    rig.lists.put(service(BOB, owner=owner, packages=frozenset({"dialog"})))
    await rig.start()
    assert await refused(rig) == 489


@pytest.mark.req("R4662-4.1-4")
@pytest.mark.parametrize("supported", ["", "replaces, 100rel"])
async def test_d24_watcher_that_does_not_know_lists(rig: Rig, supported: str) -> None:
    await rig.start()
    assert await refused(rig, supported=supported) == 421
    assert rig.phone.responses[-1].header("require") == "eventlist"


@pytest.mark.req("R4662-4.1-5")
async def test_require_is_taken_for_supported(rig: Rig) -> None:
    await rig.start()
    rig.phone.subscribe(supported="", require="eventlist")
    await rig.quiet()
    assert rig.phone.status == 200


@pytest.mark.req("R4662-4.4-1", "R6665-4.2.1.3-2")
async def test_d25_list_of_somebody_else(rig: Rig) -> None:
    rig.lists.put(service(BOB, owner="bob@example.test"))
    await rig.start()
    assert await refused(rig) == 403


@pytest.mark.parametrize(
    ("access", "owner", "status"),
    [
        ("owner", "ALICE@example.test", 200),
        ("domain", "bob@example.test", 200),
        ("domain", "bob@elsewhere.test", 403),
        ("anyone", "bob@elsewhere.test", 200),
    ],
)
async def test_who_may_use_a_list_is_a_setting(rig: Rig, access: str, owner: str, status: int) -> None:
    rig.lists.put(service(BOB, owner=owner))
    await rig.start(list_access=access)
    rig.phone.subscribe()
    await rig.quiet()
    assert rig.phone.status == status


@pytest.mark.parametrize(
    ("sharing", "owner", "status"),
    [
        (Sharing("owner"), "bob@example.test", 403),
        (Sharing("owner"), "alice@example.test", 200),
        (Sharing("users", ("sip:carol@example.test", "sip:ALICE@example.test")), "bob@example.test", 200),
        (Sharing("users", ("sip:carol@example.test",)), "bob@example.test", 403),
        (Sharing("users"), "alice@example.test", 200),
        (Sharing("domain"), "bob@example.test", 200),
        (Sharing("domain"), "bob@elsewhere.test", 403),
        (Sharing("anyone"), "bob@elsewhere.test", 200),
    ],
)
async def test_what_the_service_says_counts_more_than_the_setting(
    rig: Rig, sharing: Sharing, owner: str, status: int
) -> None:
    rig.lists.put(service(BOB, owner=owner, sharing=sharing))
    await rig.start(list_access="owner" if status == 200 else "anyone")
    rig.phone.subscribe()
    await rig.quiet()
    assert rig.phone.status == status


@pytest.mark.req("R4662-4.3-1")
@pytest.mark.parametrize(
    "accept",
    ["application/pidf+xml", "multipart/related", "application/*", f"{ACCEPT}, multipart/related;q=0"],
)
async def test_d26_watcher_that_cannot_read_lists(rig: Rig, accept: str) -> None:
    await rig.start()
    if "q=0" in accept:
        accept = "application/rlmi+xml, multipart/related;q=0"
    assert await refused(rig, accept=accept) == 406
    assert rig.phone.responses[-1].values("accept")[:2] == ["multipart/related", "application/rlmi+xml"]


@pytest.mark.req("R6665-3.1.3-1")
@pytest.mark.parametrize("accept", ["", "*/*", "multipart/*, application/*", ACCEPT])
async def test_d28_watchers_that_can_or_do_not_say(rig: Rig, accept: str) -> None:
    await rig.start()
    rig.phone.subscribe(accept=accept)
    await rig.quiet()
    assert rig.phone.status == 200


@pytest.mark.req("R3261-8.2.3-1")
async def test_d29_body_that_must_be_understood(rig: Rig) -> None:
    await rig.start()
    content = ("Content-Type", "text/plain")
    rig.phone.subscribe(FRIENDS, (content,), b"odd")
    await rig.quiet()
    rig.phone.subscribe(FRIENDS, (content, ("Content-Disposition", "x;handling=optional")), b"odd")
    await rig.quiet()
    assert rig.phone.statuses == [415, 200]
    assert rig.phone.responses[0].header("accept") is not None


@pytest.mark.req("R6665-4.2.1.1-4")
@pytest.mark.parametrize("asked", ["1", "59"])
async def test_d38_too_brief(rig: Rig, asked: str) -> None:
    await rig.start(min_expires=60)
    assert await refused(rig, expires=asked) == 423
    assert rig.phone.responses[-1].header("min-expires") == "60"


@pytest.mark.req("R6665-4.2.1.1-4", "R6665-3.1.1-1", "R6665-3.1.1-2", "R4662-4.2-1")
@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        ("3600", "3600"),  # D39: never 423 from an hour on, never lengthened
        ("3601", "3601"),
        ("999999", "7200"),  # D40
        ("99999999999999999999999", "7200"),
        ("9" * 5000, "7200"),
        ("", "3600"),  # D41
        ("soon", "3600"),
        ("-5", "3600"),
    ],
    ids=lambda value: value[:12],
)
async def test_d39_to_d41_how_long(rig: Rig, asked: str, granted: str) -> None:
    await rig.start(min_expires=7000, max_expires=7200)
    rig.phone.subscribe(expires=asked)
    await rig.quiet()
    assert (rig.phone.status, rig.phone.responses[-1].header("expires")) == (200, granted)


@pytest.mark.req("R6665-4.4.3-1", "R4662-4.6-4")
async def test_d42_a_fetch_keeps_nothing(rig: Rig) -> None:
    await rig.start()
    assert await fetch(rig) == ("terminated;reason=timeout", 0, {BOB: None})
    assert rig.phone.responses[-1].header("require") == "eventlist"
    assert await rig.select("select id from rls_watchers") == []
    assert rig.server.requests == [] and rig.worker.agent.incoming == {}


async def fetch(rig: Rig) -> tuple[str, int, object]:
    rig.phone.subscribe(expires="0")
    await rig.quiet()
    assert (rig.phone.status, rig.phone.responses[-1].header("expires")) == (200, "0")
    (told,) = rig.phone.told
    assert told.full
    return told.state, told.version, told.states


@pytest.mark.req("R4826-4.5-4")
async def test_d44_list_that_cannot_be_made_out(rig: Rig) -> None:
    rig.lists.break_()
    await rig.start()
    assert await refused(rig) == 502


async def test_d45_a_draining_server_sends_newcomers_away_and_serves_its_watchers(rig: Rig) -> None:
    await rig.start()
    await rig.subscribed()
    rig.worker.admission.draining = True
    rig.phone.subscribe(call_id="another", from_="<sip:alice@example.test>;tag=another")
    await rig.quiet()
    assert rig.phone.status == 503
    assert rig.phone.responses[-1].header("retry-after") == "5"
    rig.phone.refresh()
    await rig.quiet()
    assert rig.phone.status == 200


async def test_dialogs_that_no_index_could_hold_are_refused(rig: Rig) -> None:
    await rig.start()
    assert await refused(rig, call_id="x" * 600) == 400


@pytest.mark.req("R6665-4.2.1.4-2", "R3261-8.2-1")
async def test_a_refresh_that_is_too_brief_changes_nothing(rig: Rig) -> None:
    await rig.start(min_expires=60)
    await rig.subscribed()
    before = await rig.select("select * from rls_watchers")
    rig.phone.refresh(expires="5")
    await rig.quiet()
    assert rig.phone.status == 423
    assert await rig.select("select * from rls_watchers") == before
    await rig.pass_time(100)
    assert len(rig.worker.watchers) == 1


async def test_nobody_else_refreshes_a_subscription(rig: Rig) -> None:
    """Who knows the dialog's names could have its states sent elsewhere."""
    await rig.start()
    await rig.subscribed()
    rig.phone.refresh(from_="<sip:mallory@example.test>;tag=phone", contact="<sip:mallory@10.0.0.66>")
    await rig.quiet()
    assert rig.phone.status == 403
    assert len(rig.phone.told) == 2
    assert await rig.select("select contact from rls_watchers") == [("sip:peer@10.0.0.2:5062",)]


@pytest.mark.parametrize(("code", "status"), [(0, 405), (404, 404)])
async def test_d57_publish(rig: Rig, code: int, status: int) -> None:
    await rig.start(to_presence_code=code)
    rig.phone.ask(("10.0.0.1", 5060), "PUBLISH", event="presence")
    await rig.quiet()
    assert rig.phone.status == status


async def test_d45_a_user_may_have_so_many(rig: Rig) -> None:
    await rig.start(max_user_subscriptions=1)
    for call_id, expires in (("first", "600"), ("second", "600"), ("third", "0")):
        rig.phone.subscribe(call_id=call_id, expires=expires)
        await rig.quiet()
    assert rig.phone.statuses == [200, 403, 200]  # a fetch leaves nothing behind


async def test_d45_a_server_may_have_so_many(rig: Rig) -> None:
    await rig.start(max_subscriptions=1)
    await rig.subscribed()
    rig.phone.subscribe(call_id="second")
    await rig.quiet()
    assert rig.phone.status == 503
    assert rig.phone.responses[-1].header("retry-after") == "5"


async def test_d45_those_that_ended_are_not_counted(rig: Rig) -> None:
    await rig.start(max_user_subscriptions=1)
    await rig.subscribed()
    rig.phone.refresh(expires="0")
    await rig.quiet()
    rig.phone.subscribe(call_id="second")
    await rig.quiet()
    assert rig.phone.status == 200


@pytest.mark.req("R5363-5.3-1", "D35")
async def test_d35_a_list_over_the_limit_is_refused(rig: Rig) -> None:
    rig.lists.by_uri[FRIENDS] = ListTooLong("more than 1000 entries")
    await rig.start()
    assert await refused(rig) == 500


@pytest.mark.req("R6665-4.4.4-3")
async def test_template_packages_are_served_and_not_listed(rig: Rig) -> None:
    await rig.start(events=("presence", "presence.winfo"))
    rig.phone.subscribe(event="presence.winfo")
    await rig.quiet()
    assert (rig.phone.status, rig.phone.responses[-1].header("allow-events")) == (200, "presence, xcap-diff")
