"""What a list looks like to one watcher: its resources, and the lists in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from rls.domain.lists import Entry
from rls.domain.rlmi import Name
from xcap.resolution import ResolvedService

MayUse = Callable[[ResolvedService], bool]


@dataclass(frozen=True, slots=True)
class Refused:
    """A list in the list that the watcher does not get; `reason` is that of RLMI."""

    uri: str
    names: tuple[Name, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Sublist:
    """A list in the list: `names` are those of the member, `list_names` its own."""

    uri: str
    names: tuple[Name, ...]
    list_names: tuple[Name, ...]
    members: tuple[Member, ...]


Member = str | Sublist | Refused
"""A resource (by its URI), or a list."""


@dataclass(frozen=True, slots=True)
class Layout:
    """`entries` are all resources by URI, each once; `members` None: one after the other, no lists in it."""

    names: tuple[Name, ...] = ()
    entries: dict[str, Entry] = field(default_factory=dict)
    members: tuple[Member, ...] | None = None

    @classmethod
    def plain(cls, entries: tuple[Entry, ...], names: tuple[Name, ...] = ()) -> Layout:
        return cls(names, {entry.uri: entry for entry in entries})


def layout_of(service: ResolvedService, event: str, may_use: MayUse, *, flatten: bool) -> Layout:
    """`flatten`: the members of lists in the list take its place, as far as the watcher may see them."""
    if not service.nested:
        return Layout.plain(service.flat.entries, service.flat.names)
    entries: dict[str, Entry] = {}
    builder = _Builder(entries, event, may_use, flatten)
    members = builder.members(service)
    nests = any(not isinstance(member, str) for member in members)
    return Layout(service.flat.names, entries, members if nests else None)


@dataclass(frozen=True, slots=True)
class _Builder:
    entries: dict[str, Entry]
    event: str
    may_use: MayUse
    flatten: bool

    def members(self, service: ResolvedService) -> tuple[Member, ...]:
        """Each URI once in a list (RFC 4662 section 5.3)."""
        found: dict[str, Member] = {}
        for entry in service.flat.entries:
            if entry.uri not in service.nested:
                self.entries.setdefault(entry.uri, entry)
                found.setdefault(entry.uri, entry.uri)
                continue
            inner = service.nested[entry.uri]
            reason = self._refusal(inner)
            if inner is None or reason:
                if not self.flatten:
                    found.setdefault(entry.uri, Refused(entry.uri, entry.names, reason))
            elif self.flatten:
                for member in self.members(inner):
                    found.setdefault(str(member), member)
            else:
                sublist = Sublist(entry.uri, entry.names, inner.flat.names, self.members(inner))
                found.setdefault(entry.uri, sublist)
        return tuple(found.values())

    def _refusal(self, inner: ResolvedService | None) -> str:
        """The reason in RLMI, "" for a list that the watcher gets."""
        if inner is None or (inner.packages is not None and self.event not in inner.packages):
            return "noresource"
        return "" if self.may_use(inner) else "rejected"
