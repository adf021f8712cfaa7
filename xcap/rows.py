"""The row of a document: how requests find it, and write it with its history and the news of it.

By hand, since building a query costs Django several times what running it costs PostgreSQL.
"""

from typing import Final

from django.conf import settings
from django.db import connection

from xcap import history
from xcap.announcing import CHANNEL, tree_of
from xcap.models import Document
from xcap.selectors import DocumentSelector, Xui

_COLUMNS: Final = ("id", "username", "domain", "doc", "doc_type", "etag", "source", "doc_uri", "port")
_FIND: Final = f"""
select {", ".join(_COLUMNS)} from xcap
 where username = %s and domain = %s and doc_type = %s and doc_uri = %s
"""
_LOCK: Final = "select from rls_subscribers where username = %s and domain = %s for no key update"
_LOCK_GLOBAL: Final = "select pg_advisory_xact_lock(%s)"
GLOBAL_TREE: Final = 0x78636170
"""Advisory lock of the tree that belongs to nobody, so that there is no row to be locked."""
_WRITE: Final = """
with written as (
  insert into xcap (username, domain, doc_type, doc_uri, doc, etag, source, port)
  values (%(username)s, %(domain)s, %(doc_type)s, %(doc_uri)s, %(doc)s, %(etag)s, 0, 0)
  on conflict (username, domain, doc_type, doc_uri) do update set doc = excluded.doc, etag = excluded.etag
  returning id
){history}
select id, pg_notify('rls_lists', id::text), pg_notify(%(channel)s, %(tree)s) from written
"""


def find(document: DocumentSelector, doc_type: int) -> Document | None:
    with connection.cursor() as cursor:
        cursor.execute(_FIND, (*document.tree.values(), doc_type, document.path))
        row = cursor.fetchone()
    return Document.from_db(connection.alias, _COLUMNS, row) if row else None


def lock(owner: Xui | None) -> bool:
    """Locks the row of the user, or the global tree, until the transaction ends; whether there is such
    a user."""
    with connection.cursor() as cursor:
        if owner is None:
            cursor.execute(_LOCK_GLOBAL, (GLOBAL_TREE,))
        else:
            cursor.execute(_LOCK, (owner.username, owner.domain))
        return cursor.fetchone() is not None


def write(document: Document, doc: bytes, etag: str, author: str) -> None:
    """Store it under the lock of its user; the SIP workers hear of it on commit."""
    known = history.parameters(document, doc, etag, author)
    news = {"channel": CHANNEL, "tree": tree_of(document.owner)}
    kept = f", {history.RECORD}" if settings.RLS_XCAP_VERSIONS else ""
    with connection.cursor() as cursor:
        cursor.execute(_WRITE.format(history=kept), known | news)
        [(document.pk, *_)] = cursor.fetchall()
    document.doc, document.etag = doc, etag
