"""Following the references of list documents through the stored documents, never over the network."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from lxml import etree

from rls.domain import xmlinput
from rls.domain.lists import UnresolvableReference
from rls.store.arrays import packed
from rls.store.asking import Asking, Query, ask
from xcap.announcing import LONGEST
from xcap.foreign.references import Externals, Used
from xcap.reach import Reach
from xcap.selectors import InvalidSelector, NoMatch, Target, Xui, parse_node_selector, select
from xcap.selectors.bindings import parse_bindings
from xcap.selectors.document import tree_name
from xcap.selectors.root import XcapRoot, http_host
from xcap.usages import RESOURCE_LISTS


@dataclass(frozen=True, slots=True)
class Key:
    """Where a resource-lists document is, whether it exists or not."""

    username: str
    domain: str
    doc_uri: str

    def __str__(self) -> str:
        return f"resource-lists/{tree_name(Xui.of_row(self.username, self.domain))}/{self.doc_uri}"

    @property
    def announced(self) -> str:
        """What the SIP workers hear when the document comes to be."""
        return str(self)[:LONGEST]


@dataclass(frozen=True, slots=True)
class Stored:
    """A resource-lists document of which the number and the entity tag are known."""

    id: int
    etag: str


class Documents:
    """The resource-lists documents that one look-up needs, asked for in as few queries as can be."""

    def __init__(self) -> None:
        self._stored: dict[Key, Stored | None] = {}
        self._bodies: dict[Key, bytes] = {}
        self._trees: dict[Key, etree._Element] = {}

    def learning(self, keys: Iterable[Key]) -> Asking[None]:
        """Numbers and entity tags of many documents, in one query."""
        unknown = set(keys) - self._stored.keys()
        if unknown:
            self._stored.update(dict.fromkeys(unknown))
            for *where, number, etag in (yield _query("id, etag", unknown)):
                if (key := Key(*where)) in unknown:
                    self._stored[key] = Stored(number, etag)

    def loading(self, keys: Iterable[Key]) -> Asking[None]:
        """The bodies, too, of many documents, in one query."""
        unknown = set(keys) - self._bodies.keys()
        if unknown:
            self._stored.update(dict.fromkeys(unknown))
            for *where, number, etag, doc in (yield _query("id, etag, doc", unknown)):
                if (key := Key(*where)) in unknown:
                    self._stored[key] = Stored(number, etag)
                    self._bodies[key] = doc

    def stored(self, key: Key) -> Stored | None:
        ask(self.learning([key]))
        return self._stored[key]

    def tree(self, key: Key) -> etree._Element:
        """Root element of a document. Raises UnresolvableReference if there is none."""
        if key not in self._trees:
            ask(self.loading([key]))
            if key not in self._bodies:
                raise UnresolvableReference(f"there is no document {key}")
            self._trees[key] = _parse(self._bodies[key], key)
        return self._trees[key]


def _query(columns: str, keys: set[Key]) -> Query:
    """All documents of these keys, and perhaps some more: three short lists are faster than many ORs."""
    text = f"""
    select username, domain, doc_uri, {columns} from xcap
     where doc_type = $1 and username = any($2) and domain = any($3) and doc_uri = any($4)
    """
    names = [(key.username, key.domain, key.doc_uri) for key in keys]
    return Query(
        text,
        (RESOURCE_LISTS.doc_type, *(packed("text", tuple({*each})) for each in zip(*names, strict=True))),
    )


def _parse(body: bytes, key: Key) -> etree._Element:
    try:
        return xmlinput.parse(body)
    except xmlinput.MalformedXml as error:
        raise UnresolvableReference(f"{key}: {error}") from error


@dataclass(slots=True)
class Dereferencer:
    """Resolves the references of one service and remembers on which documents the result rests.

    Absolute ones (`resource-list`, `external`) stay with the owner of the service (RFC 4826
    section 4.1), lead to a global list, or, by `external`, to one of the `externals`; these and a relative
    `entry-ref` (section 4.5) may go to other users, as far as the `reach` goes.
    """

    reach: Reach
    root: XcapRoot
    documents: Documents
    externals: Externals
    used: dict[Key, Stored | None] = field(default_factory=dict)
    used_foreign: dict[str, str] = field(default_factory=dict)

    def __call__(self, reference: str) -> etree._Element:
        if http_host(reference) is not None:
            used = Used(self.externals.look, self.used_foreign)
            if (element := self.externals.element(reference, used, self.reach)) is not None:
                return element
        try:
            target = self._target(reference)
            selector = parse_node_selector(
                target.node or "",
                default_namespace=RESOURCE_LISTS.namespace,
                bindings=parse_bindings(target.query),
            )
            return select(self._tree(_key(target)), selector)
        except (InvalidSelector, NoMatch) as error:
            raise UnresolvableReference(f"{reference}: {error}") from error

    def own(self, reference: str) -> None:
        """Raises UnresolvableReference for a `resource-list` that is not the owner's, or not here."""
        try:
            self._absolute(reference)
        except InvalidSelector as error:
            raise UnresolvableReference(f"{reference}: {error}") from error

    def key(self, reference: str) -> Key | None:
        """Where a reference leads, None if it is not to be followed."""
        try:
            return _key(self._target(reference))
        except (InvalidSelector, UnresolvableReference):
            return None

    def _tree(self, key: Key) -> etree._Element:
        try:
            return self.documents.tree(key)
        finally:
            self.used[key] = self.documents.stored(key)

    def _target(self, reference: str) -> Target:
        if http_host(reference) is not None:
            return self._absolute(reference)
        target = self.root.relative(reference)
        self.reach.check(reference, target.document.owner)
        return target

    def _absolute(self, reference: str) -> Target:
        target = self.root.absolute(reference)
        if target.document.owner not in (self.reach.owner, None):
            raise UnresolvableReference(f"{reference} is not a list of {self.reach.owner}")
        return target


def _key(target: Target) -> Key:
    document = target.document
    if document.auid != RESOURCE_LISTS.auid:
        raise InvalidSelector("not a resource-lists document")
    return Key(**document.tree, doc_uri=document.path)
