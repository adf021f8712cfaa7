"""The integrity report over all stored documents, or some."""

from collections.abc import Iterator

from django.conf import settings
from django.db.models import QuerySet
from lxml import etree

from rls.domain.lists import Limits
from rls.models import Subscriber
from xcap import index
from xcap.documents.rls_services import service_uris
from xcap.documents.validation import parse
from xcap.errors import Conflict
from xcap.foreign.references import Externals
from xcap.foreign.roots import Roots
from xcap.integrity import lists
from xcap.integrity.finding import Finding
from xcap.lookup import dereferencer, unfetched
from xcap.models import Document
from xcap.references import Documents
from xcap.usages import RESOURCE_LISTS, RLS_SERVICES


def checked(documents: QuerySet[Document]) -> Iterator[tuple[Document, list[Finding]]]:
    """Each list document of a query with what is wrong with it, often nothing."""
    wanted = documents.filter(doc_type__in=(RESOURCE_LISTS.doc_type, RLS_SERVICES.doc_type))
    for document in wanted.order_by("domain", "username", "doc_type", "doc_uri").iterator(200):
        yield document, list(findings(document))


def findings(document: Document) -> Iterator[Finding]:
    """What is wrong with one document."""
    owner = document.owner
    if owner and not Subscriber.objects.filter(username=owner.username, domain=owner.domain).exists():
        yield Finding("no-subscriber", "", f"there is no subscriber {owner}")
    try:
        root = parse(bytes(document.doc))
    except Conflict as error:
        yield Finding("malformed", "", str(error))
        return
    externals = Externals(Roots.parse(settings.RLS_XCAP_ROOT), unfetched)
    dereference = dereferencer(owner, Documents(), externals)
    yield from lists.of_lists(root, dereference)
    if document.doc_type == RLS_SERVICES.doc_type:
        yield from lists.of_services(root, dereference, Limits(entries=settings.RLS_LIST_LIMIT))
        yield from _unreachable(document, root)


def _unreachable(document: Document, root: etree._Element) -> Iterator[Finding]:
    """Services that another program wrote past the index, or that stand in a file nobody looks into."""
    if document.doc_uri != index.DOCUMENT:
        known: set[str] = set()
    else:
        known = set(document.service_uris.values_list("uri", flat=True))
    for uri in service_uris(root):
        if uri not in known:
            yield Finding("unreachable-service", uri, "subscribers do not find this service")
