"""What a subscriber is told: from what it knows and what there is, an xcap-diff document (RFC 5874)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, NamedTuple

from xcap.diff import patch
from xcap.diff.components import Component
from xcap.diff.markup import element
from xcap.namespaces import XCAP_DIFF_NS

MEDIA_TYPE = "application/xcap-diff+xml"
Mode = Literal["no-patching", "xcap-patching", "aggregate"]
"""RFC 5875 section 4.3."""
MODES: dict[str, Mode] = {
    "no-patching": "no-patching", "xcap-patching": "xcap-patching", "aggregate": "aggregate"
}  # fmt: skip


class Version(NamedTuple):
    """One state of a document; `body` None: it was deleted (then it has no entity tag)."""

    etag: str
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Present:
    """A document that is there. `versions` lead to it, the newest first; empty if nobody kept them."""

    etag: str
    versions: Sequence[Version] = ()


class Item(NamedTuple):
    """Something to report. `mark` is what the subscriber knows then, None: that it is gone.

    `brief` says the same without contents, for where these have no room.
    """

    sel: str
    mark: str | None
    markup: str
    brief: str


@dataclass(slots=True)
class Report:
    """`known` is what the subscriber knows once it has the body; `more`: not everything had room."""

    known: dict[str, str]
    items: list[str] = field(default_factory=list)
    more: bool = False

    def body(self, root: str) -> bytes:
        attributes = (("xmlns", XCAP_DIFF_NS), ("xcap-root", root))
        document = element("xcap-diff", attributes, "".join(self.items))
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{document}'.encode()


def full_state(documents: Mapping[str, Present], components: Mapping[str, Component]) -> dict[str, str]:
    """What somebody knows who has been told everything."""
    marks = {sel: component.mark for sel, component in components.items() if component.mark is not None}
    return {sel: present.etag for sel, present in documents.items()} | marks


def entity_tag(known: Mapping[str, str]) -> str:
    """SIP-ETag of what is known (RFC 5839): the same for the same, whoever has learned it in which dialog."""
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()[:32]


def report(
    known: Mapping[str, str],
    documents: Mapping[str, Present],
    components: Mapping[str, Component],
    mode: Mode = "no-patching",
    room: int = 1_000_000,
) -> Report:
    """`known`: by selector the entity tag or the mark of the content that was told, {} for full state.

    `components` has every watched one, those that do not exist too. What does not fit into `room`
    octets is told without contents, or else left for the next report.
    """
    made = Report(dict(known))
    for item in (*_gone(known, documents, components), *_documents(known, documents, mode),
                 *_components(known, components)):  # fmt: skip
        markup = next((text for text in (item.markup, item.brief) if len(text.encode()) <= room), None)
        if markup is None:
            made.more = True
            continue
        room -= len(markup.encode())
        made.items.append(markup)
        if item.mark is None:
            del made.known[item.sel]
        else:
            made.known[item.sel] = item.mark
    return made


def _gone(
    known: Mapping[str, str], documents: Mapping[str, Present], components: Mapping[str, Component]
) -> Iterator[Item]:
    for sel, etag in known.items():
        if sel not in documents and sel not in components:
            markup = element("document", (("sel", sel), ("previous-etag", etag)))
            yield Item(sel, None, markup, markup)


def _documents(known: Mapping[str, str], documents: Mapping[str, Present], mode: Mode) -> Iterator[Item]:
    for sel, present in documents.items():
        before = known.get(sel)
        if before != present.etag:
            brief = _document(sel, before, present.etag)
            markup = "".join(_changes(sel, before, present, mode)) or brief
            yield Item(sel, present.etag, markup, brief)


def _document(sel: str, before: str | None, after: str | None, content: str = "") -> str:
    return element("document", (("sel", sel), ("new-etag", after), ("previous-etag", before)), content)


def _changes(sel: str, before: str | None, present: Present, mode: Mode) -> Iterator[str]:
    """One element per change in the order in which they were made; one for all if they aggregate."""
    path = _path(before, present) if before is not None and mode != "no-patching" else []
    if mode == "aggregate" and path:
        path = [path[0], path[-1]]
    for old, new in pairwise(path):
        yield _document(sel, old.etag or None, new.etag or None, _patch(old.body, new.body))


def _path(before: str | None, present: Present) -> list[Version]:
    """The states from the one that is known to the present one, [] if they were not kept."""
    etags = [version.etag for version in present.versions]
    if before not in etags or present.etag not in etags:
        return []
    # One that is newer than the present one was written since that was read.
    return list(reversed(present.versions[etags.index(present.etag) : etags.index(before) + 1]))


def _patch(old: bytes | None, new: bytes | None) -> str:
    """Empty where the client has to fetch: a document that is new or gone, or shorter than its patch."""
    if old is None or new is None:
        return ""
    operations = patch.operations(old, new)
    if operations == []:
        return "<body-not-changed/>"
    markup = "".join(operations or ())
    return markup if len(markup.encode()) < len(new) else ""


def _components(known: Mapping[str, str], components: Mapping[str, Component]) -> Iterable[Item]:
    for sel, component in components.items():
        if component.mark != known.get(sel):
            yield Item(sel, component.mark, component.markup(sel), component.brief(sel))
