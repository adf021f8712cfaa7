"""Which list a service URI stands for, out of the stored documents (RFC 4826 section 4.5)."""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from threading import Lock
from typing import Final

from django.conf import settings

from rls.domain.lists import (
    FlatList,
    Limits,
    MalformedDocument,
    NotFetched,
    Service,
    UnresolvableReference,
    flatten,
    parse_services,
)
from rls.domain.uri import SipUri
from rls.store.arrays import packed
from rls.store.asking import Asking, Query, ask
from xcap import index, nesting
from xcap.documents import sharing
from xcap.documents.rls_services import canonical
from xcap.foreign.documents import Known
from xcap.foreign.references import Externals
from xcap.foreign.roots import Roots
from xcap.index import IndexRow
from xcap.namespaces import RLS_SERVICES_NS
from xcap.reach import Reach
from xcap.references import Dereferencer, Documents, Key, Stored
from xcap.resolution import BrokenList, Resolution, ResolvedService
from xcap.selectors import Xui
from xcap.store import root

# Parameters that make it another resource; the others say how to get there, or are unknown.
_IDENTIFYING = frozenset({"user", "method", "maddr", "ttl"})
_CACHED: Final = 20_000


def unfetched(url: str) -> Known:
    """For who has fetched nothing yet."""
    raise NotFetched(url)


NOWHERE: Final = Externals(Roots(), unfetched)
"""No list leads to another server."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the index of services."""

    uri: str
    document: Stored
    owner: Xui


@dataclass(frozen=True, slots=True)
class _Known:
    """A result and the state of the documents under which it holds."""

    document: Stored
    result: ResolvedService | UnresolvableReference
    used: dict[Key, Stored | None]
    used_foreign: dict[str, str]

    def holds(self, documents: Documents, externals: Externals) -> bool:
        stored = all(documents.stored(key) == stored for key, stored in self.used.items())
        return stored and externals.still_hold(self.used_foreign)


_cache: OrderedDict[str, _Known] = OrderedDict()
_lock = Lock()


def resolve(service_uris: Sequence[str], externals: Externals = NOWHERE) -> dict[str, Resolution]:
    """What resolving() returns, asked for on Django's connection."""
    return ask(resolving(service_uris, externals))


def resolving(service_uris: Sequence[str], externals: Externals = NOWHERE) -> Asking[dict[str, Resolution]]:
    """Look up list services by Request-URI; one query for the unknown, two where documents refer to others,
    and one for the lists in lists.

    None: no list. UnresolvableReference: the list exists but cannot be made out (502); NotFetched: before
    one of `externals` is fetched.
    URIs match by their canonical form, else without the parameters that name no other
    resource: phones add `;transport=tcp` or `;pres-list=…`.
    Documents that are found to be needed on the way are read by Django's connection.
    """
    forms_of = {uri: candidates(uri) for uri in service_uris}
    forms = {form for each in forms_of.values() for form in each}
    found = yield from _find(forms)
    results: dict[str, Resolution] = dict((yield from _results(found, externals)))
    if found and settings.RLS_NESTED_LISTS != "ask":
        members = partial(_look_up, externals=externals)
        results = yield from nesting.nested(results, found[0].newest, members, settings.RLS_LIST_LIMIT)
    return {
        uri: next((results[form] for form in each if form in results), None) for uri, each in forms_of.items()
    }


def _look_up(forms: Collection[str], externals: Externals) -> Asking[dict[str, Resolution]]:
    """Those that are lists, whatever is in them."""
    found = yield from _find(forms)
    return dict((yield from _results(found, externals)))


def _find(forms: Collection[str]) -> Asking[list[IndexRow]]:
    return index.finding(forms, [form for form in forms if form not in _cache])


def candidates(uri: str) -> list[str]:
    """The canonical forms under which a Request-URI may be stored, the closest first."""
    form = canonical(uri)
    if form is None:
        return []
    parsed = SipUri.parse(form)
    params = tuple(pair for pair in parsed.params if pair[0] in _IDENTIFYING)
    return [form] if params == parsed.params else [form, str(replace(parsed, params=params))]


def _results(
    found: Collection[IndexRow], externals: Externals
) -> Asking[dict[str, ResolvedService | UnresolvableReference]]:
    rows = [_Row(row.uri, Stored(row.document_id, row.etag), Xui(row.username, row.domain)) for row in found]
    known = {
        row: hit for row in rows if (hit := _cache.get(row.uri)) is not None and hit.document == row.document
    }
    documents = Documents()
    yield from documents.learning(key for hit in known.values() for key in hit.used)
    valid = {row: hit for row, hit in known.items() if hit.holds(documents, externals)}
    read = {Stored(row.document_id, row.etag): row.doc for row in found if row.doc is not None}
    fresh = yield from _flatten_all([row for row in rows if row not in valid], read, documents, externals)
    return {row.uri: hit.result for row, hit in (valid | fresh).items()}


def _flatten_all(
    rows: list[_Row], read: dict[Stored, bytes], documents: Documents, externals: Externals
) -> Asking[dict[_Row, _Known]]:
    services = yield from _services({row.document for row in rows}, read)
    pairs = [(row, services.get((row.document, row.uri))) for row in rows]
    yield from documents.loading(
        key for row, service in pairs if service and (key := _pointer(row, service, documents))
    )
    fresh = {row: _flatten(row, service, documents, externals) for row, service in pairs}
    with _lock:
        for row, result in fresh.items():
            if isinstance(result.result, NotFetched):
                continue
            _cache[row.uri] = result
            _cache.move_to_end(row.uri)
        while len(_cache) > _CACHED:
            _cache.popitem(last=False)
    return fresh


def _pointer(row: _Row, service: Service, documents: Documents) -> Key | None:
    """Where the `<resource-list>` of a service leads."""
    reference = _reference(service)
    return dereferencer(row.owner, documents, NOWHERE).key(reference) if reference else None


def dereferencer(owner: Xui | None, documents: Documents, externals: Externals) -> Dereferencer:
    """For the services and lists of an owner."""
    return Dereferencer(Reach(owner, settings.RLS_ENTRY_REFS), root(), documents, externals)


def _reference(service: Service) -> str:
    return (service.element.findtext(f"{{{RLS_SERVICES_NS}}}resource-list") or "").strip()


def _services(wanted: set[Stored], read: dict[Stored, bytes]) -> Asking[dict[tuple[Stored, str], Service]]:
    """The services of some documents, most of which were read together with the index."""
    bodies = {document: read[document] for document in wanted & read.keys()}
    if missing := wanted - bodies.keys():
        rows = yield Query(index.READ, (packed("int8", tuple({each.id for each in missing})),))
        bodies |= {Stored(number, etag): doc for number, etag, doc in rows}
    return {
        (document, canonical(service.uri) or service.uri): service
        for document, body in bodies.items()
        for service in _parse(body)
    }


def _parse(document: bytes) -> Iterable[Service]:
    try:
        return parse_services(document)
    except MalformedDocument:
        return []


def _flatten(row: _Row, service: Service | None, documents: Documents, externals: Externals) -> _Known:
    if service is None:
        error = UnresolvableReference(f"the document of {row.uri} changed meanwhile or is malformed")
        error.documents = frozenset((row.document.id,))
        return _Known(row.document, error, {}, {})
    dereference = dereferencer(row.owner, documents, externals)
    result: ResolvedService | UnresolvableReference
    try:
        if reference := _reference(service):
            dereference.own(reference)
        limits = Limits(entries=settings.RLS_LIST_LIMIT)
        flat = flatten(service, dereference, limits, omit=settings.RLS_UNRESOLVED == "omit")
        result = _described(row, service, flat, dereference)
    except NotFetched as error:
        error.documents = _rests_on(row, dereference)
        result = error
    except UnresolvableReference as error:
        result = BrokenList(error, _described(row, service, FlatList((), ()), dereference))
    return _Known(row.document, result, dereference.used, dereference.used_foreign)


def _described(row: _Row, service: Service, flat: FlatList, dereference: Dereferencer) -> ResolvedService:
    return ResolvedService(
        uri=row.uri,
        owner=f"{row.owner.username}@{row.owner.domain}",
        packages=service.packages,
        flat=flat,
        documents=_rests_on(row, dereference),
        fingerprint=_fingerprint({row.document, *filter(None, dereference.used.values())}),
        sharing=sharing.read(service.element),
    )


def _rests_on(row: _Row, reader: Dereferencer) -> frozenset[int | str]:
    found = (stored.id if stored else key.announced for key, stored in reader.used.items())
    return frozenset((row.document.id, *found, *reader.used_foreign))


def _fingerprint(documents: set[Stored]) -> str:
    return " ".join(sorted(f"{document.id}:{document.etag}" for document in documents))
