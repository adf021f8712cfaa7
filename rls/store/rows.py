"""The rows that the SIP worker writes, column by column."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, get_type_hints


class WatcherRow(NamedTuple):
    """A new row of rls_watchers. Times are Unix seconds; version and CSeq are one before the first."""

    id: int
    presentity_uri: str
    to_user: str
    to_domain: str
    watcher_username: str
    watcher_domain: str
    event: str
    event_id: str | None
    to_tag: str
    from_tag: str
    callid: str
    local_cseq: int
    remote_cseq: int
    contact: str
    record_route: str
    expires: int
    status: int
    reason: str
    version: int
    socket_info: str
    local_contact: str
    owner: int
    rlsubs_did: str
    service_uri: str
    identity: str
    from_header: str
    to_header: str
    accept: str
    event_params: str
    flow: str
    user_agent: str
    max_forwards: int
    privacy: str
    recipients: bytes | None
    filters: str
    deflate: bool
    dormant: bool
    news_cseq: int
    full_mark: int
    settled: bool
    created: int


class PresentityRow(NamedTuple):
    """A row of rls_presentity as it is inserted and, for back ends after a list change, kept."""

    id: int
    watcher_id: int
    rlsubs_did: str
    resource_uri: str
    instance: str
    position: int
    be_callid: str
    be_local_tag: str
    be_request_uri: str


class StateRow(NamedTuple):
    """Everything that a back end changes in its row of rls_presentity."""

    id: int
    presence_state: bytes | None
    content_type: str
    expires: int
    auth_state: int
    reason: str
    be_callid: str
    be_local_tag: str
    be_remote_tag: str
    be_target: str
    be_route: str
    be_local_cseq: int
    be_remote_cseq: int
    be_code: int
    be_etag: str
    be_omitted: str


class RefreshRow(NamedTuple):
    """What a SUBSCRIBE in the dialog changes in rls_watchers; `news_cseq` None: it is the NOTIFY's."""

    id: int
    contact: str
    expires: int
    remote_cseq: int
    accept: str
    event_params: str
    flow: str
    filters: str
    deflate: bool
    dormant: bool
    news_cseq: int | None


_SQL = {
    int: "int8", int | None: "int8", str: "text", str | None: "text", bytes | None: "bytea", bool: "bool",
}  # fmt: skip


def sql_types(row: type[NamedTuple]) -> list[str]:
    """The array element types for `unnest`, one per field; smaller columns are cast when assigned."""
    return [_SQL[kind] for kind in get_type_hints(row).values()]


def arrays(types: Iterable[str]) -> str:
    """Placeholders for the parameters of unnest."""
    return ", ".join(f"%b::{kind}[]" for kind in types)
