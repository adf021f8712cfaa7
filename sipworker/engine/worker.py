"""The SIP worker: everything wired together, started and stopped."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from functools import partial

from rls import traces
from rls.orders import channel
from rls.problems import Problems
from rls.services import LISTS, PROFILES, SETTINGS
from rls.store.ids import IdBlocks
from rls.store.lasting import Lasting
from rls.store.numbering import OutboxRow
from sipworker.documents.admission import DocumentAdmission
from sipworker.documents.notifier import EVENT, DocumentNotifier
from sipworker.engine import monitoring, systemd
from sipworker.engine.admission import Admission
from sipworker.engine.bodies import OPTION_TAG, accepted
from sipworker.engine.complaints import Complaints
from sipworker.engine.database import connect
from sipworker.engine.directory import SPARE_IDS, Directory
from sipworker.engine.doorstep import Doorstep
from sipworker.engine.floods import Floods
from sipworker.engine.foreign import ForeignServers
from sipworker.engine.handlers import Handler, of_requests, of_subscriptions
from sipworker.engine.heartbeat import Heartbeat
from sipworker.engine.http import HttpListener
from sipworker.engine.identity import BackEndIdentity
from sipworker.engine.list_changes import ListChanges
from sipworker.engine.live_options import LiveOptions
from sipworker.engine.options import WorkerOptions
from sipworker.engine.orders import Orders
from sipworker.engine.outbox import Listener
from sipworker.engine.own_addresses import OwnAddresses
from sipworker.engine.ownership import Ownership
from sipworker.engine.parts import Parts
from sipworker.engine.policy import Policy
from sipworker.engine.presence_servers import PresenceServers
from sipworker.engine.profiles import KnownProfiles
from sipworker.engine.rendering import Limits
from sipworker.engine.restart import Restart
from sipworker.engine.sampling import sample
from sipworker.engine.sender import Sender
from sipworker.engine.tracing import Tracer
from sipworker.engine.watchers import Watchers
from sipworker.engine.wording import Wording
from sipworker.engine.writer import Writer
from sipworker.sip import notifications as told
from sipworker.sip.agent import UserAgent
from sipworker.sip.flow import Flow
from sipworker.sip.grammar import MalformedMessage
from sipworker.sip.keyring import Keyring
from sipworker.sip.timers import TimerWheel
from sipworker.transport.certificates import InvalidCertificate, Tls
from sipworker.transport.entrance import Crowds
from sipworker.transport.resolver import Resolver
from sipworker.transport.stray import StrayAnswers
from sipworker.transport.transports import Transports
from xcap.announcing import CHANNEL
from xcap.store import root as xcap_root

log = logging.getLogger("rls.worker")

WHEEL_TURN = 0.05
HOLD_PLACE = 1.0
SUBSCRIBES = (told.SIPIncomingSubscriptionGotSubscribe, told.SIPIncomingSubscriptionGotRefreshingSubscribe)
STOP_AFTER = 5.0
"""Seconds that a stopping worker takes at most to write what it has."""


class SipWorker:
    """`await start()`, then `await run()` until stop(). Raises InvalidCertificate.

    A part that fails for good takes it down: its supervisor starts it anew.
    """

    agent: UserAgent
    writer: Writer
    sender: Sender
    watchers: Watchers
    directory: Directory
    admission: Admission
    listener: Listener
    heartbeat: Heartbeat

    def __init__(self, options: WorkerOptions) -> None:
        self.options = options
        self._loop = asyncio.get_running_loop()
        self._stopped = asyncio.Event()
        self._parts = Parts(self._stopped.set)
        self._addresses = OwnAddresses(options, lambda: self.transports.flows)
        self.tls = Tls(options.tls)
        self.transports: Transports = Transports(
            options.listen,
            self._receive,
            self._failed,
            tls=self.tls,
            keep_alive=options.keep_alive,
            patience=64 * options.t1,
            crowds=Crowds(lambda source: 0 if self._is_spared(source) else options.source_connections),
            astray=lambda flow, answer: self.stray.take(flow, answer),
        )
        self.resolver = Resolver(self.transports, options.dns, falls_back=options.large_notify != "tcp")
        self.wheel = TimerWheel(self._loop.time())
        self.profiles = KnownProfiles(lambda: self.watchers.serve_by(self.profiles))
        self._policy = Policy(options)
        events = (*options.events, *({EVENT} - {*options.events}))
        self._doorstep = Doorstep(self._policy, options, self.profiles, events)
        complaints = Complaints(self._loop.time)
        self.agent = UserAgent(
            wheel=self.wheel,
            transmit=self.transports.send,
            locate=self.resolver.locate,
            avoid=self.resolver.avoid,
            larger=None if options.large_notify == "same-flow" else self.resolver.larger,
            compact=options.compact_headers,
            observer=self._observe,
            contact_user=options.contact_user,
            events=events,
            extensions=("eventlist", *([OPTION_TAG] if options.request_lists else [])),
            accept=accepted(lists=options.request_lists),
            handed_over=("PUBLISH",) if options.presence_servers or options.to_presence_code else (),
            advertise=self._addresses.advertised,
            on_malformed=complaints.heard,
            on_silence=complaints.unanswered,
            on_outside=lambda flow, now: self.floods.heard(flow.remote[0], now),
            unproven=self._doorstep.unproven,
            misdirected=self._doorstep.misdirected,
            unfit=self._doorstep.unfit,
            lost_notifies=options.lost_notifies,
            t1=options.t1,
            gruu=f"worker{options.worker}" if options.gruu else "",
        )
        self.stray = StrayAnswers(lambda flow, data: self.agent.transmit(flow, data), self.resolver.locate)
        self.problems = Problems(options.worker)
        self.floods = Floods(lambda: options.source_rate, self._is_spared)
        self._handlers: dict[type, Handler] = {}

    def _is_spared(self, source: str) -> bool:
        """Those behind whom many others are."""
        servers = self.options.presence_servers
        return self._policy.trusts(source) or any(source in self.resolver.known(server) for server in servers)

    # -- wiring

    def _wire(self, ids: IdBlocks) -> None:
        options, agent = self.options, self.agent
        self.ownership = Ownership(connect, options.worker)
        self.writer = Writer(
            self.ownership.connect,
            lambda rows, now: self.watchers.deliver(rows, now),
            owner=options.worker,
            slices=options.slices,
            enough=options.commit_waiting,
            gap=options.commit_gap,
        )
        self.sender = Sender(
            self._loop.call_soon,
            self._loop.time,
            self._addresses.host,
            lambda watcher, rows: self.watchers.telling.rest(watcher, rows),
            full_state=options.full_state,
            limits=Limits(options.bodies_per_notify, options.deflate_from),
        )
        self.presence_servers = PresenceServers(agent, options.presence_servers, options.presence_check)
        identity = BackEndIdentity(options)
        keys = Keyring.of_realms(options.backend_credentials) if options.backend_credentials else None
        wording = Wording(agent, self.presence_servers, identity, keys)
        self.watchers = Watchers(
            agent, self.writer, ids, self.sender, options, self.presence_servers, wording
        )
        self.live = LiveOptions(options, lambda: self.watchers.renew_paces(self._loop.time()))
        foreign = self.foreign = self._foreign(ids, keys)
        self._asked = Lasting(connect)
        self.directory = Directory(
            self._asked, ids, foreign.keeper if foreign is not None else None, options.foreign.roots
        )
        policy, root = self._policy, xcap_root()
        self.list_changes = ListChanges(
            self.watchers, self.writer, ids, policy, foreign.resolve_all if foreign is not None else None
        )
        self.documents = DocumentNotifier(agent, options, root)
        self.document_admission = DocumentAdmission(self.documents, self.directory, policy, options, root)
        self.admission = Admission(
            agent,
            self.watchers,
            self.directory,
            self.writer.age,
            policy,
            self._doorstep,
            options,
            self.list_changes.learned,
            ids.take,
            self._addresses.host,
            self._addresses.names_us,
            self.presence_servers,
            self.profiles,
            self._list_user,
            identity,
            {EVENT: self.document_admission.begin},
            foreign.lists if foreign is not None else None,
            self.transports.overflow,
        )
        self.orders = Orders(options.worker, self.watchers, self.writer, self.admission)
        self.tracer = Tracer(agent, options.worker, options.homer)
        self.listener = Listener(
            connect,
            options.worker,
            self._deliver,
            {
                LISTS: self.list_changes.changed,
                CHANNEL: self.documents.changed,
                PROFILES: self.profiles.changed,
                SETTINGS: self.live.changed,
                channel(options.worker): self.orders.look,
                traces.CHANNEL: self.tracer.look,
            },
            self._missed,
        )
        self.restart = Restart(
            agent, self.watchers, self.writer, self.profiles, options.worker, identity, self._list_user
        )
        changes = foreign.changes if foreign is not None else None
        self._handlers = of_subscriptions(self.watchers.back_ends, changes)
        self._handlers |= of_requests(self.admission, self.watchers, self.document_admission, self.documents)

    def _foreign(self, ids: IdBlocks, keys: Keyring | None) -> ForeignServers | None:
        """None: none may be asked."""
        if not self.options.foreign.roots.all:
            return None
        return ForeignServers(
            self.agent,
            self.options,
            ids,
            keys,
            self._loop.time,
            lambda url: self.list_changes.document_changed(url),
        )

    def _list_user(self, identity: str) -> str:
        return self.foreign.list_user(identity) if self.foreign is not None else ""

    def _deliver(self, rows: Iterable[OutboxRow], now: float) -> None:
        """What a tick has numbered may rest on a commit of ours that we have not heard of yet."""
        self.writer.settled(lambda now: self.watchers.deliver(rows, now))

    def _missed(self) -> None:
        self.list_changes.check_all()
        self.documents.check_all()
        self.profiles.changed()
        self.live.changed()
        self.orders.look()
        self.tracer.look()

    # -- events

    def _receive(self, data: bytes, flow: Flow) -> None:
        now = self._loop.time()
        if self.floods.muted and self.floods.mutes(flow.remote[0], now):
            return
        if self.tracer.on:
            self.tracer.received(data, flow)
        self.agent.receive(data, flow, now)

    def _failed(self, flow: Flow) -> None:
        self._loop.call_soon(self._has_failed, flow)

    def _has_failed(self, flow: Flow) -> None:
        self.stray.failed(flow)
        self.agent.transactions.transport_failed(flow, self._loop.time())

    def _observe(self, notification: told.Notification, now: float) -> None:
        """A handler that fails must cost its own request only."""
        handler = self._handlers.get(type(notification))
        if handler is None:
            return
        try:
            handler(notification, now)
        except MalformedMessage:
            raise  # the agent answers 400
        except Exception:
            log.exception("a request could not be served")
            if isinstance(notification, SUBSCRIBES) and notification.sender.is_waiting:
                notification.sender.reject(500, now)

    # -- life

    async def start(self) -> None:
        """Wait for our turn, take up what the database holds, then open the sockets.

        Raises OSError, psycopg.Error.
        """
        logging.getLogger().addHandler(self.problems)
        self._ids = IdBlocks(connect)
        await self._ids.reserve(SPARE_IDS)
        self._wire(self._ids)
        await self.ownership.acquire(self._stopped)
        if self._stopped.is_set():
            return
        await self.live.load()
        await self.profiles.load()
        async with await connect() as connection:
            count = await self.restart.load(connection, self._loop.time())
        count += await self.documents.load(self._loop.time())
        if self.foreign is not None:
            await self.foreign.keeper.load()
        await self.list_changes.catch_up()
        await self.transports.start()
        self._parts.start(
            self.writer.run(), self.directory.run(), self.list_changes.run(), self.listener.run()
        )
        self._parts.start(self._turn_wheel(), self._hold_place())
        self._parts.start(self.documents.run(), self.profiles.run(), self.live.run())
        self._parts.start(self.orders.run(), self.tracer.run(self.watchers))
        self.presence_servers.watch(self._loop.time())
        if self.foreign is not None:
            self._parts.start(self.foreign.run(self.list_changes))
        self.restart.resume(self._loop.time())
        self.documents.resume(self._loop.time())
        self.heartbeat = Heartbeat(
            self.options.worker,
            self.agent.contact(self.transports.flows[0]),
            partial(sample, self),
            self.problems,
            lambda: self.admission.draining,
        )
        self._parts.start(self.heartbeat.run())
        await self.listener.listening.wait()
        await self._start_http()
        systemd.tell(systemd.READY)
        log.info(
            "ready", extra={"listen": [flow.dumps() for flow in self.transports.flows], "taken_up": count}
        )

    async def _start_http(self) -> None:
        if self.options.http is not None:
            self._http = HttpListener(*self.options.http, monitoring.paths(self))
            await self._http.start()

    async def _turn_wheel(self) -> None:
        while True:
            await asyncio.sleep(WHEEL_TURN)
            self.wheel.advance(self._loop.time())

    async def _hold_place(self) -> None:
        """See every second that the writer's session, and with it the place of this worker, is still ours."""
        while True:
            asked = self._loop.time()
            self.writer.after(lambda now, asked=asked: self.sender.confirm(asked))  # type: ignore[misc]
            await asyncio.sleep(HOLD_PLACE)

    def reload(self) -> None:
        """Read the certificates again (if they cannot be used, those we have stay); look names, lists and
        profiles up anew. The log level is the caller's business."""
        self.resolver.forget()
        self._missed()
        try:
            self.tls.load()
        except InvalidCertificate as error:
            log.error("certificates not read again", extra={"why": str(error)})
        else:
            log.info("certificates read again")

    def stop(self) -> None:
        """End run(). Subscriptions are not terminated: a restarted worker goes on with them."""
        self._stopped.set()

    async def run(self) -> None:
        """Serve until stop(). Raises RuntimeError if a part failed."""
        await self._stopped.wait()
        systemd.tell(systemd.STOPPING)
        self.admission.draining = True
        self.writer.stop()
        await self._parts.wait_for_first(STOP_AFTER)
        await self.transports.close()
        if self._http is not None:
            await self._http.close()
        await self._parts.stop()
        if self.foreign is not None:
            await self.foreign.close()
        await self._ids.close()
        await self._asked.close()
        logging.getLogger().removeHandler(self.problems)
        if self._parts.failure is not None:
            raise RuntimeError("the SIP worker failed") from self._parts.failure

    _http: HttpListener | None = None
