"""What looking up a list gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from rls.domain.lists import FlatList, UnresolvableReference
from xcap.documents.sharing import Sharing


@dataclass(frozen=True, slots=True)
class ResolvedService:
    """A list service with its list.

    `documents` are the numbers of the documents that it rests on (of foreign ones, the URLs), `fingerprint`
    changes with any of them. `nested` are the members that are lists themselves, by the URI of their entry:
    None for one that cannot be had. `packages` None allows every event package, `sharing` None whom
    RLS_LIST_ACCESS does.
    """

    uri: str
    owner: str
    packages: frozenset[str] | None
    flat: FlatList
    documents: frozenset[int | str]
    fingerprint: str
    sharing: Sharing | None = None
    nested: Mapping[str, ResolvedService | None] = field(default_factory=dict)

    def size(self) -> int:
        """Entries of this list and of all lists in it."""
        return len(self.flat.entries) + sum(inner.size() for inner in self.nested.values() if inner)


class BrokenList(UnresolvableReference):
    """A list that cannot be made out; `service` is what its service says besides, `why` what is wrong."""

    def __init__(self, why: UnresolvableReference, service: ResolvedService) -> None:
        super().__init__(str(why))
        self.why = why
        self.service = replace(service, flat=FlatList((), ()), nested={})
        self.documents = service.documents


Resolution = ResolvedService | UnresolvableReference | None


class Sought(NamedTuple):
    """A list that is looked for. `user` (user@domain): in whose document; "": in those of all users."""

    uri: str
    user: str = ""
