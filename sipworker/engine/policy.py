"""Who is asking (RFC 3261 section 22, RFC 3325), and may they."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from rls.domain.digest import Credentials, challenges, parse_credentials, verify
from rls.domain.nonces import NonceIssuer, ReplayGuard
from rls.domain.uri import InvalidUri, SipUri, with_scheme
from sipworker.engine.layout import Layout, layout_of
from sipworker.engine.options import WorkerOptions
from sipworker.sip.flow import Flow
from sipworker.sip.headers import NameAddr
from sipworker.sip.incoming_subscription import IncomingSubscription
from sipworker.sip.message import Request
from xcap.documents.sharing import Sharing
from xcap.resolution import ResolvedService


class Rejection(NamedTuple):
    """An answer that refuses."""

    status: int
    reason: str | None = None
    headers: tuple[tuple[str, str], ...] = ()

    def answer(self, sip: IncomingSubscription, now: float) -> None:
        """To the SUBSCRIBE that waits."""
        sip.reject(self.status, now, self.reason, self.headers)


def with_warning(status: int, reason: str, why: str) -> Rejection:
    """A Warning says what is wrong (RFC 3261 section 20.43)."""
    text = " ".join(why.encode("ascii", "replace").decode().split())
    text = text.replace("\\", " ").replace('"', "'")[:120]
    return Rejection(status, reason, (("Warning", f'399 rls "{text}"'),))


class Claim(NamedTuple):
    """`identity` is a SIP URI; it is proven unless `credentials` still have to be verified."""

    identity: str
    credentials: Credentials | None = None


Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@lru_cache(maxsize=4)
def _networks(addresses: frozenset[str]) -> tuple[Network, ...]:
    return tuple(map(ipaddress.ip_network, addresses))


class Policy:
    """Believes trusted proxies, challenges everybody else, or (loopback only) believes From."""

    def __init__(self, options: WorkerOptions) -> None:
        self._options = options
        self._nonces = NonceIssuer(options.secret)
        self._replays = ReplayGuard()

    @property
    def _trusted(self) -> tuple[Network, ...]:
        return _networks(self._options.trusted_proxies)

    def claim(self, request: Request, source: Flow, unix_now: float) -> Claim | Rejection:
        if self.trusts(source.remote[0]):
            return Claim(self._asserted(request) or request.from_.uri)
        if self._options.sip_auth == "digest":
            return self._digest_claim(request, source, unix_now)
        if self._trusted:
            return Rejection(403, "Not from a trusted proxy")
        return Claim(request.from_.uri)

    def trusts(self, host: str) -> bool:
        """Whether the address is a trusted proxy's."""
        if not self._trusted:
            return False
        address = ipaddress.ip_address(host.partition("%")[0])
        return any(address in network for network in self._trusted)

    @staticmethod
    def _asserted(request: Request) -> str | None:
        """The SIP URI of P-Asserted-Identity, from a trusted hop only (RFC 3325 section 8)."""
        for value in request.values("p-asserted-identity"):
            uri = NameAddr.parse(value).uri
            if uri.lower().startswith(("sip:", "sips:")):
                return uri
        return None

    # -- Digest

    def _digest_claim(self, request: Request, source: Flow, unix_now: float) -> Claim | Rejection:
        for value in request.rows("authorization"):
            credentials = parse_credentials(value)
            if credentials is None or credentials.realm != self._realm(request):
                continue
            state = self._nonces.check(credentials.nonce, unix_now)
            if state != "valid":
                return self.challenge(request, unix_now, stale=state == "stale")
            if not self._is_ours(credentials.uri, request, source):
                return Rejection(400, "Digest uri names another server")
            return Claim(request.from_.uri, credentials)
        return self.challenge(request, unix_now)

    def _is_ours(self, uri: str, request: Request, source: Flow) -> bool:
        """Whether credentials were made for a request to us (RFC 8760 section 2.6).

        Phones write the Request-URI, with or without its port; in a refresh the list's URI or our
        Contact, whichever the Request-URI is not; or only their domain.
        """
        mentioned = (request.uri, NameAddr.parse(request.rows("to")[0]).uri, request.from_.uri)
        ours = {_host(each) for each in (*mentioned, self._options.server_address) if each}
        return _host(uri) in ours | {source.local[0]} | self._options.domains

    def verified(
        self, request: Request, claim: Claim, ha1: Mapping[str, str] | None, unix_now: float
    ) -> Rejection | None:
        """None if the claim holds. `ha1` by algorithm, None for an unknown user."""
        credentials = claim.credentials
        if credentials is None:
            return None
        if ha1 is None or not verify(credentials, request.method, ha1):
            return self.challenge(request, unix_now)
        # Without a count (RFC 2069) every answer would look like the last one: one for each nonce.
        if not self._replays.accept(credentials.nonce, credentials.nc or "1"):
            return self.challenge(request, unix_now, stale=True)
        if aor(claim.identity) != f"{credentials.username}@{credentials.realm}".lower():
            return Rejection(403, "From is not the authenticated user")
        return None

    def challenge(self, request: Request, unix_now: float, *, stale: bool = False) -> Rejection:
        values = challenges(self._realm(request), self._nonces.issue(unix_now), stale)
        return Rejection(401, headers=tuple(("WWW-Authenticate", value) for value in values))

    def _realm(self, request: Request) -> str:
        if self._options.realm:
            return self._options.realm
        try:
            return SipUri.parse(request.from_.uri).host.lower()
        except InvalidUri:
            return "rls"

    # -- may they

    def layout(self, identity: str, event: str, service: ResolvedService) -> Layout | None:
        """What a watcher gets of a list; None: nothing, which is said (RFC 6665 section 6.2)."""
        if self.may_use(identity, service.owner, service.sharing):
            return layout_of(
                service,
                event,
                lambda inner: self.may_use(identity, inner.owner, inner.sharing),
                flatten=self._options.nested_lists == "flatten",
            )
        return Layout() if self._options.list_denial == "polite" else None

    def may_use(self, identity: str, owner: str, sharing: Sharing | None = None) -> bool:
        """Whether a list of `owner` (user@domain) is open to `identity` (RFC 4662 section 4.4)."""
        watcher = aor(identity)
        match sharing.access if sharing else self._options.list_access:
            case "anyone":
                return True
            case "users" if sharing and watcher in map(aor, sharing.users):
                return True
            case "domain":
                return watcher.rpartition("@")[2] == owner.lower().rpartition("@")[2]
        return watcher == owner.lower()


def _host(uri: str) -> str:
    """In lower case; what is no SIP URI stands for itself."""
    try:
        return SipUri.parse(with_scheme(uri)).host.lower()
    except InvalidUri:
        return uri


def aor(uri: str) -> str:
    """user@host in lower case, to compare users with; empty for what is no SIP URI."""
    try:
        parsed = SipUri.parse(uri)
    except InvalidUri:
        return ""
    return f"{parsed.user or ''}@{parsed.host}".lower()
