"""Documents out of the table `xcap`, whose layouts differ (OpenSIPS, OpenXCAP, Kamailio)."""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from django.db import transaction

from xcap import store
from xcap.errors import Conflict
from xcap.peers.event import Event
from xcap.peers.tables import PeerDatabase, Row
from xcap.selectors import DocumentSelector, Xui
from xcap.usages import USAGES, ApplicationUsage, usage_of

COLUMNS: Final = ("username", "domain", "doc", "doc_type", "doc_uri")
# Kamailio, and caches of foreign servers, keep the whole path of the request.
_PATH: Final = re.compile(r".*?/?(?P<auid>[^/]+)/(?:users/[^/]+|global)/(?P<path>.+)")
_ADVICE: Final = {
    "is not below the XCAP root": "add its host to ALLOWED_HOSTS and import again",
    "belongs to another user": "change the document on the old server, or afterwards here",
}


def take_documents(database: PeerDatabase, *, overwrite: bool, author: str) -> Iterator[Event]:
    """Store each document as a PUT stores it; what is there already stays, unless overwritten."""
    for row in database.rows("xcap", COLUMNS):
        owner = Xui(str(row["username"] or ""), str(row["domain"] or "").lower())
        usage, path = _place(row)
        kind = usage.auid if usage else f"doc_type {row['doc_type']}"
        what = f"{kind}/users/{owner}/{path}"
        if usage is None:
            yield Event("!", what, "this server has no application usage for it")
        elif "/global/" in str(row["doc_uri"]):
            yield Event("!", what, "documents of the global tree are computed here")
        else:
            selector = DocumentSelector(usage.auid, owner, path)
            yield _store(usage, selector, _bytes(row["doc"]), what, overwrite, author)


def _place(row: Row) -> tuple[ApplicationUsage | None, str]:
    """Application usage and file name. Kamailio has one number for two usages, but the whole path."""
    doc_uri = unquote(str(row["doc_uri"] or "index"))
    if match := _PATH.fullmatch(doc_uri):
        usage = USAGES.get(match["auid"])
        return (usage if usage and usage.doc_type else None), match["path"]
    return usage_of(int(row["doc_type"])), doc_uri


def _bytes(doc: object) -> bytes:
    # Text columns, too, hold documents somewhere; memoryview is PostgreSQL's bytea.
    return doc.encode() if isinstance(doc, str) else bytes(doc or b"")  # type: ignore[call-overload]


def _store(
    usage: ApplicationUsage, selector: DocumentSelector, body: bytes, what: str, overwrite: bool, author: str
) -> Event:
    try:
        with transaction.atomic():
            known = store.lock(usage, selector)
            if known and bytes(known.doc) == body:
                return Event("=", what)
            if known and not overwrite:
                return Event("!", what, "another document is here already; --overwrite replaces it")
            store.put(usage, selector, body, author=author)
    except Conflict as error:
        return Event("!", what, _advised(str(error)))
    except store.NotFound as error:
        return Event("!", what, f"there is no subscriber {error}")
    return Event("+", what)


def _advised(problem: str) -> str:
    advice = next((text for words, text in _ADVICE.items() if words in problem), "")
    return f"{problem}; {advice}" if advice else problem
