"""What the worker needs to know, read from the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings

from rls.domain.listener import Listener, parse_address
from rls.domain.notify_rates import waitn_times
from rls.domain.packages import package
from rls.domain.uri import SipUri, with_scheme
from sipworker.sip.timers import T1
from sipworker.transport.certificates import TlsFiles
from xcap.foreign.roots import Roots
from xcap.selectors.document import ROOT

NO_TLS = TlsFiles()


def tls_files() -> TlsFiles:
    return TlsFiles(
        tuple(settings.RLS_TLS_CERTIFICATES),
        tuple(settings.RLS_TLS_KEYS),
        settings.RLS_TLS_CA,
        settings.RLS_TLS_CLIENTS,
    )


LIVE = (
    "max_expires",
    "min_expires",
    "max_subscriptions",
    "max_user_subscriptions",
    "source_rate",
    "source_connections",
    "trusted_proxies",
    "waitn_time",
    "waitn_times",
)
"""Options that change in place; all others stay as they were at the start."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """Foreign XCAP servers; `absent` is how long a missing document is believed to be missing."""

    roots: Roots = field(default_factory=Roots)
    in_global_index: bool = False
    omit: bool = False
    entry_refs: str = "domain"
    token: str = field(default="", repr=False)
    ca_file: str = ""
    timeout: float = 2.0
    poll: float = 60.0
    absent: float = 10.0
    diff_server: str = ""
    largest: int = 1_000_000
    longest_list: int = 1000

    @classmethod
    def from_settings(cls) -> Foreign:
        return cls(
            roots=Roots.parse(settings.RLS_XCAP_ROOT),
            in_global_index=settings.RLS_XCAP_LOOKUP == "global",
            omit=settings.RLS_UNRESOLVED == "omit",
            entry_refs=settings.RLS_ENTRY_REFS,
            token=settings.RLS_XCAP_TOKEN,
            ca_file=settings.RLS_XCAP_CA_FILE,
            timeout=settings.RLS_XCAP_TIMEOUT,
            poll=settings.RLS_XCAP_POLL,
            absent=settings.RLS_XCAP_ABSENT,
            diff_server=with_scheme(settings.RLS_XCAP_DIFF_SERVER) if settings.RLS_XCAP_DIFF_SERVER else "",
            largest=settings.RLS_XCAP_MAX_DOCUMENT,
            longest_list=settings.RLS_LIST_LIMIT,
        )


@dataclass(slots=True)
class WorkerOptions:
    """Times are seconds unless a name says otherwise. See docs/reference/settings.md."""

    worker: int = 1
    listen: tuple[Listener, ...] = ()
    tls: TlsFiles = NO_TLS
    keep_alive: float = 0.0
    server_address: str = ""
    contact_user: str = "rls"
    gruu: bool = False
    events: tuple[str, ...] = ("presence", "dialog")
    presence_servers: tuple[str, ...] = ()
    presence_check: float = 10.0
    dns: tuple[str, ...] = ()
    large_notify: str = "same-flow"
    compact_headers: bool = False
    bodies_per_notify: int = 0
    deflate_from: int = 1200
    to_presence_code: int = 0
    min_expires: int = 60
    max_expires: int = 7200
    max_subscriptions: int = 0
    max_user_subscriptions: int = 0
    t1: float = T1
    lost_notifies: int = 1
    full_state: bool = False
    grace_time: float = 0.0
    source_rate: int = 0
    source_connections: int = 0
    waitn_time: float = 1.0
    settle_time: float = 2.0
    waitn_times: Mapping[str, float] = field(default_factory=dict)
    slices: int = 10
    commit_waiting: int = 24
    commit_gap: float = 0.02
    backend_in_flight: int = 512
    sip_auth: str = "none"
    trusted_proxies: frozenset[str] = frozenset()
    realm: str = ""
    domains: frozenset[str] = frozenset()
    list_access: str = "owner"
    secret: bytes = b""
    http: tuple[str, int] | None = None
    homer: tuple[str, int] | None = None
    xcap_url: str = "http://127.0.0.1:8000/xcap-root/"
    list_denial: str = "refuse"
    nested_lists: str = "nest"
    request_lists: bool = True
    largest_document: int = 1_000_000
    list_limit: int = 1000
    backend_identity: str = "from"
    identity: str = "sip:rls@localhost"
    backend_credentials: Mapping[str, tuple[str, str]] = field(default_factory=dict, repr=False)
    foreign: Foreign = field(default_factory=Foreign)
    foreign_lists: bool = False
    xcap_failure_code: int = 500

    def pause_of(self, event: str, list_uri: str) -> float:
        """Seconds between two NOTIFYs of a list at least; the URI is canonical."""
        times = self.waitn_times
        named = times.get(list_uri, times.get(event)) if times else None
        return max(self.waitn_time, package(event).pause) if named is None else named

    def renew(self) -> None:
        """The settings have changed."""
        fresh = self.from_settings()
        for name in LIVE:
            setattr(self, name, getattr(fresh, name))

    @classmethod
    def from_settings(cls) -> WorkerOptions:
        return cls(
            worker=settings.RLS_WORKER,
            http=parse_address(settings.RLS_WORKER_HTTP) if settings.RLS_WORKER_HTTP else None,
            homer=parse_address(settings.RLS_HOMER) if settings.RLS_HOMER else None,
            listen=tuple(map(Listener.parse, settings.RLS_SIP_LISTEN)),
            tls=tls_files(),
            keep_alive=settings.RLS_WEBSOCKET_PING,
            server_address=settings.RLS_SERVER_ADDRESS,
            contact_user=settings.RLS_CONTACT_USER,
            gruu=settings.RLS_GRUU,
            events=tuple(settings.RLS_EVENTS),
            presence_servers=tuple(map(with_scheme, settings.RLS_PRESENCE_SERVER)),
            presence_check=settings.RLS_PRESENCE_CHECK,
            dns=tuple(settings.RLS_DNS_SERVERS),
            large_notify=settings.RLS_LARGE_NOTIFY,
            compact_headers=settings.RLS_COMPACT_HEADERS,
            bodies_per_notify=settings.RLS_BODIES_PER_NOTIFY,
            deflate_from=settings.RLS_DEFLATE_FROM,
            to_presence_code=settings.RLS_TO_PRESENCE_CODE,
            min_expires=settings.RLS_MIN_EXPIRES,
            max_expires=settings.RLS_MAX_EXPIRES,
            max_subscriptions=settings.RLS_MAX_SUBSCRIPTIONS,
            max_user_subscriptions=settings.RLS_MAX_USER_SUBSCRIPTIONS,
            t1=settings.RLS_T1,
            lost_notifies=settings.RLS_LOST_NOTIFIES,
            source_rate=settings.RLS_SOURCE_RATE,
            source_connections=settings.RLS_SOURCE_CONNECTIONS,
            full_state=settings.RLS_FULL_STATE,
            grace_time=settings.RLS_GRACE_TIME,
            waitn_time=settings.RLS_WAITN_TIME,
            settle_time=settings.RLS_SETTLE_TIME,
            waitn_times=waitn_times(settings.RLS_WAITN_TIMES),
            slices=settings.RLS_SLICES,
            commit_waiting=settings.RLS_COMMIT_WAITING,
            commit_gap=settings.RLS_COMMIT_GAP_MS / 1000,
            backend_in_flight=settings.RLS_BACKEND_IN_FLIGHT,
            sip_auth=settings.RLS_SIP_AUTH,
            trusted_proxies=frozenset(settings.RLS_TRUSTED_PROXIES),
            realm=settings.RLS_REALM,
            domains=frozenset(domain.lower() for domain in settings.RLS_DOMAINS),
            list_access=settings.RLS_LIST_ACCESS,
            secret=settings.SECRET_KEY.encode(),
            list_denial=settings.RLS_LIST_DENIAL,
            nested_lists=settings.RLS_NESTED_LISTS,
            request_lists=settings.RLS_REQUEST_LISTS,
            largest_document=settings.RLS_XCAP_MAX_DOCUMENT,
            list_limit=settings.RLS_LIST_LIMIT,
            backend_identity=settings.RLS_BACKEND_IDENTITY,
            identity=_identity(),
            backend_credentials=dict(map(_credentials, settings.RLS_BACKEND_CREDENTIALS)),
            foreign=Foreign.from_settings(),
            foreign_lists=not settings.RLS_INTEGRATED_XCAP_SERVER,
            xcap_failure_code=settings.RLS_XCAP_FAILURE_CODE,
            xcap_url=settings.RLS_XCAP_URL or f"http://{settings.RLS_HTTP_LISTEN}{ROOT}",
        )


def _identity() -> str:
    """Who we are in subscriptions of our own."""
    if settings.RLS_IDENTITY:
        return with_scheme(settings.RLS_IDENTITY)
    outside = SipUri.parse(settings.RLS_SERVER_ADDRESS).host if settings.RLS_SERVER_ADDRESS else ""
    listening = [Listener.parse(text).host for text in settings.RLS_SIP_LISTEN]
    host = next(filter(None, (*settings.RLS_DOMAINS, outside, *listening)), "localhost")
    return f"sip:{settings.RLS_CONTACT_USER}@{f'[{host}]' if ':' in host else host}"


def _credentials(text: str) -> tuple[str, tuple[str, str]]:
    """Of `realm=user:password`."""
    realm, _, key = text.partition("=")
    user, _, password = key.partition(":")
    return realm.lower(), (user, password)
