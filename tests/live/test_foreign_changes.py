"""HTTP mode against another list server of ours: the global index, Digest, xcap-diff, HTTPS."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.conftest import NewPhone, NewServer, Start
from tests.live.rig import documents
from tests.live.rig.database import PASSWORD
from tests.live.rig.foreign_xcap import Answer, ForeignXcap
from tests.live.rig.list_server import ListServer
from tests.live.rig.waiting import eventually


@pytest.fixture
def super_user(domain: str) -> str:
    """Of the foreign server; XCAP's realm is the domain of whose document it is."""
    return f"rls@{domain}"


@pytest.fixture
def foreign(new_server: NewServer, super_user: str) -> Iterator[ListServer]:
    """It has the lists; its worker tells of changes."""
    with new_server(RLS_XCAP_SUPER_USERS=super_user, RLS_WORKER="7") as foreign:
        foreign.database.add_subscriber(super_user)
        foreign.web.start()
        foreign.start_worker()
        foreign.web.wait_until(foreign.web_answers)
        yield foreign


def put(foreign: ListServer, domain: str, *names: str) -> str:
    uri = f"sip:friends@{domain}"
    document = documents.simple(uri, (f"sip:{name}@{domain}" for name in names))
    assert foreign.xcap(f"alice@{domain}").put("rls-services", document) in (200, 201)
    return uri


def root(foreign: ListServer) -> str:
    return foreign.http.replace("//", f"//rls:{PASSWORD}@") + "/xcap-root/"


@pytest.mark.req("R5874-3-1")
def test_changes_are_told_by_xcap_diff(
    foreign: ListServer, start_worker: Start, new_phone: NewPhone, domain: str, super_user: str
) -> None:
    server = start_worker(
        RLS_INTEGRATED_XCAP_SERVER="0",
        RLS_XCAP_ROOT=root(foreign),
        RLS_XCAP_POLL="3600",
        RLS_XCAP_DIFF_SERVER=f"sip:{foreign.address}",
        RLS_IDENTITY=f"sip:{super_user}",
    )
    call = new_phone(at=server).subscribe(put(foreign, domain, "bob"))
    assert call.settled().resources == [f"sip:bob@{domain}"]
    eventually(lambda: foreign.database.rows("select 1 from xcap_watchers"), "subscription to changes")
    put(foreign, domain, "bob", "claire")
    assert call.notify(2).resources == [f"sip:bob@{domain}", f"sip:claire@{domain}"]


@pytest.mark.req("R4826-4.4.8-1")
def test_global_index_of_another_server_is_read_and_looked_at_again(
    foreign: ListServer, start_worker: Start, new_phone: NewPhone, domain: str
) -> None:
    server = start_worker(
        RLS_INTEGRATED_XCAP_SERVER="0",
        RLS_XCAP_ROOT=root(foreign),
        RLS_XCAP_LOOKUP="global",
        RLS_XCAP_POLL="0.2",
        RLS_REALM=domain,
        RLS_LIST_ACCESS="domain",
    )
    phone = new_phone("zoe", at=server)
    call = phone.subscribe(put(foreign, domain, "bob"))
    assert call.settled().resources == [f"sip:bob@{domain}"]
    put(foreign, domain, "bob", "claire")
    assert call.notify(2).resources == [f"sip:bob@{domain}", f"sip:claire@{domain}"]


@pytest.mark.req("R4826-7-1")
@pytest.mark.parametrize("known", [True, False])
def test_https_needs_a_certificate_that_is_trusted(
    start_worker: Start, new_phone: NewPhone, domain: str, tmp_path: Path, known: bool
) -> None:
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "1", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    foreign = ForeignXcap(context)
    try:
        uri = f"sip:friends@{domain}"
        document = documents.simple(uri, [f"sip:bob@{domain}"])
        foreign.answers[f"rls-services/users/sip:alice@{domain}/index"] = Answer(document)
        server = start_worker(
            RLS_INTEGRATED_XCAP_SERVER="0",
            RLS_XCAP_ROOT=foreign.root,
            RLS_XCAP_CA_FILE=str(certificate) if known else "",
        )
        assert new_phone(at=server).call(uri).subscribe().status == (200 if known else 500)
    finally:
        foreign.close()
