"""The index of list services, read as fast as a storm of SUBSCRIBEs needs it.

The ORM takes six times as long to write this statement as PostgreSQL takes to run it, so it
stands here as text; a test holds its columns against the models.
"""

from collections.abc import Collection
from typing import Final, NamedTuple

from rls.store.arrays import packed
from rls.store.asking import Asking, Query

# Only this one document of a user holds list services (RFC 4826 section 4.4.7).
DOCUMENT: Final = "index"
FIND: Final = """
select s.uri, d.id, d.etag, d.username, d.domain, case when s.uri = any($1) then d.doc end,
       (select max(id) from xcap_service_uris)
  from xcap_service_uris s join xcap d on d.id = s.document_id
 where s.uri = any($2) and d.doc_uri = $3
"""
READ: Final = "select id, etag, doc from xcap where id = any($1)"


class IndexRow(NamedTuple):
    """A list service and the document that defines it; `doc` None where nobody asked for it.

    `newest` grows with every service that is added.
    """

    uri: str
    document_id: int
    etag: str
    username: str
    domain: str
    doc: bytes | None
    newest: int


def finding(uris: Collection[str], with_document: Collection[str]) -> Asking[list[IndexRow]]:
    """The list services among canonical `uris`, in one query."""
    wanted = packed("text", tuple(with_document)), packed("text", tuple(uris)), DOCUMENT
    return [IndexRow(*row) for row in (yield Query(FIND, wanted))]
