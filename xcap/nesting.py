"""Lists in lists: which members of a list are list services here themselves (RFC 4662 section 4)."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Final

from rls.domain.lists import FlatList, ListTooLong, NotFetched
from rls.store.asking import Asking
from xcap.documents.rls_services import canonical
from xcap.resolution import BrokenList, Resolution, ResolvedService

DEPTH: Final = 8
"""Levels of lists in lists."""
_CACHED: Final = 20_000

Services = Mapping[str, Resolution]
"""By canonical URI."""


@dataclass(slots=True)
class _Members:
    """Of one list: canonical URIs by entry of those that were services when `newest` was the newest."""

    flat: FlatList
    newest: int | None = None
    lists: dict[str, str] = field(default_factory=dict)

    def candidates(self, newest: int) -> dict[str, str]:
        """Most lists have no lists in them, and are not asked about again until there are new services."""
        if self.newest == newest:
            return self.lists
        return {e.uri: form for e in self.flat.entries if (form := canonical(e.request_uri))}

    def learn(self, candidates: Mapping[str, str], services: Services, newest: int) -> None:
        self.lists = {uri: form for uri, form in candidates.items() if services.get(form) is not None}
        self.newest = newest


_cache: OrderedDict[str, _Members] = OrderedDict()
_lock = Lock()


def nested(
    services: Services, newest: int, find: Callable[[set[str]], Asking[Services]], limit: int
) -> Asking[dict[str, Resolution]]:
    """The services with the lists that are in them. `find` looks up canonical URIs, of which most are no
    lists; `newest` changes when services are added.

    A list with more than `limit` resources in all cannot be resolved.
    """
    known: dict[str, Resolution] = dict(services)
    members: dict[str, _Members] = {}
    level = [service for service in services.values() if isinstance(service, ResolvedService)]
    for _ in range(DEPTH):
        looked_at = {service.uri: _members(service) for service in level}
        candidates = {uri: each.candidates(newest) for uri, each in looked_at.items()}
        wanted = set().union(*(forms.values() for forms in candidates.values())) - known.keys()
        found = (yield from find(wanted)) if wanted else {}
        known.update(found)
        for uri, each in looked_at.items():
            each.learn(candidates[uri], known, newest)
        members |= looked_at
        level = [service for service in found.values() if isinstance(service, ResolvedService)]
        if not level:
            break
    return {form: _tree(service, known, members, limit) for form, service in services.items()}


def _members(service: ResolvedService) -> _Members:
    with _lock:
        members = _cache.get(service.uri)
        if members is None or members.flat is not service.flat:
            members = _cache[service.uri] = _Members(service.flat)
            if len(_cache) > _CACHED:
                _cache.popitem(last=False)
        return members


def _tree(service: Resolution, known: Services, members: Mapping[str, _Members], limit: int) -> Resolution:
    if not isinstance(service, ResolvedService):
        return service
    try:
        return _Tree(known, members, limit).of(service, (service.uri,))
    except NotFetched as error:
        return error
    except ListTooLong as error:
        return BrokenList(error, service)


class _Tree:
    """Counts the resources of all lists in a list."""

    def __init__(self, known: Services, members: Mapping[str, _Members], limit: int) -> None:
        self._known = known
        self._members = members
        self._limit = limit
        self._count = 0

    def of(self, service: ResolvedService, path: tuple[str, ...]) -> ResolvedService:
        """A member that leads back, or is too deep or broken, is None (section 7.4).

        Raises ListTooLong, NotFetched.
        """
        self._count += len(service.flat.entries)
        if self._count > self._limit:
            raise ListTooLong(f"more than {self._limit} entries")
        inner: dict[str, ResolvedService | None] = {}
        lists = self._members[service.uri].lists if service.uri in self._members else {}
        for uri, form in lists.items():
            member = self._known.get(form)
            if isinstance(member, NotFetched):
                raise member
            inner[uri] = None
            if isinstance(member, ResolvedService) and form not in path and len(path) < DEPTH:
                inner[uri] = self.of(member, (*path, form))
        if not inner:
            return service
        rests_on = [each.documents for each in inner.values() if each is not None]
        return replace(service, nested=inner, documents=service.documents.union(*rests_on))
