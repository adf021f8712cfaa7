"""Lists in lists as RLMI has them: a resource whose part is a list of its own (RFC 4662 sections 4, 5.5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from rls.domain.aggregate import InstanceView, ResourceView, compose
from rls.domain.profile import Profile
from sipworker.engine.layout import Member, Refused, Sublist
from sipworker.engine.list_subscription import INSTANCE_ID, BackEnd

BackEnds = Mapping[str, BackEnd]
"""By the URI of the resource."""


class Piece(NamedTuple):
    """What a NOTIFY says of a list in the list; `row_id` is that of a resource in it, 0 if there is none."""

    view: ResourceView
    row_id: int = 0


class NestedViews:
    """`changed` are the rows of which there is news (None: all).

    A list in the list is told in full whenever something in it changed, with the version of the whole:
    so it never has a gap that its reader would have to fill by a refresh (section 5.6).
    """

    def __init__(
        self,
        back_ends: BackEnds,
        changed: set[int] | None,
        version: int,
        host: str,
        seed: str,
        profile: Profile,
    ) -> None:
        self._back_ends = back_ends
        self._changed = changed
        self._version = version
        self._host = host
        self._seed = seed
        self._profile = profile
        self._lists = 0

    def of(self, members: Iterable[Member]) -> Iterator[BackEnd | Piece]:
        """What RLMI names, from top to bottom."""
        for member in members:
            if isinstance(member, str):
                if self._is_news(member):
                    yield self._back_ends[member]
            elif isinstance(member, Refused):
                if self._changed is None:
                    yield _piece(member, InstanceView(INSTANCE_ID, "terminated", member.reason))
            elif self._changed is None or any(map(self._is_news, _resources(member))):
                yield self._sublist(member)

    def _is_news(self, uri: str) -> bool:
        back_end = self._back_ends.get(uri)
        return back_end is not None and (self._changed is None or back_end.is_among(self._changed))

    def _sublist(self, sublist: Sublist) -> Piece:
        self._lists += 1
        seed = f"l{self._lists}.{self._seed}"
        inner = NestedViews(self._back_ends, None, self._version, self._host, seed, self._profile)
        views = (each.view for each in inner.of(sublist.members))
        content_type, body = compose(
            sublist.uri,
            self._version,
            True,
            sublist.list_names,
            views,
            self._host,
            seed,
            self._profile,
        )
        resources = (self._back_ends[uri].row_id for uri in _resources(sublist) if uri in self._back_ends)
        instance = InstanceView(INSTANCE_ID, "active", None, content_type, body)
        return _piece(sublist, instance, next(resources, 0))


def _piece(member: Sublist | Refused, instance: InstanceView, row_id: int = 0) -> Piece:
    return Piece(ResourceView(member.uri, member.names, (instance,)), row_id)


def _resources(sublist: Sublist) -> Iterator[str]:
    for member in sublist.members:
        if isinstance(member, str):
            yield member
        elif isinstance(member, Sublist):
            yield from _resources(member)
