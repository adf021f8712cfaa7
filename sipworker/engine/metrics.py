"""What a SIP worker tells Prometheus: read from its parts when it is asked, never counted twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest

from rls.metrics import Metric, MetricsOf, by_code

if TYPE_CHECKING:
    from sipworker.engine.worker import SipWorker

METRICS: tuple[Metric[SipWorker], ...] = (
    Metric("rls_subscriptions", "gauge", "List subscriptions held.", lambda w: len(w.watchers)),
    Metric("rls_subscriptions_begun", "counter", "List subscriptions accepted.", lambda w: w.watchers.begun),
    Metric(
        "rls_subscriptions_refreshed",
        "counter",
        "SUBSCRIBEs in the dialog of a list subscription that were accepted.",
        lambda w: w.watchers.refreshed,
    ),
    Metric("rls_subscriptions_ended", "counter", "List subscriptions over.", lambda w: w.watchers.ended),
    Metric(
        "rls_subscribes_refused",
        "counter",
        "SUBSCRIBEs that were refused; code 401: or asked for a password first.",
        lambda w: by_code(w.agent.refused),
        "code",
    ),
    Metric("rls_back_ends", "gauge", "Back-end subscriptions held.", lambda w: len(w.agent.subscriptions)),
    Metric(
        "rls_back_end_failures",
        "counter",
        "SUBSCRIBEs to back ends that failed; code none: no answer.",
        lambda w: by_code(w.watchers.back_ends.failures),
        "code",
    ),
    Metric(
        "rls_back_end_subscribes_in_flight",
        "gauge",
        "SUBSCRIBEs to back ends that wait for their NOTIFY, of RLS_BACKEND_IN_FLIGHT.",
        lambda w: w.watchers.back_ends.in_flight,
    ),
    Metric(
        "rls_back_end_subscribes_queued",
        "gauge",
        "SUBSCRIBEs to back ends that wait for others to be answered.",
        lambda w: w.watchers.back_ends.queued,
    ),
    Metric(
        "rls_back_end_notifies",
        "counter",
        "NOTIFYs from back ends, also those without news.",
        lambda w: w.watchers.back_ends.notified,
    ),
    Metric("rls_updates", "counter", "States of resources committed.", lambda w: w.writer.updates),
    Metric("rls_commits", "counter", "Commit groups written.", lambda w: w.writer.commits),
    Metric(
        "rls_commit_waiting",
        "gauge",
        "Requests that wait for a commit before they are answered.",
        lambda w: w.writer.backlog,
    ),
    Metric(
        "rls_notifies",
        "counter",
        "NOTIFYs to watchers sent, by kind: full or partial state.",
        lambda w: {"full": w.sender.full, "partial": w.sender.partial},
        "kind",
    ),
    Metric(
        "rls_notifies_ready",
        "gauge",
        "Watchers whose NOTIFY waits for its turn to be sent.",
        lambda w: len(w.sender),
    ),
    Metric(
        "rls_notify_failures",
        "counter",
        "NOTIFYs to watchers that were refused or got no answer (408).",
        lambda w: by_code(w.watchers.notify_failures),
        "code",
    ),
    Metric(
        "rls_notify_delay_seconds",
        "histogram",
        "From the oldest change that a NOTIFY tells to its sending, in seconds.",
        lambda w: w.sender.delay,
    ),
    Metric(
        "rls_malformed_messages",
        "counter",
        "SIP messages that could not be understood.",
        lambda w: w.agent.malformed,
    ),
    Metric(
        "rls_requests_unanswered",
        "counter",
        "SIP requests that got no answer, as it would have been longer than they are (UDP, decision 0017).",
        lambda w: w.agent.unanswered,
    ),
    Metric(
        "rls_datagrams_lost",
        "counter",
        "UDP messages that came faster than they were read, so that the kernel had no room for them (Linux).",
        lambda w: w.transports.lost(),
    ),
    Metric(
        "rls_subscribes_waiting",
        "gauge",
        "SUBSCRIBEs whose list or user is being looked up.",
        lambda w: len(w.directory),
    ),
    Metric(
        "rls_standing_in",
        "gauge",
        "1 while the worker batches by itself, since no tick comes from Celery.",
        lambda w: int(w.heartbeat.standing_in),
    ),
    Metric(
        "rls_draining", "gauge", "1 while new subscriptions are refused.", lambda w: int(w.admission.draining)
    ),
    Metric(
        "rls_database_unreachable",
        "gauge",
        "1 while nothing can be written.",
        lambda w: int(w.writer.unreachable),
    ),
)


def exposition(worker: SipWorker) -> bytes:
    """All metrics in the text form of Prometheus, CPU time and memory of the process among them."""
    registry = CollectorRegistry()
    registry.register(MetricsOf(METRICS, worker))
    ProcessCollector(registry=registry)
    return generate_latest(registry)
