"""What a subscriber watches: the XCAP URIs in the body of a SUBSCRIBE (RFC 5875 section 4.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rls.domain import xmlinput
from xcap.namespaces import RESOURCE_LISTS_NS
from xcap.selectors import DocumentSelector, InvalidSelector, NodeSelector, Xui, parse_node_selector
from xcap.selectors.bindings import parse_bindings
from xcap.selectors.document import ROOT, origin_form, segments_of
from xcap.selectors.root import XcapRoot, http_host
from xcap.usages import USAGES

MEDIA_TYPE = "application/resource-lists+xml"
MOST = 200
"""URIs of one subscription; RFC 5875 leaves bounds to the notifier."""


class NoUriList(ValueError):
    """The body is not a list of URIs, says why."""


class TooManyUris(NoUriList):
    """More than MOST."""


@dataclass(frozen=True, slots=True)
class Watched:
    """One URI. `sel` is what reports call it: the URI as it was written, without the root.

    A collection has all documents below `path`, of one application usage or (`auid` "") of every one.
    `node` is the component of a document, None for a whole one.
    """

    sel: str
    auid: str
    owner: Xui | None
    path: str
    collection: bool = False
    node: NodeSelector | None = None

    def covers(self, document: DocumentSelector) -> bool:
        if document.owner != self.owner or self.auid not in ("", document.auid):
            return False
        return document.path.startswith(self.path) if self.collection else document.path == self.path


def parse_uris(body: bytes) -> list[str]:
    """The URIs of a flat resource-lists document, each once. Raises NoUriList, TooManyUris."""
    try:
        root = xmlinput.parse(body)
    except xmlinput.MalformedXml as error:
        raise NoUriList(str(error)) from error
    if root.tag != f"{{{RESOURCE_LISTS_NS}}}resource-lists":
        raise NoUriList(f"the root element is {root.tag!r}")
    entries = root.iter(f"{{{RESOURCE_LISTS_NS}}}entry")
    uris = list(dict.fromkeys(uri for entry in entries if (uri := entry.get("uri", "").strip())))
    if len(uris) > MOST:
        raise TooManyUris(f"{len(uris)} URIs; {MOST} are allowed")
    return uris


def watched(uri: str, root: XcapRoot, subscriber: Xui) -> Watched | None:
    """What a URI of the list names, None for what can never be there.

    That is no error (section 4.7): it just is never reported. Collections above a user's tree stand for
    the subscriber's own documents there.
    """
    try:
        sel = _below_root(uri, root)
        return _collection(sel, root, subscriber) if sel.endswith("/") else _single(sel, root)
    except InvalidSelector:
        return None


def _below_root(uri: str, root: XcapRoot) -> str:
    """Relative to the root. Raises InvalidSelector."""
    host = http_host(uri)
    if host is not None and not root.serves(host):
        raise InvalidSelector(f"{uri!r} is not below the XCAP root of this server")
    path = origin_form(uri)
    if path.startswith(ROOT):
        return path.removeprefix(ROOT)
    if host is not None or path.startswith("/"):
        raise InvalidSelector(f"{uri!r} is not below {ROOT}")
    return path


def _single(sel: str, root: XcapRoot) -> Watched | None:
    target = root.relative(sel)
    document, usage = target.document, USAGES.get(target.document.auid)
    if usage is None or not usage.stores(document):
        return None  # what is computed has no history of changes
    node = None
    if target.node is not None:
        bindings = parse_bindings(target.query)
        node = parse_node_selector(target.node, default_namespace=usage.namespace, bindings=bindings)
        if node.namespaces:
            return None  # section 4.1
    return Watched(sel, document.auid, document.owner, document.path, node=node)


def _collection(sel: str, root: XcapRoot, subscriber: Xui) -> Watched | None:
    match segments_of(sel.rstrip("/")):
        case [auid] | [auid, "users"] if auid:
            return Watched(sel, auid, subscriber, "", collection=True)
        case [auid, "users", user, *folders]:
            return Watched(sel, auid, Xui.parse(user, root.default_domain), _path(folders), collection=True)
        case [auid, "global", *folders]:
            return Watched(sel, auid, None, _path(folders), collection=True)
    return None


def _path(folders: Sequence[str]) -> str:
    return "".join(f"{folder}/" for folder in folders)


def everything(subscriber: Xui) -> Watched:
    """All documents of a subscriber: what a SUBSCRIBE without a body asks for."""
    return Watched("", "", subscriber, "", collection=True)
