"""Metrics, health and signals of real processes."""

from __future__ import annotations

import json
import signal
import urllib.error
import urllib.request
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from rlsproject.metrics import METRICS as WEB
from rlsproject.requests import COUNTED
from sipworker.engine.metrics import METRICS
from tests.live.conftest import NewPhone, PutList, Start
from tests.live.rig import documents
from tests.live.rig.list_server import ListServer
from tests.live.rig.ports import free_port
from tests.live.rig.presence import Domain, pidf
from tests.live.rig.waiting import eventually


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def figures(url: str) -> dict[str, float]:
    """Sample name with its labels, and the number."""
    status, text = get(f"{url}/metrics")
    assert status == 200, text
    return {
        sample.name + "".join(f"{{{value}}}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_worker_counts_what_it_does(
    start_worker: Start, new_phone: NewPhone, resources: Domain, domain: str
) -> None:
    address = f"127.0.0.1:{free_port()}"
    server = start_worker(RLS_WORKER_HTTP=address)
    uri, bob = f"sip:alice-list@{domain}", f"sip:bob@{domain}"
    server.database.store_list(f"alice@{domain}", uri, documents.simple(uri, [bob]))
    call = new_phone(at=server).subscribe(uri)
    call.settled()
    tom = new_phone(at=server, user="tom")
    assert tom.call(uri).subscribe().status == 403
    resources.dialog(bob).notify(pidf("bob", "news"))
    call.notify(2)
    found = figures(f"http://{address}")
    assert {metric.exposed for metric in METRICS if not metric.label and metric.kind != "histogram"} <= set(
        found
    )
    assert found["rls_subscriptions"] == found["rls_subscriptions_begun_total"] == 1
    assert found["rls_subscribes_refused_total{403}"] == 1
    assert found["rls_back_ends"] == 1
    assert found["rls_notifies_total{full}"] >= 1
    assert found["rls_notifies_total{partial}"] >= 2
    assert found["rls_notify_delay_seconds_count"] == 1
    assert found["rls_updates_total"] >= 2
    assert not any(domain in name for name in found)


def test_worker_tells_its_health_and_stays_ready_over_a_reload(start_worker: Start, tmp_path: Path) -> None:
    address, settings = f"127.0.0.1:{free_port()}", tmp_path / "settings.env"
    settings.write_text("LOG_LEVEL=info\n")
    server = start_worker(RLS_WORKER_HTTP=address, RLS_ENV_FILE=str(settings), LOG_FORMAT="json")
    assert get(f"http://{address}/healthz") == (200, '{"status": "ok"}')
    assert json.loads(get(f"http://{address}/readyz")[1]) == {"database": "ok", "subscriptions": "ok"}
    assert get(f"http://{address}/")[0] == 404
    settings.write_text("LOG_LEVEL=debug\n")
    server.worker.ask_to_stop(signal.SIGHUP)
    eventually(lambda: '"log_level": "debug"' in server.worker.output(), "reload")
    assert get(f"http://{address}/readyz")[0] == 200


def test_one_label_leads_from_subscribe_to_notify_in_the_log(
    start_worker: Start, new_phone: NewPhone, resources: Domain, domain: str
) -> None:
    server = start_worker(LOG_LEVEL="debug", LOG_FORMAT="json")
    uri, bob = f"sip:alice-list@{domain}", f"sip:bob@{domain}"
    server.database.store_list(f"alice@{domain}", uri, documents.simple(uri, [bob]))
    call = new_phone(at=server).subscribe(uri)
    call.settled()
    lines = [json.loads(line) for line in server.worker.output().splitlines() if line.startswith("{")]
    (begun,) = [line for line in lines if line["event"] == "subscription begins"]
    assert begun["call_id"] == call.call_id
    told = [line for line in lines if line["event"] == "NOTIFY"]
    assert {line["subscription"] for line in told} == {begun["subscription"]}
    assert [line["cseq"] for line in told] == [1, 2]


def test_web_tells_what_the_database_says(server: ListServer, put_list: PutList) -> None:
    put_list("bob")
    found = figures(server.http)
    assert {metric.exposed for metric in WEB if not metric.label} <= set(found)
    assert found["rls_http_requests_total{xcap}{2xx}"] >= 1
    for age in ("rls_worker_heartbeat_age_seconds{1}", "rls_tick_age_seconds"):
        eventually(lambda age=age: figures(server.http)[age] < 5, age)  # type: ignore[misc]
    assert found["rls_tick_slots_total"] > 0
    assert COUNTED
