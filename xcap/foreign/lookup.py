"""Which list a service URI stands for on the foreign servers, out of what was fetched of them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from rls.domain.lists import (
    FlatList,
    Limits,
    MalformedDocument,
    NotFetched,
    Service,
    UnresolvableReference,
    flatten,
    parse_service_fragment,
    parse_services,
)
from rls.domain.uri import InvalidUri, SipUri
from rls.store.asking import Asking, ask, at_hand
from xcap.documents import sharing
from xcap.documents.rls_services import canonical
from xcap.foreign.client import Unreachable
from xcap.foreign.references import ForeignDereferencer, Look, Used
from xcap.foreign.roots import ForeignRoot, Roots
from xcap.lookup import candidates
from xcap.namespaces import RLS_SERVICES_NS
from xcap.nesting import nested
from xcap.reach import UNKNOWN, Reach
from xcap.resolution import BrokenList, Resolution, ResolvedService, Sought
from xcap.selectors import InvalidSelector, Xui


class Found(NamedTuple):
    """A service, the root that has it, and whose it is (None if that cannot be told)."""

    service: Service
    root: ForeignRoot
    owner: Xui | None


class ForeignLookup:
    """`in_global_index`: services are sought in the index of all users, else in the watcher's document.
    `omit` is that of flatten(), `entry_refs` is RLS_ENTRY_REFS, `nests` says that members may be lists
    themselves."""

    def __init__(
        self,
        roots: Roots,
        limits: Limits,
        *,
        in_global_index: bool,
        omit: bool,
        entry_refs: str,
        nests: bool,
    ) -> None:
        self._roots = roots
        self._limits = limits
        self._omit = omit
        self._entry_refs = entry_refs
        self._nests = nests
        self._in_global_index = in_global_index

    def sought(self, uri: str, user: str) -> Sought:
        return Sought(uri, "" if self._in_global_index else user)

    def resolve(self, sought: Sought, look: Look) -> Resolution:
        """None: no server has such a list. Raises NotFetched, Unreachable."""
        used = Used(look)
        try:
            found = self._find(sought, used)
            if found is None:
                return None
            service = self._flat(found, used)
            if isinstance(service, BrokenList):
                return service
            return self._with_lists(service, sought, used) if sought.user and self._nests else service
        except NotFetched:
            raise
        except (UnresolvableReference, MalformedDocument) as why:
            error = why if isinstance(why, UnresolvableReference) else UnresolvableReference(str(why))
            error.documents = frozenset(used.etags)
            return error

    def _find(self, sought: Sought, used: Used) -> Found | None:
        """In the first root that has it, whatever is wrong with the others."""
        find = self._of_user if sought.user else self._of_all
        failure = None
        for root in self._roots.all:
            try:
                if found := find(root, sought, used):
                    return found
            except Unreachable as error:
                failure = error
        if failure is not None:
            raise failure
        return None

    def _of_user(self, root: ForeignRoot, sought: Sought, used: Used) -> Found | None:
        services = self._services(root, sought.user, used)
        return next((services[form] for form in candidates(sought.uri) if form in services), None)

    @staticmethod
    def _services(root: ForeignRoot, user: str, used: Used) -> dict[str, Found]:
        """Those of a user by canonical URI."""
        try:
            owner = Xui.parse(user, "")
        except InvalidSelector:
            return {}
        body = used.body(root.user_index(owner))
        services = parse_services(body) if body is not None else []
        return {
            form: Found(service, root, owner)
            for service in reversed(services)
            if (form := canonical(service.uri))
        }

    def _with_lists(self, service: ResolvedService, sought: Sought, used: Used) -> Resolution:
        """Members that are lists of the same user."""
        own: dict[str, Found] = {}
        for root in reversed(self._roots.all):
            with suppress(Unreachable):
                own |= self._services(root, sought.user, used)
        newest = hash(service.fingerprint)
        find = partial(self._members, own, used)
        return ask(nested({service.uri: service}, newest, find, self._limits.entries))[service.uri]

    def _members(
        self, own: Mapping[str, Found], used: Used, forms: set[str]
    ) -> Asking[dict[str, Resolution]]:
        members: dict[str, Resolution] = {}
        for form in forms & own.keys():
            members[form] = self._flat(own[form], used)
        return at_hand(members)

    def _of_all(self, root: ForeignRoot, sought: Sought, used: Used) -> Found | None:
        for uri in dict.fromkeys((sought.uri, *candidates(sought.uri))):
            body = used.body(root.global_service(uri))
            if body is not None:
                service = parse_service_fragment(body)
                return Found(service, root, self._owner(service, root))
        return None

    @staticmethod
    def _owner(service: Service, root: ForeignRoot) -> Xui | None:
        """The index does not say whose a service is; a reference does."""
        reference = _reference(service)
        try:
            place = root.place(reference) if reference else None
        except InvalidSelector:
            return None
        return place.target.document.owner if place else None

    def _flat(self, found: Found, used: Used) -> ResolvedService | BrokenList:
        """Raises NotFetched, Unreachable."""
        service, root, owner = found
        reach = Reach(owner or UNKNOWN, self._entry_refs)
        dereference = ForeignDereferencer(reach, root, self._roots, used)
        try:
            if reference := _reference(service):
                dereference.own(reference, owner)
            flat = flatten(service, dereference, self._limits, omit=self._omit)
        except NotFetched:
            raise
        except UnresolvableReference as error:
            return BrokenList(error, self._described(found, FlatList((), ()), used))
        return self._described(found, flat, used)

    @staticmethod
    def _described(found: Found, flat: FlatList, used: Used) -> ResolvedService:
        service, _, owner = found
        uri = canonical(service.uri) or service.uri
        return ResolvedService(
            uri=uri,
            owner=f"{owner.username}@{owner.domain}" if owner else f"@{_host(uri)}",
            packages=service.packages,
            flat=flat,
            documents=frozenset(used.etags),
            fingerprint=" ".join(f"{url}:{etag}" for url, etag in sorted(used.etags.items())),
            sharing=sharing.read(service.element),
        )


def _reference(service: Service) -> str:
    """The `<resource-list>` of a service, "" if it holds its list itself."""
    for namespace in (f"{{{RLS_SERVICES_NS}}}", ""):
        if (text := service.element.findtext(f"{namespace}resource-list")) is not None:
            return text.strip()
    return ""


def _host(uri: str) -> str:
    """ "" for what is no SIP URI."""
    try:
        return SipUri.parse(uri).host
    except InvalidUri:
        return ""
