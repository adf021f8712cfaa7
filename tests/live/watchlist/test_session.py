"""A watchlist session over real sockets: refreshes, refusals, ends."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable
from functools import partial
from io import StringIO

import pytest
from rich.console import Console

from sipworker.endpoint import Endpoint
from sipworker.watchlist.displays import LinesDisplay
from sipworker.watchlist.options import Options
from sipworker.watchlist.session import Ending, Session
from tests.live.watchlist.notifier import ScriptedNotifier
from tests.live.watchlist.running import ALICE, LIST
from tests.pure.watchlist.lists import BOB, CLAIRE, PIDF, contact, encoded, gone, nested, pidf

pytestmark = pytest.mark.asyncio

Watched = tuple[Ending, Session, str]
INNER = "sip:inner@example.test"
FULL = encoded(0, True, contact(BOB), contact(CLAIRE))


async def watch(server: str, leave: Awaitable[None] | None = None, expires: int = 3600) -> Watched:
    """Until it ends by itself, or leaves when `leave` is done."""
    output = StringIO()
    given = Options(LIST, ALICE, server, expires=expires)
    session = Session(given, LinesDisplay(Console(file=output, width=200)))
    running = asyncio.create_task(session.run())
    if leave is not None:
        await leave
        session.leave()
    return await running, session, output.getvalue()


@pytest.mark.req("R4662-5.6.2-2")
async def test_version_gap_makes_it_refresh() -> None:
    lost = encoded(2, False, contact(BOB, "closed"))
    refreshed = encoded(3, True, contact(BOB, "closed"), contact(CLAIRE))
    async with ScriptedNotifier(FULL, lost, refreshed=[refreshed]) as notifier:
        ending, session, shown = await watch(notifier.server(), notifier.heard(3))
    assert ending.ok
    assert notifier.expires == ["3600", "3600", "0"]
    assert session.table.version == 3
    assert "version gap" in shown


@pytest.mark.req("R4662-5.6.2-1")
async def test_old_version_is_shown_as_discarded() -> None:
    async with ScriptedNotifier(FULL, encoded(0, False, contact(BOB, "closed"))) as notifier:
        _, session, shown = await watch(notifier.server(), notifier.heard(2))
    assert "discarded" in shown
    said = session.table.rows[BOB].instances["1"].said
    assert said and said.state == "open"


@pytest.mark.req("R4662-5.6.2-3")
async def test_ended_contact_leaves_with_the_next_full_state() -> None:
    ended = encoded(1, False, gone(BOB, "noresource"))
    async with ScriptedNotifier(FULL, ended, encoded(2, True, contact(CLAIRE))) as notifier:
        _, session, shown = await watch(notifier.server(), notifier.heard(3))
    assert "noresource" in shown
    assert list(session.table.rows) == [CLAIRE]


@pytest.mark.req("R4662-5.6.1-1")
@pytest.mark.parametrize("version", [2, 3])
async def test_full_state_that_is_not_newer_is_discarded(version: int) -> None:
    first = encoded(3, True, contact(BOB), contact(CLAIRE))
    async with ScriptedNotifier(first, encoded(version, True, contact(CLAIRE))) as notifier:
        _, session, shown = await watch(notifier.server(), notifier.heard(2))
    assert "discarded" in shown
    assert (list(session.table.rows), session.table.version) == ([BOB, CLAIRE], 3)


@pytest.mark.req("R4662-4.6-1", "R4662-5.6-1")
async def test_list_in_the_list_has_a_table_and_versions_of_its_own() -> None:
    inner = encoded(0, True, contact(BOB), contact(CLAIRE), uri=INNER)
    piece = encoded(1, False, contact(BOB, "closed"), uri=INNER)
    bodies = nested(4, True, INNER, inner), nested(5, False, INNER, piece)
    async with ScriptedNotifier(*bodies) as notifier:
        _, session, _ = await watch(notifier.server(), notifier.heard(2))
    table = session.table.rows[INNER].instances["1"].nested
    assert table is not None and (session.table.version, table.version) == (5, 1)
    said = {uri: row.instances["1"].said for uri, row in table.rows.items()}
    assert {uri: each and each.state for uri, each in said.items()} == {BOB: "closed", CLAIRE: "open"}


@pytest.mark.req("R2387-4-1")
async def test_disposition_of_a_part_means_nothing() -> None:
    media_type, body = FULL
    attached = body.replace(b"\r\nContent-ID:", b"\r\nContent-Disposition: attachment\r\nContent-ID:")
    assert attached != body
    async with ScriptedNotifier((media_type, attached)) as notifier:
        _, session, _ = await watch(notifier.server(), notifier.heard(1))
    said = {uri: row.instances["1"].said for uri, row in session.table.rows.items()}
    assert {uri: each and each.state for uri, each in said.items()} == {BOB: "open", CLAIRE: "open"}


async def test_unreadable_body_is_said_and_does_not_end_it() -> None:
    async with ScriptedNotifier(("multipart/related;boundary=x", b"junk"), FULL) as notifier:
        ending, session, shown = await watch(notifier.server(), notifier.heard(2))
    assert ending.ok
    assert "unreadable: the closing delimiter is missing" in shown
    assert list(session.table.rows) == [BOB, CLAIRE]


async def test_single_contact_is_shown_too() -> None:
    async with ScriptedNotifier((PIDF, pidf("open")), (PIDF, pidf("closed"))) as notifier:
        _, session, _ = await watch(notifier.server(), notifier.heard(2))
    assert list(session.table.rows) == [LIST]
    assert session.table.version == 1


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (403, "403 Forbidden: this list belongs to someone else"),
        (404, "404 Not Found: the server has no such list"),
        (481, "481 Call/Transaction Does Not Exist: the subscription is gone"),
        (489, "try another --event"),
        (606, "606 Not Acceptable: the server refuses"),
    ],
)
async def test_refusal_is_explained(code: int, advice: str) -> None:
    async with ScriptedNotifier(refusal=code) as notifier:
        ending, _, _ = await watch(notifier.server())
    assert (ending.ok, ending.code) == (False, code)
    assert advice in ending.text


async def test_end_by_the_server_is_explained() -> None:
    async with ScriptedNotifier(FULL, ending="noresource") as notifier:
        ending, session, _ = await watch(notifier.server())
    assert not ending.ok
    assert "noresource (the list is gone" in ending.text
    assert list(session.table.rows) == [BOB, CLAIRE]


@pytest.mark.parametrize(
    "server", ["sip:127.0.0.1:1;transport=tcp", "sip:no-such-host.invalid;transport=udp"]
)
async def test_nobody_there_is_explained(server: str) -> None:
    ending, _, _ = await watch(server)
    assert not ending.ok
    assert "no such host, or nothing listens there." in ending.text


async def test_nobody_there_may_be_a_certificate_that_is_refused() -> None:
    ending, _, _ = await watch("sip:127.0.0.1:1;transport=tls")
    assert "or its certificate is refused" in ending.text


def hurries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Timers F and N are over in 3 seconds."""
    monkeypatch.setattr("sipworker.watchlist.session.Endpoint", partial(Endpoint, t1=0.05))


async def test_silence_says_what_to_check(monkeypatch: pytest.MonkeyPatch) -> None:
    hurries(monkeypatch)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        server = f"sip:127.0.0.1:{silent.getsockname()[1]};transport=udp"
        ending, _, _ = await watch(server)
    assert f"No answer from {server} within 32 s. Check" in ending.text


async def test_accepted_without_notify_says_what_to_check(monkeypatch: pytest.MonkeyPatch) -> None:
    hurries(monkeypatch)
    async with ScriptedNotifier() as notifier:
        ending, _, _ = await watch(notifier.server())
    assert "accepted the subscription but no NOTIFY came" in ending.text


@pytest.mark.req("R6665-4.4.3-1")
async def test_expires_0_fetches() -> None:
    async with ScriptedNotifier(FULL, ending="timeout") as notifier:
        ending, session, _ = await watch(notifier.server(), expires=0)
    assert ending.ok
    assert notifier.expires == ["0"]
    assert list(session.table.rows) == [BOB, CLAIRE]
