"""`manage.py watchlist` against a scripted list server on real sockets."""

from __future__ import annotations

import json
import re
import signal

import pytest

from tests.live.watchlist.notifier import ScriptedNotifier
from tests.live.watchlist.running import finish, start, watchlist
from tests.pure.watchlist.lists import BOB, CLAIRE, LIST, contact, encoded

pytestmark = pytest.mark.asyncio

FULL = encoded(0, True, contact(BOB, "open", "At my desk"), contact(CLAIRE, "closed"))


@pytest.mark.req("R6665-4.1.2.3-1")
@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_once_prints_the_list_and_unsubscribes(transport: str) -> None:
    async with ScriptedNotifier(FULL) as notifier:
        result = await watchlist(notifier.server(transport), "--once")
    assert result.code == 0, result.err
    (bob,) = [line for line in result.out.splitlines() if BOB in line]
    assert [cell.strip() for cell in bob.split("│")[3:5]] == ["open", "At my desk"]
    assert notifier.expires == ["3600", "0"]
    assert {request.via.transport for request in notifier.requests} == {transport.upper()}


def _root_last() -> tuple[str, bytes]:
    kind, body = FULL
    mark = b"--" + kind.rpartition("boundary=")[2].strip('"').encode()
    before, root, *others, after = body.split(mark)
    return kind, mark.join([before, *others, root, after])


@pytest.mark.req("R2387-3.2-1")
@pytest.mark.parametrize("body", [(re.sub(';start="[^"]*"', "", FULL[0]), FULL[1]), _root_last()])
async def test_root_is_the_part_that_start_names_or_the_first(body: tuple[str, bytes]) -> None:
    assert body != FULL
    async with ScriptedNotifier(body) as notifier:
        result = await watchlist(notifier.server(), "--once")
    assert result.code == 0, result.err
    assert BOB in result.out and "At my desk" in result.out


async def test_json_is_one_line_per_notify() -> None:
    changed = encoded(1, False, contact(BOB, "closed", "Gone"))
    async with ScriptedNotifier(FULL, changed) as notifier:
        process = await start(notifier.server(), "--json")
        await notifier.heard(2)
        process.send_signal(signal.SIGINT)
        result = await finish(process)
    first, second, last = [json.loads(line) for line in result.out.splitlines()]
    assert (first["list"], first["version"], first["full_state"]) == (LIST, 0, True)
    assert [resource["uri"] for resource in first["resources"]] == [BOB, CLAIRE]
    assert (second["version"], second["full_state"], second["outcome"]) == (1, False, "applied")
    (bob,) = second["resources"]
    assert (bob["instances"][0]["says"], bob["instances"][0]["note"]) == ("closed", "Gone")
    assert (last["subscription"]["state"], last["subscription"]["reason"]) == ("terminated", "timeout")


async def test_it_ends_by_itself_after_the_time_that_was_given() -> None:
    async with ScriptedNotifier(FULL) as notifier:
        result = await watchlist(notifier.server(), "--for", "3")
    assert result.code == 0, result.err
    assert notifier.expires == ["3600", "0"]


async def test_raw_prints_what_crossed_the_wire() -> None:
    async with ScriptedNotifier(FULL) as notifier:
        result = await watchlist(notifier.server(), "--raw", "--once", "--event", "dialog")
    starts = [
        line
        for line in result.out.splitlines()
        if line.startswith(("SUBSCRIBE sip", "NOTIFY sip", "SIP/2.0"))
    ]
    assert [line.split()[0] for line in starts][:4] == ["SUBSCRIBE", "SIP/2.0", "NOTIFY", "SIP/2.0"]
    assert "Supported: eventlist" in result.out
    assert "Accept: multipart/related, application/rlmi+xml, application/dialog-info+xml" in result.out
    assert '<list xmlns="urn:ietf:params:xml:ns:rlmi"' in result.out


async def test_interrupt_unsubscribes_and_shows_the_final_notify() -> None:
    async with ScriptedNotifier(FULL, final=encoded(1, True, contact(BOB, "closed"))) as notifier:
        process = await start(notifier.server())
        await notifier.heard(1)
        process.send_signal(signal.SIGINT)
        result = await finish(process)
    assert result.code == 0, result.err
    assert notifier.expires == ["3600", "0"]
    assert "NOTIFY 2: terminated, reason timeout, version 1, full, 1 resources" in result.out


@pytest.mark.parametrize("proxy", [False, True])
async def test_password_of_the_environment_answers_the_challenge(proxy: bool) -> None:
    async with ScriptedNotifier(FULL, password="secret", proxy=proxy) as notifier:
        result = await watchlist(notifier.server(), "--once", password="secret")
    assert result.code == 0, result.err
    assert BOB in result.out
    assert len(notifier.requests) == 3


@pytest.mark.req("R3261-22.1-2")
@pytest.mark.parametrize(
    ("password", "advice", "requests"),
    [("", "the server wants a password: --password, or RLS_PASSWORD", 1), ("wrong", "was not accepted", 2)],
)
async def test_missing_and_wrong_password_are_explained(password: str, advice: str, requests: int) -> None:
    async with ScriptedNotifier(FULL, password="secret") as notifier:
        result = await watchlist(notifier.server(), "--once", password=password)
    assert result.code == 1
    assert "401 Unauthorized" in result.err
    assert advice in result.err
    assert "Traceback" not in result.err
    assert len(notifier.requests) == requests
