"""What documents were before: written with every change, in its transaction, by whoever changes."""

from collections.abc import Iterator
from difflib import unified_diff

from django.conf import settings
from django.db.models import QuerySet

from xcap.models import Document, Version


def record(document: Document, body: bytes | None, etag: str, author: str) -> None:
    """Keep what a document is about to become; None: deleted. Call it before the document is changed.

    What stands there already and is in no version (written by SQL, or before there was a history)
    is kept first. Beyond RLS_XCAP_VERSIONS, the oldest go.
    """
    keep = settings.RLS_XCAP_VERSIONS
    if not keep:
        return
    known = list(versions_of(document).values_list("pk", "etag")[:keep])
    new = [_version(document, body, etag, author)]
    if document.pk and (not known or known[0][1] != document.etag):
        new.insert(0, _version(document, bytes(document.doc), document.etag, ""))
    Version.objects.bulk_create(new[-keep:])
    if len(known) + len(new) > keep:
        _forget(document, [number for number, _ in known], keep - len(new))


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


def _version(document: Document, body: bytes | None, etag: str, author: str) -> Version:
    return Version(
        username=document.username,
        domain=document.domain,
        doc_type=document.doc_type,
        doc_uri=document.doc_uri,
        doc=body,
        etag=etag,
        author=author,
    )


def _forget(document: Document, newest_first: list[int], keep: int) -> None:
    oldest_kept = newest_first[keep - 1] if keep > 0 else newest_first[0] + 1
    versions_of(document).filter(pk__lt=oldest_kept).delete()


def _lines(version: Version | None) -> list[str]:
    if version is None or version.doc is None:
        return []
    # Many clients write a document in one line; a break between tags makes a change visible.
    return bytes(version.doc).decode(errors="replace").replace("><", ">\n<").splitlines()
