"""Rows for the tests, with what a test is about changed."""

from __future__ import annotations

from typing import Any

from rls.store.commit_group import CommitGroup, Connection, write
from rls.store.rows import PresentityRow, RefreshRow, StateRow, WatcherRow

OWNER = 1
SLICES = 10


def watcher(number: int, **changed: Any) -> WatcherRow:
    row = WatcherRow(
        id=number,
        presentity_uri="sip:friends@example.test",
        to_user="friends",
        to_domain="example.test",
        watcher_username="alice",
        watcher_domain="example.test",
        event="presence",
        event_id=None,
        to_tag="ours",
        from_tag="theirs",
        callid=f"call-{number}",
        local_cseq=0,
        remote_cseq=1,
        contact="sip:alice@192.0.2.1",
        record_route="",
        expires=2_000_000_000,
        status=1,
        reason="",
        version=-1,
        socket_info="udp:127.0.0.1:5060",
        local_contact="sip:rls@127.0.0.1:5060",
        owner=OWNER,
        rlsubs_did=f"call-{number};theirs;ours",
        service_uri="sip:friends@example.test",
        identity="sip:alice@example.test",
        from_header="<sip:alice@example.test>",
        to_header="<sip:friends@example.test>",
        accept="",
        event_params="",
        flow="udp 127.0.0.1:5060 192.0.2.1:5060",
        user_agent="",
        max_forwards=70,
        privacy="",
        recipients=None,
        filters="",
        deflate=False,
        dormant=False,
        news_cseq=0,
        full_mark=0,
        settled=True,
        created=1_700_000_000,
    )
    return row._replace(**changed)


def refreshed(number: int, cseq: int, **changed: Any) -> RefreshRow:
    row = RefreshRow(
        id=number,
        contact="sip:new@192.0.2.2",
        expires=2_100_000_000,
        remote_cseq=cseq,
        accept="",
        event_params="",
        flow="",
        filters="",
        deflate=False,
        dormant=False,
        news_cseq=1,
    )
    return row._replace(**changed)


def presentity(number: int, watcher_id: int, uri: str = "", **changed: Any) -> PresentityRow:
    row = PresentityRow(
        id=number,
        watcher_id=watcher_id,
        rlsubs_did=f"call-{watcher_id};theirs;ours",
        resource_uri=uri or f"sip:user{number}@example.test",
        instance="1",
        position=number,
        be_callid="",
        be_local_tag="",
        be_request_uri=uri or f"sip:user{number}@example.test",
    )
    return row._replace(**changed)


def state(number: int, body: bytes | None = b"<presence/>", **changed: Any) -> StateRow:
    row = StateRow(
        id=number,
        presence_state=body,
        content_type="application/pidf+xml",
        expires=2_000_000_000,
        auth_state=2,
        reason="",
        be_callid=f"be-{number}",
        be_local_tag="l",
        be_remote_tag="r",
        be_target="sip:pa@192.0.2.9",
        be_route="",
        be_local_cseq=1,
        be_remote_cseq=1,
        be_code=200,
        be_etag="",
        be_omitted="",
    )
    return row._replace(**changed)


def states(*rows: StateRow, changes: list[tuple[int, int]] | None = None) -> CommitGroup:
    """A group of states, and of marks (watcher, row)."""
    return CommitGroup(states={row.id: row for row in rows}, changes=changes or [])


async def store(
    connection: Connection, watchers: list[WatcherRow], presentities: list[PresentityRow] | None = None
) -> None:
    group = CommitGroup(new_watchers=watchers, new_presentities=presentities or [])
    await write(connection, group, OWNER, SLICES)
