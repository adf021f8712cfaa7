"""Reading and changing stored documents: the one way in for XCAP, the admin and whoever comes later.

Every change runs in one transaction under the lock of the user's row: two writers to one
tree follow each other, also when the document does not exist yet.
"""

import secrets
from collections.abc import Sequence

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http.request import validate_host
from lxml import etree

from rls.domain.uri import SipUri
from rls.models import Subscriber
from rls.services import list_changed
from xcap.documents.constraints import Surroundings
from xcap.documents.rls_services import service_uris
from xcap.documents.validation import validate
from xcap.errors import Conflict
from xcap.models import Document, ServiceUri
from xcap.preconditions import ALWAYS, Preconditions
from xcap.selectors import DocumentSelector, Xui
from xcap.selectors.root import XcapRoot
from xcap.usages import RESOURCE_LISTS, RLS_SERVICES, ApplicationUsage


class NotFound(LookupError):
    """No such user or document."""


class PreconditionFailed(Exception):
    """If-Match or If-None-Match does not hold; nothing was changed."""


def root() -> XcapRoot:
    """Our XCAP root: any host name that Django serves is ours."""
    return XcapRoot(lambda host: validate_host(host, _hosts()), default_domain())


def default_domain() -> str:
    """Of users who are named without a domain; "" if nothing says which."""
    domains: list[str] = [settings.RLS_REALM, *settings.RLS_DOMAINS]
    return next(filter(None, domains), "")


def find(usage: ApplicationUsage, selector: DocumentSelector) -> Document | None:
    if selector.owner is None:
        return None
    return Document.objects.filter(
        username=selector.owner.username,
        domain=selector.owner.domain,
        doc_type=usage.doc_type,
        doc_uri=selector.path,
    ).first()


@transaction.atomic
def put(
    usage: ApplicationUsage, selector: DocumentSelector, body: bytes, preconditions: Preconditions = ALWAYS
) -> tuple[Document, bool]:
    """Store a document; returns it and whether it is new.

    Raises NotFound (the user), PreconditionFailed, Conflict. An equal body keeps its entity
    tag and troubles nobody (RFC 4825 section 8.5 leaves that open).
    """
    owner = _lock(selector)
    document = find(usage, selector)
    if not preconditions.hold(document.etag if document else None):
        raise PreconditionFailed
    if selector.directory:
        raise Conflict("no-parent", f"no directory {selector.directory!r}", ancestor=selector.home())
    if document and bytes(document.doc) == body:
        return document, False
    created = document is None
    document = document or Document(
        username=owner.username, domain=owner.domain, doc_type=usage.doc_type, doc_uri=selector.path
    )
    surroundings = Surroundings(owner, root(), lambda uris: _taken(uris, document))
    tree = validate(body, usage, surroundings)
    document.doc, document.etag = body, secrets.token_urlsafe(16)
    document.save()
    if usage is RLS_SERVICES:
        try:
            _index(document, tree)
        except IntegrityError:
            # Another user took the URI since the check; now the check sees it.
            validate(body, usage, surroundings)
            raise
    _announce(document, created)
    return document, created


@transaction.atomic
def delete(
    usage: ApplicationUsage, selector: DocumentSelector, preconditions: Preconditions = ALWAYS
) -> None:
    """Raises NotFound, PreconditionFailed."""
    _lock(selector)
    document = find(usage, selector)
    if document is None:
        raise NotFound(selector.path)
    if not preconditions.hold(document.etag):
        raise PreconditionFailed
    list_changed(document.pk)
    document.delete()


def user_exists(user: Xui) -> bool:
    return Subscriber.objects.filter(username=user.username, domain=user.domain).exists()


def _lock(selector: DocumentSelector) -> Xui:
    owner = selector.owner
    if owner is None:
        raise NotFound("nobody writes global documents")
    users = Subscriber.objects.select_for_update(no_key=True)
    if not users.filter(username=owner.username, domain=owner.domain).exists():
        raise NotFound(str(owner))
    return owner


def _taken(uris: Sequence[str], document: Document) -> set[str]:
    """Which canonical service URIs belong to another document or are a subscriber's address."""
    elsewhere = ServiceUri.objects.filter(uri__in=uris)
    if document.pk:
        elsewhere = elsewhere.exclude(document_id=document.pk)
    return set(elsewhere.values_list("uri", flat=True)) | _addresses(uris)


def _addresses(uris: Sequence[str]) -> set[str]:
    users = {(uri.user, uri.host): str(uri) for uri in map(SipUri.parse, uris)}
    anyone = Q()
    for username, domain in users:
        anyone |= Q(username=username, domain=domain)
    found = Subscriber.objects.filter(anyone).values_list("username", "domain") if users else ()
    return {users[user] for user in found}


def _index(document: Document, tree: etree._Element) -> None:
    uris = set(service_uris(tree))
    document.service_uris.exclude(uri__in=uris).delete()
    known = set(document.service_uris.values_list("uri", flat=True))
    # Sorted, so that two writers who clash wait for each other in one order only.
    new = [ServiceUri(uri=uri, document=document) for uri in sorted(uris - known)]
    with transaction.atomic():
        ServiceUri.objects.bulk_create(new)


def _announce(document: Document, created: bool) -> None:
    list_changed(document.pk)
    if created and document.doc_type == RESOURCE_LISTS.doc_type:
        # Subscriptions whose services point to it could not know its number.
        services = Document.objects.filter(
            username=document.username, domain=document.domain, doc_type=RLS_SERVICES.doc_type
        )
        for number in services.values_list("pk", flat=True):
            list_changed(number)


def _hosts() -> list[str]:
    hosts: list[str] = settings.ALLOWED_HOSTS
    return hosts or [".localhost", "127.0.0.1", "[::1]"]
