"""Tells the SIP workers, on commit, that documents of a tree have changed."""

from django.db import connection

from xcap.selectors import Xui

CHANNEL = "xcap_documents"
LONGEST = 1000
"""Characters; PostgreSQL takes less than 8000 octets."""


def tree_of(owner: Xui | None) -> str:
    """What announcements call the documents of a user, or the global ones."""
    return str(owner or "global")[:LONGEST]


def announce(owner: Xui | None) -> None:
    """To be called in the transaction of the change."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify(%s, %s)", (CHANNEL, tree_of(owner)))
