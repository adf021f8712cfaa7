"""How many documents a user may have."""

from xcap.errors import LimitReached
from xcap.models import Document
from xcap.selectors import DocumentSelector
from xcap.usages import ApplicationUsage


def check(usage: ApplicationUsage, document: DocumentSelector) -> None:
    """Whether one more document has a place. Raises Conflict."""
    if not usage.max_documents:
        return
    stored = Document.objects.filter(**document.tree, doc_type=usage.doc_type)
    if stored.count() >= usage.max_documents:
        raise LimitReached(
            "documents",
            usage.max_documents,
            f"a user may have {usage.max_documents} documents of {usage.auid}; delete one first",
        )
