"""Which list a service URI stands for, out of the stored documents (RFC 4826 section 4.5)."""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Final

from django.conf import settings

from rls.domain.lists import (
    FlatList,
    Limits,
    ListTooLong,
    MalformedDocument,
    Service,
    UnresolvableReference,
    flatten,
    parse_services,
)
from rls.domain.uri import SipUri
from xcap.documents.rls_services import canonical
from xcap.models import Document, ServiceUri
from xcap.namespaces import RLS_SERVICES_NS
from xcap.references import Dereferencer, Documents, Key, Stored
from xcap.selectors import Xui
from xcap.store import root

# Parameters that make it another resource; the others say how to get there, or are unknown.
_IDENTIFYING = frozenset({"user", "method", "maddr", "ttl"})
_CACHED: Final = 20_000
# Only this one document of a user holds list services (RFC 4826 section 4.4.7).
_DOCUMENT: Final = "index"


@dataclass(frozen=True, slots=True)
class ResolvedService:
    """A list service with its list.

    `documents` are the numbers of the documents that it rests on, `fingerprint` changes with
    any of them. `packages` None allows every event package.
    """

    uri: str
    owner: str
    packages: frozenset[str] | None
    flat: FlatList
    documents: frozenset[int]
    fingerprint: str


Resolution = ResolvedService | UnresolvableReference | None


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the index of services."""

    uri: str
    document: Stored
    owner: Xui


@dataclass(frozen=True, slots=True)
class _Known:
    """A result and the state of the referenced documents under which it holds."""

    result: ResolvedService | UnresolvableReference
    used: dict[Key, Stored | None]

    def holds(self, documents: Documents) -> bool:
        return all(documents.stored(key) == stored for key, stored in self.used.items())


_cache: OrderedDict[tuple[str, str], _Known] = OrderedDict()
_lock = Lock()


def resolve(service_uris: Sequence[str]) -> dict[str, Resolution]:
    """Look up list services by Request-URI; one or two queries while nothing has changed.

    None: no list. UnresolvableReference: the list exists but cannot be made out (502).
    URIs match by their canonical form, else without the parameters that name no other
    resource: phones add `;transport=tcp` or `;pres-list=…`.
    """
    candidates = {uri: _candidates(uri) for uri in service_uris}
    rows = _rows({form for forms in candidates.values() for form in forms})
    results = _results(rows.values())
    return {
        uri: next((results[form] for form in forms if form in rows), None)
        for uri, forms in candidates.items()
    }


def _candidates(uri: str) -> list[str]:
    form = canonical(uri)
    if form is None:
        return []
    parsed = SipUri.parse(form)
    plain = replace(parsed, params=tuple(pair for pair in parsed.params if pair[0] in _IDENTIFYING))
    return [form, str(plain)]


def _rows(uris: Collection[str]) -> dict[str, _Row]:
    found = ServiceUri.objects.filter(uri__in=uris, document__doc_uri=_DOCUMENT).values_list(
        "uri", "document_id", "document__etag", "document__username", "document__domain"
    )
    return {
        uri: _Row(uri, Stored(number, etag), Xui(username, domain))
        for uri, number, etag, username, domain in found
    }


def _results(rows: Collection[_Row]) -> dict[str, ResolvedService | UnresolvableReference]:
    known = {row: hit for row in rows if (hit := _cache.get((row.uri, row.document.etag)))}
    documents = Documents()
    documents.learn(key for hit in known.values() for key in hit.used)
    valid = {row: hit for row, hit in known.items() if hit.holds(documents)}
    fresh = _flatten_all([row for row in rows if row not in valid], documents)
    return {row.uri: hit.result for row, hit in (valid | fresh).items()}


def _flatten_all(rows: list[_Row], documents: Documents) -> dict[_Row, _Known]:
    services = _services({row.document for row in rows}) if rows else {}
    pairs = [(row, services.get((row.document, row.uri))) for row in rows]
    documents.load(key for row, service in pairs if service and (key := _pointer(row, service, documents)))
    fresh = {row: _flatten(row, service, documents) for row, service in pairs}
    with _lock:
        for row, result in fresh.items():
            _cache[row.uri, row.document.etag] = result
        while len(_cache) > _CACHED:
            _cache.popitem(last=False)
    return fresh


def _pointer(row: _Row, service: Service, documents: Documents) -> Key | None:
    """Where the `<resource-list>` of a service leads."""
    text = service.element.findtext(f"{{{RLS_SERVICES_NS}}}resource-list")
    return Dereferencer(row.owner, root(), documents).key(text.strip()) if text else None


def _services(stored: Collection[Stored]) -> dict[tuple[Stored, str], Service]:
    services = {}
    for document in Document.objects.filter(pk__in=[each.id for each in stored]):
        for service in _parse(bytes(document.doc)):
            key = Stored(document.pk, document.etag), canonical(service.uri) or service.uri
            services[key] = service
    return services


def _parse(document: bytes) -> Iterable[Service]:
    try:
        return parse_services(document)
    except MalformedDocument:
        return []


def _flatten(row: _Row, service: Service | None, documents: Documents) -> _Known:
    dereference = Dereferencer(row.owner, root(), documents)
    try:
        if service is None:
            raise UnresolvableReference(f"the document of {row.uri} changed meanwhile or is malformed")
        flat = flatten(service, dereference, Limits(entries=settings.RLS_LIST_LIMIT))
    except UnresolvableReference as error:
        return _Known(error, dereference.used)
    except ListTooLong as error:
        return _Known(UnresolvableReference(str(error)), dereference.used)
    rests_on = {row.document, *filter(None, dereference.used.values())}
    result = ResolvedService(
        uri=row.uri,
        owner=f"{row.owner.username}@{row.owner.domain}",
        packages=service.packages,
        flat=flat,
        documents=frozenset(document.id for document in rests_on),
        fingerprint=" ".join(sorted(f"{document.id}:{document.etag}" for document in rests_on)),
    )
    return _Known(result, dereference.used)
