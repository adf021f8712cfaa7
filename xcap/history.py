"""What documents were before: written with every change, in its transaction, by whoever changes."""

from collections.abc import Iterator
from difflib import unified_diff
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from xcap.models import Document, Version

RECORD: Final = """
standing as (
  select doc, etag from xcap
   where username = %(username)s and domain = %(domain)s and doc_type = %(doc_type)s and doc_uri = %(doc_uri)s
), known as (
  select id, etag from xcap_versions
   where username = %(username)s and domain = %(domain)s and doc_type = %(doc_type)s and doc_uri = %(doc_uri)s
), missed as (
  select doc, etag, '' as author from standing
   where %(keep)s > 1 and etag is distinct from (select etag from known order by id desc limit 1)
), forgotten as (
  delete from xcap_versions where id <= (
    select id from known order by id desc
    offset greatest(%(keep)s - 1 - (select count(*) from missed), 0) limit 1
  ) and id in (select id from known)
), recorded as (
  insert into xcap_versions (username, domain, doc_type, doc_uri, doc, etag, author, written)
  select %(username)s, %(domain)s, %(doc_type)s, %(doc_uri)s, doc, etag, author, statement_timestamp()
    from (select * from missed union all select %(doc)s::bytea, %(etag)s, %(author)s) as version
)
"""
"""Parts of a statement, run before or while the document is changed: keep what it is about to become.

What stands there already and is in no version (written by SQL, or before there was a history) is kept
first. Beyond RLS_XCAP_VERSIONS, the oldest go.
"""


def parameters(document: Document, doc: bytes | None, etag: str, author: str) -> dict[str, Any]:
    """Of RECORD. `doc` None: it is deleted."""
    return {
        "username": document.username,
        "domain": document.domain,
        "doc_type": document.doc_type,
        "doc_uri": document.doc_uri,
        "doc": doc,
        "etag": etag,
        "author": author,
        "keep": settings.RLS_XCAP_VERSIONS,
    }


def record_deletion(document: Document, author: str) -> None:
    """To be called before it is deleted, in the same transaction."""
    if settings.RLS_XCAP_VERSIONS:
        with connection.cursor() as cursor:
            cursor.execute(f"with {RECORD} select", parameters(document, None, "", author))


def versions_of(document: Document | Version) -> QuerySet[Version]:
    """Newest first."""
    return Version.objects.filter(
        username=document.username,
        domain=document.domain,
        doc_type=document.doc_type,
        doc_uri=document.doc_uri,
    ).order_by("-pk")


def difference(old: Version | None, new: Version) -> Iterator[str]:
    """Lines of a unified diff without its file names."""
    before, after = (_lines(version) for version in (old, new))
    changes = unified_diff(before, after, n=2, lineterm="")
    return (line for number, line in enumerate(changes) if number > 1)


def _lines(version: Version | None) -> list[str]:
    if version is None or version.doc is None:
        return []
    # Many clients write a document in one line; a break between tags makes a change visible.
    return bytes(version.doc).decode(errors="replace").replace("><", ">\n<").splitlines()
