"""One watcher's subscription to one list, as the worker that owns it keeps it."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from math import inf
from sys import intern
from typing import TYPE_CHECKING, Literal, NamedTuple

from rls.domain.aggregate import InstanceView, ResourceView
from rls.domain.deltas import Tracker
from rls.domain.filters import FilterSet
from rls.domain.lists import Entry
from rls.domain.multipart import media_type
from rls.domain.notify_rates import NAMES as RATE_NAMES
from rls.domain.packages import package
from rls.domain.profile import AS_THE_RFCS_SAY, Profile
from rls.domain.rlmi import Name, State
from rls.store.numbering import OutboxRow
from sipworker.engine.layout import Member
from sipworker.engine.pace import Pace
from sipworker.sip.grammar import Params, format_params
from sipworker.sip.headers import is_wanted
from sipworker.sip.incoming_subscription import IncomingSubscription
from sipworker.sip.timers import Timer
from xcap.resolution import Sought

if TYPE_CHECKING:
    from sipworker.sip.subscription import Subscription

LIST_TYPES = ("multipart/related", "application/rlmi+xml")
MORE_TYPES = ("multipart/signed", "application/pkcs7-mime", "application/pidf-diff+xml")
Omitted = Literal["", "types", "filters"]
"""What of a watcher's wishes a back end is not told, as it refused a SUBSCRIBE that had it."""
INSTANCE_ID = "1"
"""RLMI instance id of a back end that does not fork: stable over re-subscriptions (RFC 4662 5.5)."""
UNMARKED, TOLD = 0, -1
"""Instead of a mark: the state is told whenever it is named, and: it was told."""


class Before(NamedTuple):
    """A state that was marked, and not told, when the next was committed."""

    mark: int
    instance: InstanceView


class BackEnd:
    """One back-end subscription: a row of rls_presentity, a Subscription, an RLMI instance.

    The newest `instance` is another object whenever it changes; `shown`, None as long as nothing is known,
    is the one that was committed, which is in the resource's view. `forks` are the other notifiers that
    answered the SUBSCRIBE; each has a place, and may leave it to the next. `behind` are bodies to be told
    after the one of the instance, which is `untold`, in packages of which none may be lost. `mark` is that of
    the committed state; `passed_over`: a NOTIFY has left it to its mark.
    """

    __slots__ = ("answered", "attempts", "before", "behind", "code", "forks", "grace", "instance", "is_known",
                 "mark", "omitted", "partials", "passed_over", "primary", "request_uri", "retry", "retry_at",
                 "row_id", "server", "shown", "started", "subscription", "tracker", "untold", "view",
                 "watcher")  # fmt: skip

    def __init__(self, watcher: ListSubscription, row_id: int, view: ResourceView, request_uri: str) -> None:
        self.watcher = watcher
        self.row_id = row_id
        self.view = view
        self.request_uri = request_uri
        self.instance = InstanceView(INSTANCE_ID, "pending")
        self.subscription: Subscription | None = None
        self.answered = False
        self.attempts = 0
        self.partials = 0
        self.tracker: Tracker | None = None
        self.untold = False
        self.behind: tuple[tuple[str, bytes], ...] = ()
        self.server = ""
        self.omitted: Omitted = ""
        self.started = 0.0
        self.code = 0
        self.retry: Timer | None = None
        self.retry_at = 0.0
        self.grace: Timer | None = None
        self.is_known = False
        self.shown: InstanceView | None = None
        self.mark = UNMARKED
        self.before: Before | None = None
        self.passed_over = False
        self.primary: BackEnd | None = None
        self.forks: tuple[BackEnd, ...] = ()

    @property
    def family(self) -> tuple[BackEnd, ...]:
        return self, *self.forks

    @property
    def has_siblings(self) -> bool:
        return self.primary is not None or bool(self.forks)

    def is_among(self, rows: set[int]) -> bool:
        """Whether one of these rows is its own or a fork's."""
        return self.row_id in rows or (bool(self.forks) and any(fork.row_id in rows for fork in self.forks))

    def fork(self, row_id: int, instance_id: str = "") -> BackEnd:
        """A place for one more notifier; its instance id stays the same for good (RFC 4662 5.5)."""
        fork = BackEnd(self.watcher, row_id, self.view, self.request_uri)
        fork.instance.id = instance_id or str(len(self.forks) + 2)
        fork.primary, fork.answered, fork.omitted = self, True, self.omitted
        self.forks += (fork,)
        return fork

    def copy(self, other: BackEnd) -> None:
        """Show what another subscription of the same user knows, until our own back end answers."""
        if other.shown is not None:
            self.is_known = True
            self.instance = other.shown
            self.reveal(other.shown)

    def put(self, content_type: str, body: bytes) -> bool:
        """The body that the watcher is to see; False if that is the one it sees."""
        instance = self.instance
        if body == instance.body and content_type == instance.content_type:
            return False
        kind = intern(content_type)  # the same few for all
        self.instance = InstanceView(instance.id, instance.state, instance.reason, kind, body)
        return True

    def turn(self, state: State, reason: str | None) -> bool:
        """What state the subscription is in; False if nothing changes."""
        instance = self.instance
        if self.is_known and (instance.state, instance.reason) == (state, reason):
            return False
        self.is_known = True
        self.instance = InstanceView(instance.id, state, reason, instance.content_type, instance.body)
        return True

    def reveal(self, instance: InstanceView, mark: int = UNMARKED) -> None:
        """It is committed, with that mark: let RLMI name it from now on."""
        before, self.shown = self.shown, instance
        if instance is not before:
            is_owed = before is not None and self.mark > self.watcher.claimed
            self.before = Before(self.mark, before) if before is not None and is_owed else None
            self.mark = mark
        instances = self.view.instances
        if not self.has_siblings:
            self.view.instances = (instance,)
        elif before is None:
            self.view.instances = (*instances, instance)
        else:
            self.view.instances = tuple(instance if each is before else each for each in instances)

    def put_behind(self, content_type: str, body: bytes) -> bool:
        """The same for a body after which the one before has still to be told. False: nothing new to show."""
        if self.untold:
            self.behind += ((content_type, body),)
            return False
        self.untold = True
        return self.put(content_type, body)

    def told(self) -> bool:
        """The watcher has the body; True if another one is to be told."""
        self.untold = bool(self.behind)
        if self.behind:
            self.put(*self.behind[0])
            self.behind = self.behind[1:]
        return self.untold

    def starts_anew(self) -> None:
        """The next document is of another subscription."""
        if self.tracker is not None:
            self.tracker.restarts()

    def forget_bodies(self) -> None:
        self.put("", b"")
        self.behind = ()
        self.untold = False

    def rename(self, view: ResourceView) -> None:
        """The list spells the resource or its names anew."""
        view.instances = self.view.instances
        for each in self.family:
            each.view = view


class ListSubscription:
    """`resources` in document order; `members` where there are lists among them. `unsettled`
    collects rows until all back ends have answered.

    `from_header` is what back ends are told, `privacy` what the watcher asked for, `recipients` the
    document of a list that came in the SUBSCRIBE; `list_user`: in whose documents the list is, ""
    where those of all users are looked through. `offered` are types that the watcher takes besides
    those of the package; `spread` says that its last NOTIFY could not hold all states; `shown` are
    back ends whose body in it must not get lost. `claimed` is the newest mark that a NOTIFY whose turn has
    come was numbered for; up to the CSeq `sent_by_others` a worker before this one may have sent. `params`
    are those of Event but for its id; `pace` None: the ticks decide.
    """

    __slots__ = ("_queue", "back_end_event", "claimed", "deflate", "dormant", "ending", "event", "filters",
                 "force_full", "from_header", "has_news", "id", "identity", "in_flight", "last_cseq",
                 "list_uri", "list_user", "max_forwards", "members", "names", "news_cseq", "news_since",
                 "offered", "pace", "params", "privacy", "profile", "recipients", "resources", "resting",
                 "restored", "retries", "sent_by_others", "service_uri", "settle_timer", "settled", "shown",
                 "sip", "spread", "unanswered", "unsettled", "user_agent")  # fmt: skip

    def __init__(
        self,
        number: int,
        sip: IncomingSubscription,
        list_uri: str,
        service_uri: str,
        *,
        identity: str,
        from_header: str,
        user_agent: str = "",
        profile: Profile = AS_THE_RFCS_SAY,
        list_user: str = "",
        privacy: str = "",
        recipients: bytes | None = None,
        max_forwards: int = 70,
        names: tuple[Name, ...] = (),
        accept: Sequence[str] = (),
        params: Params | None = None,
    ) -> None:
        self.id = number
        self.sip = sip
        self.list_uri = list_uri
        self.service_uri = service_uri
        self.list_user = list_user
        self.privacy = privacy
        self.recipients = recipients
        self.identity = identity
        self.from_header = from_header
        self.max_forwards = max_forwards
        self.names = names
        self.members: tuple[Member, ...] | None = None
        self.resources: dict[str, BackEnd] = {}
        self.event = profile.package(sip.event)
        self.ask(params or {})
        self.pace: Pace | None = None
        self.offered: tuple[str, ...] = ()
        self.accepts(accept)
        self.user_agent = user_agent
        self.serve_by(profile)
        self.settled = False
        self.settle_timer: Timer | None = None
        self.unanswered = 0
        self.unsettled: list[int] = []
        self.ending = ""
        self.deflate = False
        self.filters = FilterSet()
        self.force_full = False
        self.dormant = False
        """Nothing is to be told until a SUBSCRIBE says otherwise (RFC 5839 section 6.4)."""
        self.has_news = True
        self.news_cseq = 0
        """CSeq of the last NOTIFY with news."""
        self.spread = False
        self.restored = False
        self.retries = 0
        self.resting = False
        """A NOTIFY has failed: the full state that follows waits for its time, or for another NOTIFY."""
        self.in_flight: OutboxRow | None = None
        self.news_since = 0.0
        """When the oldest change came that was not told yet, on the clock of the loop; 0: none."""
        self.shown: list[BackEnd] = []
        self.last_cseq = 0
        self.claimed = 0.0
        self.sent_by_others = 0
        self._queue: list[tuple[int, OutboxRow]] = []
        sip.owner = self

    def accepts(self, media_types: Sequence[str]) -> bool:
        """What the Accept of the latest SUBSCRIBE says: back ends are offered no more; True if it matters.

        Signed and sealed bodies (RFC 4662 section 7.3), patches of presence (RFC 5263 section 4.2); all
        there is of a package that has no type of its own.
        """
        before = self.offered
        named = {kind: None for kind, params in map(media_type, media_types) if is_wanted(params)}
        if package(self.event).accept:
            self.offered = tuple(kind for kind in MORE_TYPES if kind in named)
        else:
            self.offered = tuple(kind for kind in named if kind not in LIST_TYPES)
        return before != self.offered

    def serve_by(self, profile: Profile) -> None:
        """How to tell this phone; the package that it asked for stays what it was."""
        self.profile = profile
        self.sip.notified_event = profile.notified_event(self.sip.event)

    @property
    def label(self) -> str:
        """What it is called in the logs, from its SUBSCRIBE to its last NOTIFY (and in Content-IDs)."""
        return f"{self.id:x}"

    def ask(self, params: Params) -> None:
        """What its Event says besides the package. Back ends are told (RFC 4235 section 3.2), but for the
        rates, which are ours to keep."""
        self.params = params
        passed_on = {name: value for name, value in params.items() if name not in RATE_NAMES}
        self.back_end_event = self.event + format_params(passed_on)

    @property
    def sought(self) -> Sought:
        """Its list, as it is looked up."""
        return Sought(self.service_uri, self.list_user)

    @property
    def user_key(self) -> tuple[str, str]:
        """Subscriptions with the same key may show each other's states."""
        return self.identity, self.event

    def add(self, entry: Entry, row_id: int) -> BackEnd:
        back_end = BackEnd(self, row_id, ResourceView(entry.uri, entry.names), entry.request_uri)
        self.resources[entry.uri] = back_end
        self.unanswered += 1
        return back_end

    def only_says(self, reason: str) -> bool:
        """Whether all resources are without a subscription for the same reason."""
        return all(each.instance.reason == reason for each in self.resources.values())

    # -- conditional notification (RFC 5839)

    @property
    def entity_tag(self) -> str:
        """Of the state of the whole list (section 6.5): by the NOTIFY that told it first."""
        return f"{self.id:x}-{self.news_cseq:x}"

    def knows_all(self, condition: str | None) -> bool:
        """Whether Suppress-If-Match says that the watcher needs no NOTIFY."""
        if condition == "*":
            return True
        return condition == self.entity_tag and not self._has_untold()

    def kept_tag(self) -> int | None:
        """`news_cseq` if the NOTIFY that is asked for brings nothing new; None: it will be that NOTIFY's."""
        self.has_news = self._has_untold()
        return None if self.has_news else self.news_cseq

    def _has_untold(self) -> bool:
        held = self.pace is not None and self.pace.holds
        return bool(self.has_news or self.unsettled or self._queue or self.force_full or held)

    # -- NOTIFYs to send, in the order of their CSeq

    def enqueue(self, row: OutboxRow) -> None:
        """A NOTIFY that may come in any order, and twice."""
        if row.cseq > self.last_cseq and all(cseq != row.cseq for cseq, _ in self._queue):
            heapq.heappush(self._queue, (row.cseq, row))

    def next_to_send(self) -> OutboxRow | None:
        """The NOTIFY whose turn it is; a later one waits for those numbered before it."""
        if self.in_flight is not None or not self._queue or self._queue[0][0] != self.last_cseq + 1:
            return None
        if self.resting and len(self._queue) == 1:
            return None
        self.resting = False
        self.last_cseq, self.in_flight = self._queue[0]
        heapq.heappop(self._queue)
        self.claimed = max(self.claimed, inf if self.in_flight.mark is None else self.in_flight.mark)
        self._take_tag(self.in_flight)
        return self.in_flight

    def _take_tag(self, row: OutboxRow) -> None:
        """Another state has another tag; that of a dormant watcher stays, and so does what is not told."""
        self.has_news = self.has_news or row.kind == "P"
        if self.has_news and not self.dormant:
            self.news_cseq, self.has_news = row.cseq, False

    def rest(self) -> None:
        """Unless something is waiting."""
        self.resting = not self._queue

    def unsent(self) -> list[OutboxRow]:
        return [row for _, row in self._queue]


def with_forks(back_ends: Iterable[BackEnd]) -> Iterator[BackEnd]:
    for back_end in back_ends:
        yield from back_end.family
