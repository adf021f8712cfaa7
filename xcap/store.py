"""Reading and changing stored documents: the one way in for XCAP, the admin and whoever comes later.

Every change runs in one transaction under the lock of the user's row, or that of the global tree: two
writers to one tree follow each other, also when the document does not exist yet.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http.request import validate_host
from lxml import etree

from rls.domain.uri import SipUri
from rls.models import Subscriber
from rls.services import list_changed, list_created
from xcap import history, quota, rows
from xcap.announcing import announce
from xcap.components import Edit
from xcap.documents.constraints import Surroundings
from xcap.documents.rls_services import service_uris
from xcap.documents.validation import examine, validate
from xcap.domains import default_domain
from xcap.errors import Conflict
from xcap.models import Document, ServiceUri
from xcap.opensips import refreshing
from xcap.preconditions import ALWAYS, Preconditions
from xcap.references import Key
from xcap.selectors import DocumentSelector, Xui
from xcap.selectors.document import ROOT
from xcap.selectors.root import XcapRoot
from xcap.usages import RESOURCE_LISTS, RLS_SERVICES, ApplicationUsage, usage_of


class NotFound(LookupError):
    """No such user or document."""


class PreconditionFailed(Exception):
    """If-Match or If-None-Match does not hold; nothing was changed."""


def root() -> XcapRoot:
    """Our XCAP root: any host name that Django serves is ours."""
    return XcapRoot(lambda host: validate_host(host, settings.ALLOWED_HOSTS), default_domain())


def find(usage: ApplicationUsage, selector: DocumentSelector) -> Document | None:
    return rows.find(selector, usage.doc_type)


class TooLarge(Conflict):
    """The edited document would be longer than the limit; nothing was changed."""

    def __init__(self, limit: int) -> None:
        super().__init__("constraint-failure", f"the document would be larger than {limit} bytes")


@dataclass(frozen=True, slots=True)
class Change:
    """A document PUT that has passed every check; `tree` None if it would change nothing."""

    document: Document
    body: bytes
    tree: etree._Element | None

    def apply(self, author: str = "") -> None:
        """Store it, in the transaction in which it was checked. Raises Conflict."""
        if self.tree is None:
            return
        created = self.document.pk is None
        rows.write(self.document, self.body, secrets.token_urlsafe(16), author)
        refreshing.note(self.document)
        if self.document.doc_type == RLS_SERVICES.doc_type:
            self._index(self.tree)
        if created and self.document.doc_type == RESOURCE_LISTS.doc_type:
            _announce_created(self.document)

    def _index(self, tree: etree._Element) -> None:
        known = self.document.service_uris
        uris = set(service_uris(tree))
        known.exclude(uri__in=uris).delete()
        # Sorted, so that two writers who clash wait for each other in one order only.
        new = sorted(uris.difference(known.values_list("uri", flat=True)))
        try:
            with transaction.atomic():
                ServiceUri.objects.bulk_create([ServiceUri(uri=uri, document=self.document) for uri in new])
        except IntegrityError:
            # Another user took a URI since the check; now the check sees it.
            _validate(self.document, self.body)
            raise


def check(
    usage: ApplicationUsage, selector: DocumentSelector, body: bytes, preconditions: Preconditions = ALWAYS
) -> Change:
    """Everything that a PUT has to pass; locks the user's tree, so call it in a transaction.

    Raises NotFound (the user), PreconditionFailed, Conflict. An equal body changes nothing
    and keeps its entity tag (RFC 4825 section 8.5 leaves that open).
    """
    return _checked(usage, selector, _locked(usage, selector, preconditions), body)


def _checked(
    usage: ApplicationUsage, selector: DocumentSelector, document: Document | None, body: bytes
) -> Change:
    """`document`: what is there, locked."""
    if selector.directory and not usage.names(selector):
        raise Conflict("no-parent", f"no directory {selector.directory!r}", ancestor=ROOT + selector.home())
    if document and bytes(document.doc) == body:
        return Change(document, body, None)
    if document is None:
        document = _new(usage, selector)
    return Change(document, body, _validate(document, body))


def _new(usage: ApplicationUsage, selector: DocumentSelector) -> Document:
    """Raises Conflict if the user has as many documents as may be."""
    quota.check(usage, selector)
    return Document(**selector.tree, doc_type=usage.doc_type, doc_uri=selector.path)


@transaction.atomic
def put(
    usage: ApplicationUsage,
    selector: DocumentSelector,
    body: bytes,
    preconditions: Preconditions = ALWAYS,
    author: str = "",
) -> tuple[Document, bool]:
    """Store a document; returns it and whether it is new. Raises what `check` raises.

    `author` is for the history: who writes, and by which way.
    """
    change = check(usage, selector, body, preconditions)
    created = change.document.pk is None
    change.apply(author)
    return change.document, created


@transaction.atomic
def change(
    usage: ApplicationUsage,
    selector: DocumentSelector,
    edit: Edit,
    preconditions: Preconditions = ALWAYS,
    author: str = "",
) -> tuple[Document, bool]:
    """Change a part of a document; returns the document and whether the part is new.

    `edit` parses what it makes, and that tree is validated: nothing is parsed again. Raises NotFound
    (the user), PreconditionFailed, Conflict, TooLarge, and what `edit` raises.
    """
    document = _locked(usage, selector, preconditions)
    stored = bytes(document.doc) if document else None
    edited = edit(stored)
    if document is None:
        raise NotFound(selector.path)
    if edited.body == stored:
        return document, edited.created
    _refuse_too_large(usage, edited.body)
    examine(edited.tree, len(edited.body), usage, _surroundings(document))
    Change(document, edited.body, edited.tree).apply(author)
    return document, edited.created


@transaction.atomic
def edit(
    usage: ApplicationUsage,
    selector: DocumentSelector,
    rewrite: Callable[[bytes | None], bytes],
    preconditions: Preconditions = ALWAYS,
    author: str = "",
) -> Document:
    """Store what `rewrite` makes of the document (None: there is none yet), which nobody else changes
    meanwhile. Raises what `check` and `rewrite` raise."""
    document = _locked(usage, selector, preconditions)
    body = rewrite(bytes(document.doc) if document else None)
    _refuse_too_large(usage, body)
    change = _checked(usage, selector, document, body)
    change.apply(author)
    return change.document


@transaction.atomic
def reread(owner: Xui) -> int:
    """Index the services of a user anew and compare the subscriptions with the lists, for documents that
    somebody else wrote into the table; returns the documents. Raises NotFound, Conflict."""
    _lock(DocumentSelector(RLS_SERVICES.auid, owner, ""))
    documents = Document.objects.filter(
        username=owner.username,
        domain=owner.domain,
        doc_type__in=(RESOURCE_LISTS.doc_type, RLS_SERVICES.doc_type),
    ).order_by("pk")
    for document in documents:
        if document.doc_type == RLS_SERVICES.doc_type:
            tree = _validate(document, bytes(document.doc))
            Change(document, bytes(document.doc), tree)._index(tree)
        else:
            _announce_created(document)
        list_changed(document.pk)
    announce(owner)
    return len(documents)


@transaction.atomic
def delete(
    usage: ApplicationUsage,
    selector: DocumentSelector,
    preconditions: Preconditions = ALWAYS,
    author: str = "",
) -> None:
    """Raises NotFound, PreconditionFailed."""
    document = lock(usage, selector)
    if document is None:
        raise NotFound(selector.path)
    if not preconditions.hold(document.etag):
        raise PreconditionFailed
    history.record_deletion(document, author)
    list_changed(document.pk)
    announce(document.owner)
    refreshing.note(document)
    document.delete()


@transaction.atomic
def delete_all(owner: Xui, author: str = "") -> None:
    """Every document of a user who goes: what is left would be the next one's of that name."""
    own = Document.objects.filter(username=owner.username, domain=owner.domain)
    for document in own.order_by("pk"):
        if usage_of(document.doc_type):
            delete(document.usage, document.selector, author=author)
    own.delete()  # of usages that this server no longer has


def _locked(
    usage: ApplicationUsage, selector: DocumentSelector, preconditions: Preconditions
) -> Document | None:
    """Raises NotFound (the user), PreconditionFailed."""
    document = lock(usage, selector)
    if not preconditions.hold(document.etag if document else None):
        raise PreconditionFailed
    return document


def lock(usage: ApplicationUsage, selector: DocumentSelector) -> Document | None:
    """The document as it stays until the transaction ends, to be edited. Raises NotFound (the user)."""
    _lock(selector)
    return find(usage, selector)


def _lock(selector: DocumentSelector) -> None:
    if not rows.lock(selector.owner):
        raise NotFound(str(selector.owner))


def _taken(uris: Sequence[str], document: Document) -> set[str]:
    """Which canonical service URIs belong to another document or are a subscriber's address."""
    elsewhere = ServiceUri.objects.filter(uri__in=uris)
    if document.pk:
        elsewhere = elsewhere.exclude(document_id=document.pk)
    return set(elsewhere.values_list("uri", flat=True)) | _addresses(uris)


def _addresses(uris: Sequence[str]) -> set[str]:
    users = {(uri.user or "", uri.host): str(uri) for uri in map(SipUri.parse, uris)}
    near = Subscriber.objects.filter(
        username__in={username for username, _ in users}, domain__in={domain for _, domain in users}
    )
    return {users[user] for user in near.values_list("username", "domain") if user in users}


def _validate(document: Document, body: bytes) -> etree._Element:
    return validate(body, document.usage, _surroundings(document))


def _surroundings(document: Document) -> Surroundings:
    return Surroundings(document.selector.owner, root(), lambda uris: _taken(uris, document))


def _refuse_too_large(usage: ApplicationUsage, body: bytes) -> None:
    limit = usage.limit(settings.RLS_XCAP_MAX_DOCUMENT)
    if len(body) > limit:
        raise TooLarge(limit)


def _announce_created(document: Document) -> None:
    """By its name: who waits for a document cannot know its number."""
    list_created(Key(document.username, document.domain, document.doc_uri).announced)
