"""Foreign documents in our database: what a worker knew of them survives its restart."""

from collections.abc import Collection, Mapping

from asgiref.sync import sync_to_async
from django.db import close_old_connections, transaction

from xcap.models import ForeignDocument


@sync_to_async
def load(owner: int) -> dict[str, tuple[bytes, str]]:
    """Body and entity tag by URL. Raises DatabaseError."""
    close_old_connections()
    rows = ForeignDocument.objects.filter(owner=owner).values_list("url", "doc", "etag")
    return {url: (bytes(doc), etag) for url, doc, etag in rows}


@sync_to_async
def save(owner: int, found: Mapping[str, tuple[bytes, str]], used: Collection[str]) -> None:
    """Keep these besides what is used, and nothing else. Raises DatabaseError."""
    close_old_connections()
    rows = [ForeignDocument(owner=owner, url=url, doc=doc, etag=etag) for url, (doc, etag) in found.items()]
    with transaction.atomic():
        ForeignDocument.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["owner", "url"], update_fields=["doc", "etag"]
        )
        ForeignDocument.objects.filter(owner=owner).exclude(url__in=[*used, *found]).delete()
