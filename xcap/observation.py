"""What there is of all that somebody watches, as far as they may read it (RFC 5875 section 4.7)."""

from collections.abc import Iterator, Mapping, Sequence

from django.db.models import Q

from xcap.authentication.identity import Identity
from xcap.diff.components import Component, component
from xcap.diff.report import Present, Version
from xcap.diff.watched import Watched
from xcap.history import versions_of
from xcap.models import Document
from xcap.selectors import DocumentSelector, Xui
from xcap.usages import USAGES, usage_of

Stored = Mapping[DocumentSelector, Document]


def documents(watched: Sequence[Watched], reader: Xui) -> dict[DocumentSelector, Document]:
    """The stored documents that are watched and may be read, without their bytes. Raises DatabaseError."""
    trees = Q()
    for owner in {each.owner for each in watched}:
        trees |= Q(**DocumentSelector("", owner, "").tree)
    if not trees:
        return {}
    stored = Document.objects.filter(trees).defer("doc").order_by("doc_type", "doc_uri", "pk")
    known = (document for document in stored if usage_of(document.doc_type) is not None)
    trusted = Identity.of(reader).trusted
    return {
        document.selector: document
        for document in known
        if any(each.covers(document.selector) for each in watched)
        and (trusted or may_read(document.selector, reader))
    }


def may_read(document: DocumentSelector, reader: Xui) -> bool:
    """Their own, and what the application usage shows to others."""
    usage = USAGES[document.auid]
    if document.owner is None:
        return not usage.trusted_global
    return document.owner == reader or usage.shows_others(known=True)


def whole(
    watched: Sequence[Watched], stored: Stored, known: Mapping[str, str], *, patching: bool
) -> dict[str, Present]:
    """Documents by the selector under which they are reported; the versions of those that are news."""
    written: dict[tuple[str, Xui | None, str], str] = {
        (each.auid, each.owner, each.path): each.sel for each in watched if _is_document(each)
    }
    present = {}
    for selector, document in _reported(watched, stored):
        sel = written.get((selector.auid, document.selector.owner, selector.path)) or selector.relative()
        changed = patching and known.get(sel, document.etag) != document.etag
        present[sel] = Present(document.etag, _versions(document) if changed else ())
    return present


def components(watched: Sequence[Watched], stored: Stored) -> dict[str, Component]:
    """Elements and attributes by selector, those that do not exist too."""
    found = {}
    for each in watched:
        if each.node is not None:
            document = stored.get(DocumentSelector(each.auid, each.owner, each.path))
            found[each.sel] = component(bytes(document.doc) if document else None, each.node)
    return found


def _is_document(watched: Watched) -> bool:
    return not watched.collection and watched.node is None


def _reported(watched: Sequence[Watched], stored: Stored) -> Iterator[tuple[DocumentSelector, Document]]:
    """Without those of which only a component is watched."""
    wholes = [each for each in watched if each.node is None]
    for selector, document in stored.items():
        if any(each.covers(selector) for each in wholes):
            yield selector, document


def _versions(document: Document) -> list[Version]:
    rows = versions_of(document).values_list("etag", "doc")
    return [Version(etag, None if doc is None else bytes(doc)) for etag, doc in rows]
