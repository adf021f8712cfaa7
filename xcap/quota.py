"""How many documents a user may have."""

from xcap.errors import Conflict
from xcap.models import Document
from xcap.selectors import Xui
from xcap.usages import ApplicationUsage


def check(usage: ApplicationUsage, owner: Xui) -> None:
    """Whether one more document has a place. Raises Conflict."""
    if not usage.max_documents:
        return
    stored = Document.objects.filter(username=owner.username, domain=owner.domain, doc_type=usage.doc_type)
    if stored.count() >= usage.max_documents:
        raise Conflict(
            "constraint-failure",
            f"a user may have {usage.max_documents} documents of {usage.auid}; delete one first",
        )
