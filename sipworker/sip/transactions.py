"""Non-INVITE transactions, client and server side (RFC 3261 section 17, RFC 4320)."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from sipworker.sip.brevity import UNBOUNDED, fitted
from sipworker.sip.flow import Flow
from sipworker.sip.grammar import split_commas
from sipworker.sip.message import Request, Response
from sipworker.sip.response import response
from sipworker.sip.timers import T1, T2, TIMER_F, Timer, TimerWheel

TRYING_AFTER = 3.5
"""Seconds until Timer E has reached T2: only then may a 100 be sent (RFC 4320 section 4.1)."""

SLACK = 0.01
"""Seconds by which a clock of floats may miss a deadline."""
CANCELLABLE = ("SUBSCRIBE", "NOTIFY", "PUBLISH", "OPTIONS")

Transmit = Callable[[Flow, bytes], None]


class Failure(Enum):
    """A request that got no final response; `status` is what RFC 3261 8.1.3.1 takes it for."""

    TIMEOUT = 408
    TRANSPORT = 503

    @property
    def status(self) -> int:
        return self.value


Outcome = Response | Failure
OnFinal = Callable[[Outcome, float], None]
OnSilence = Callable[[Request, Flow], None]
"""on_silence(request, flow): a request is too short for the answer that it should have."""


class ClientTransaction:
    """One request on its way: retransmitted on UDP until answered, given up after 64*T1.

    Response retransmissions (Timer K) need no state: they match no transaction and are dropped.
    """

    __slots__ = (
        "_data",
        "_deadline",
        "_interval",
        "_layer",
        "_on_final",
        "_timer",
        "branch",
        "flow",
        "method",
        "vias",
    )

    def __init__(
        self,
        layer: TransactionLayer,
        method: str,
        branch: str,
        flow: Flow,
        data: bytes,
        on_final: OnFinal,
        vias: int,
    ) -> None:
        self._layer = layer
        self._data = data
        self._on_final = on_final
        self._interval = layer.t1
        self._deadline = 0.0
        self._timer: Timer | None = None
        self.branch = branch
        self.flow = flow
        self.method = method
        self.vias = vias

    def start(self, now: float) -> None:
        self._deadline = now + self._layer.timer_f
        self._arm(now)
        self._layer.transmit(self.flow, self._data)

    def _arm(self, now: float) -> None:
        wait = self._layer.timer_f if self.flow.reliable else self._interval
        self._timer = self._layer.wheel.schedule(min(now + wait, self._deadline), self._fire)

    def _fire(self, now: float) -> None:
        if now >= self._deadline - SLACK:
            self._layer.finish(self, Failure.TIMEOUT, now)
            return
        self._interval = min(2 * self._interval, T2)
        self._arm(now)
        self._layer.retransmissions += 1
        self._layer.transmit(self.flow, self._data)

    def provisional(self) -> None:
        self._interval = T2

    def finish(self, outcome: Outcome, now: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._on_final(outcome, now)


class KnownRequest:
    """What answers the retransmissions of a request (17.2.2), as long as Timer J lasts.

    `room`: octets that an answer may have.
    """

    __slots__ = ("_answer", "_layer", "flow", "key", "merge_key", "room")

    def __init__(
        self,
        layer: TransactionLayer,
        key: ServerKey,
        merge_key: MergeKey,
        flow: Flow,
        room: int,
        answer: bytes,
    ) -> None:
        self._layer = layer
        self._answer = answer
        self.key = key
        self.merge_key = merge_key
        self.flow = flow
        self.room = room

    def retransmitted(self, room: int) -> None:
        """`room` is that of the retransmission: somebody may have cut it short."""
        if self._answer and (self.room == UNBOUNDED or len(self._answer) <= room):
            self._layer.transmit(self.flow, self._answer)

    def forget(self, now: float) -> None:
        self._layer.forget(self)


class ServerTransaction(KnownRequest):
    """One request to be answered once; the request itself is not kept for Timer J."""

    __slots__ = ("_trying", "request", "source")

    def __init__(
        self, layer: TransactionLayer, key: ServerKey, request: Request, flow: Flow, room: int
    ) -> None:
        super().__init__(layer, key, _merge_key(request), response_flow(request, flow), room, b"")
        self._trying: Timer | None = None
        self.request = request
        self.source = flow

    def start(self, now: float) -> None:
        self._trying = self._layer.wheel.schedule(now + TRYING_AFTER, self._send_trying)

    def _send_trying(self, now: float) -> None:
        self._send(response(self.request, 100))

    def _send(self, answer: bytes) -> None:
        self._answer = fitted(answer, self.room)
        if self._answer:
            self._layer.transmit(self.flow, self._answer)

    @property
    def answered(self) -> bool:
        return self._trying is None

    def respond(self, answer: bytes, now: float) -> None:
        """Send the final response and keep it for Timer J; a second call is an error of the caller."""
        if self._trying is None:
            raise RuntimeError("this transaction has its final response")
        self._trying.cancel()
        self._trying = None
        self._send(answer)
        if not self._answer:
            self._layer.on_silence(self.request, self.source)
        self._complete(now)

    def abandon(self, now: float) -> None:
        """Leave the request without an answer: too late for one (RFC 4320 section 4.2)."""
        if self._trying is not None:
            self._trying.cancel()
            self._trying = None
        self._answer = b""
        self._complete(now)

    def _complete(self, now: float) -> None:
        """Know retransmissions for Timer J."""
        if self.flow.reliable:
            self._layer.forget(self)
            return
        known = KnownRequest(self._layer, self.key, self.merge_key, self.flow, self.room, self._answer)
        self._layer.keep(known, now)


ServerKey = tuple[str, ...]
MergeKey = tuple[str, str, str]


def server_key(request: Request, method: str) -> ServerKey:
    """What a retransmission of `request` has in common with it (17.2.3, both generations).

    With another `method` than the request's: the key of the request that a CANCEL is for (9.2).
    """
    via = request.via
    if via.has_unique_branch:
        return via.branch or "", via.host.lower(), str(via.port), method
    return (
        request.uri, request.from_tag or "", request.to_tag or "",
        request.call_id, f"{request.cseq.number} {method}", str(via),
    )  # fmt: skip


def response_flow(request: Request, flow: Flow) -> Flow:
    """Where responses to `request` go: its connection, or received and rport (18.2.2, RFC 3581).

    `maddr` is for multicast; following it would let a client send our answers to a third party.
    """
    if flow.reliable:
        return flow
    via = request.via
    port = via.port or 5060
    if port == flow.remote[1] or "rport" in via.params:
        return flow
    return flow.to((flow.remote[0], port))


class TransactionLayer:
    """All transactions of one agent. Time is a parameter; what is to be sent goes to `transmit`.

    `t1`: the round trip that is expected, in seconds (RFC 3261 section 17.1.1.1).
    """

    def __init__(
        self,
        wheel: TimerWheel,
        transmit: Transmit,
        t1: float = T1,
        on_silence: OnSilence = lambda request, flow: None,
    ) -> None:
        self.wheel = wheel
        self.transmit = transmit
        self.on_silence = on_silence
        self.t1 = t1
        self.timer_f = 64 * t1
        self.timer_j = max(TIMER_F, self.timer_f)
        """Clients may have another T1 than ours."""
        self.timer_n = self.timer_f + 0.2
        """A moment longer: a SUBSCRIBE without an answer fails by Timer F, which may leave the old expiry."""
        self.retransmissions = 0
        self._clients: dict[str, ClientTransaction] = {}
        self._by_flow: dict[Flow, dict[str, ClientTransaction]] = {}
        self._servers: dict[ServerKey, KnownRequest] = {}
        self._originals: dict[MergeKey, ServerKey] = {}

    def __len__(self) -> int:
        return len(self._clients) + len(self._servers)

    # -- client side

    def send(
        self,
        method: str,
        branch: str,
        flow: Flow,
        data: bytes,
        on_final: OnFinal,
        now: float,
        vias: int = 1,
    ) -> ClientTransaction:
        """Start a client transaction for the request `data`: `vias` Vias, `branch` in the top one."""
        transaction = ClientTransaction(self, method, branch, flow, data, on_final, vias)
        self._clients[branch] = transaction
        try:
            self._by_flow[flow][branch] = transaction
        except KeyError:
            self._by_flow[flow] = {branch: transaction}
        transaction.start(now)
        return transaction

    def receive_response(self, answer: Response, now: float) -> bool:
        """Hand a response to its transaction (17.1.3); False if there is none.

        More Vias than the request had: another's response gone astray (8.1.3.3).
        """
        transaction = self._clients.get(answer.via.branch or "")
        if transaction is None or transaction.method != answer.cseq.method:
            return False
        if transaction.vias != _count_vias(answer):
            return False
        if answer.status < 200:
            transaction.provisional()
        else:
            self.finish(transaction, answer, now)
        return True

    def finish(self, transaction: ClientTransaction, outcome: Outcome, now: float) -> None:
        if self._clients.get(transaction.branch) is not transaction:
            return
        del self._clients[transaction.branch]
        on_flow = self._by_flow[transaction.flow]
        del on_flow[transaction.branch]
        if not on_flow:
            del self._by_flow[transaction.flow]
        transaction.finish(outcome, now)

    def transport_failed(self, flow: Flow, now: float) -> None:
        """The transport could not deliver on `flow`: end what waits there (17.1.4)."""
        for transaction in list(self._by_flow.get(flow, {}).values()):
            self.finish(transaction, Failure.TRANSPORT, now)

    # -- server side

    def receive_request(
        self, request: Request, flow: Flow, now: float, room: int = UNBOUNDED
    ) -> ServerTransaction | None:
        """A transaction for a new request; None for a retransmission, which has been served."""
        key = server_key(request, request.method)
        known = self._servers.get(key)
        if known is not None:
            known.retransmitted(room)
            return None
        transaction = ServerTransaction(self, key, request, flow, room)
        self._servers[key] = transaction
        transaction.start(now)
        return transaction

    def is_merged(self, transaction: ServerTransaction) -> bool:
        """The same request came by another path while its transaction lasts (8.2.2.2)."""
        if transaction.request.to_tag is not None:
            return False
        return self._originals.setdefault(transaction.merge_key, transaction.key) != transaction.key

    def cancelled(self, cancel: Request) -> bool:
        """Does a CANCEL match a transaction? Its effect on a non-INVITE is none (9.2)."""
        return any(server_key(cancel, method) in self._servers for method in CANCELLABLE)

    def keep(self, known: KnownRequest, now: float) -> None:
        self._servers[known.key] = known
        self.wheel.schedule(now + self.timer_j, known.forget)

    def forget(self, known: KnownRequest) -> None:
        self._servers.pop(known.key, None)
        if self._originals.get(known.merge_key) == known.key:
            del self._originals[known.merge_key]


def _count_vias(answer: Response) -> int:
    rows = answer.rows("via")
    if len(rows) == 1 and "," not in rows[0]:
        return 1
    return sum(len(split_commas(row)) for row in rows)


def _merge_key(request: Request) -> MergeKey:
    cseq = request.cseq
    return request.call_id, request.from_tag or "", f"{cseq.number} {cseq.method}"
