"""TLS: certificates of the server by name, renewed while it runs; certificates of clients; refused starts."""

from __future__ import annotations

import shutil
import signal
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from trustme import KeyType

from tests.live.conftest import NewPhone, Start
from tests.live.rig import documents
from tests.live.rig.list_server import ListServer
from tests.live.rig.phone import Phone
from tests.live.rig.presence import Domain, PresenceServer, pidf
from tests.live.rig.secure import Authority, TlsWire
from tests.live.rig.stream_server import StreamServerWire
from tests.live.rig.waiting import eventually


@contextmanager
def connected(server: ListServer, context: ssl.SSLContext, name: str = "localhost") -> Iterator[TlsWire]:
    wire = TlsWire(server.sip_by("tls"), context, name)
    try:
        yield wire
    finally:
        wire.close()


def store_list(server: ListServer, domain: str, member: str) -> str:
    uri = f"sip:alice-list@{domain}"
    server.database.store_list(f"alice@{domain}", uri, documents.simple(uri, [member]))
    return uri


def test_the_certificate_is_the_one_with_the_name_that_is_asked_for(
    start_worker: Start, authority: Authority
) -> None:
    files = ",".join(authority.certify(*names) for names in (["one.test"], ["two.test", "*.three.test"]))
    server = start_worker(RLS_TLS_CERTIFICATES=files)
    for name, shown in {
        "two.test": ["two.test", "*.three.test"],
        "a.three.test": ["two.test", "*.three.test"],
        "one.test": ["one.test"],
    }.items():
        with connected(server, authority.client(), name) as wire:
            assert wire.shown == shown
    with pytest.raises(ssl.SSLCertVerificationError, match="four"):
        TlsWire(server.sip_by("tls"), authority.client(), "four.test")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_versions_of_today(server: ListServer, authority: Authority, version: ssl.TLSVersion) -> None:
    context = authority.client()
    context.minimum_version = context.maximum_version = version
    with connected(server, context):
        pass


def test_versions_of_yesterday_are_refused(server: ListServer, authority: Authority) -> None:
    context = authority.client()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with connected(server, context):
        pass
    with pytest.warns(DeprecationWarning, match=r"TLSv1_1 is deprecated"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError):
        TlsWire(server.sip_by("tls"), context)


@pytest.mark.parametrize("ciphers", ["ECDHE+AES:!AESGCM:!AESCCM", "kRSA+AESGCM"], ids=["CBC", "RSA"])
def test_ciphers_of_yesterday_are_refused(start_worker: Start, authority: Authority, ciphers: str) -> None:
    """The certificate would do for them."""
    server = start_worker(RLS_TLS_CERTIFICATES=authority.certify("localhost", key=KeyType.RSA))
    context = authority.client()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with connected(server, context):
        pass
    context.set_ciphers(ciphers)
    with pytest.raises(ssl.SSLError):
        TlsWire(server.sip_by("tls"), context)


def test_renewed_certificates_are_shown_to_new_connections_and_old_ones_go_on(
    start_worker: Start,
    authority: Authority,
    new_phone: NewPhone,
    resources: Domain,
    domain: str,
    tmp_path: Path,
) -> None:
    path = tmp_path / "server.pem"
    shutil.copy(authority.certify("localhost", "127.0.0.1"), path)
    server = start_worker(RLS_TLS_CERTIFICATES=str(path), RLS_WAITN_TIME="0.2")
    bob = f"sip:bob@{domain}"
    phone = new_phone("alice", server, "tls")
    call = phone.subscribe(store_list(server, domain, bob))
    call.settled()

    def reload(says: str) -> None:
        server.worker.ask_to_stop(signal.SIGHUP)
        server.worker.wait_until(lambda: says in server.worker.output())

    shutil.copy(authority.certify("localhost", "renewed.test"), path)
    reload("certificates read again")
    with connected(server, authority.client()) as wire:
        assert "renewed.test" in wire.shown
    path.write_text("no certificate")
    reload("certificates not read again")
    with connected(server, authority.client()) as wire:
        assert "renewed.test" in wire.shown
    assert call.subscribe(600).status == 200
    assert call.notify(2).full
    resources.dialog(bob).notify(pidf("bob", "changed"))
    assert call.notify(3).body_of(bob) == pidf("bob", "changed")


def test_clients_without_a_certificate_of_our_authority_are_cut_off(
    start_worker: Start, authority: Authority, tmp_path: Path, resources: Domain, domain: str
) -> None:
    server = start_worker(
        RLS_TLS_CERTIFICATES=authority.certify("localhost"),
        RLS_TLS_CA=authority.path,
        RLS_TLS_CLIENTS="required",
    )
    uri = store_list(server, domain, f"sip:bob@{domain}")
    strangers = tmp_path / "strangers"
    strangers.mkdir()
    for own in ("", Authority(strangers).certify("phone.test")):
        wire = TlsWire(server.sip_by("tls"), authority.client(own))
        wire.start(lambda message: None)
        wire.wait_for_end()  # cut off before anything was said
        wire.close()
    with connected(server, authority.client(authority.certify("phone.test"))) as wire:
        phone = Phone(wire, f"sip:alice@{domain}", server.sip_by("tls"))
        assert phone.subscribe(uri).settled().resources == [f"sip:bob@{domain}"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "server.pem cannot be read: No such file or directory"),
        ("nothing", "server.pem"),
        ("other key", "key values mismatch"),
    ],
)
def test_a_worker_without_usable_certificates_does_not_start(
    unstarted: Start, authority: Authority, tmp_path: Path, content: str | None, says: str
) -> None:
    path, key = tmp_path / "server.pem", authority.certify("localhost")
    if content == "other key":
        shutil.copy(authority.certify("localhost"), path)
    elif content:
        path.write_text(content)
    server = unstarted(RLS_TLS_CERTIFICATES=str(path), RLS_TLS_KEYS=key)
    server.worker.start()
    eventually(lambda: not server.worker.lives, "the end of the worker")
    assert server.worker.stop() != 0
    output = server.worker.output()
    assert says in output
    assert "Traceback" not in output


@pytest.mark.req("R6665-6.5-1")
@pytest.mark.req("R5922-7.2-1")
@pytest.mark.req("R3261-18.1.1-5")
def test_a_presence_server_has_to_prove_its_name(
    start_worker: Start, authority: Authority, new_phone: NewPhone, domain: str
) -> None:
    """One connection carries all: SUBSCRIBEs, and the NOTIFYs that come back by it."""
    wire = StreamServerWire(context=authority.server("localhost"))
    presence = PresenceServer(wire=wire)
    try:
        certificate = authority.certify("rls.test")
        port = wire.local[1]
        server = start_worker(
            RLS_TLS_CERTIFICATES=certificate,
            RLS_TLS_CA=authority.path,
            RLS_PRESENCE_SERVER=f"sip:localhost:{port};transport=tls",
        )
        members = [f"sip:{name}@{domain}" for name in ("bob", "claire", "dave")]
        uri = f"sip:alice-list@{domain}"
        server.database.store_list(f"alice@{domain}", uri, documents.simple(uri, members))
        assert new_phone("alice", server).subscribe(uri).settled().resources == members
        subscribe = presence.domain(domain).dialog(members[0]).first
        assert subscribe["Via"].startswith("SIP/2.0/TLS ")
        assert subscribe.uri("Contact").endswith(";transport=tls")
        assert wire.accepted == 1
    finally:
        presence.close()


def test_a_presence_server_that_asks_for_a_certificate_is_shown_the_first_of_ours(
    start_worker: Start, authority: Authority, new_phone: NewPhone, domain: str
) -> None:
    """RFC 5922 section 7.3; who shows none is cut off."""
    wire = StreamServerWire(context=authority.server("localhost", ask=True))
    presence = PresenceServer(wire=wire)
    try:
        server = start_worker(
            RLS_TLS_CERTIFICATES=f"{authority.certify('rls.test')},{authority.certify('other.test')}",
            RLS_TLS_CA=authority.path,
            RLS_PRESENCE_SERVER=f"sip:localhost:{wire.local[1]};transport=tls",
        )
        bob = f"sip:bob@{domain}"
        told = new_phone("alice", server).subscribe(store_list(server, domain, bob)).settled()
        assert told.instance(bob).state == "active"
        assert wire.shown == ["rls.test"]
    finally:
        presence.close()


@pytest.mark.req("R5922-7.2-1")
def test_nothing_is_sent_to_a_server_with_a_certificate_of_another_name(
    start_worker: Start, authority: Authority, new_phone: NewPhone, domain: str
) -> None:
    wire = StreamServerWire(context=authority.server("other.test", "*.localhost"))
    presence = PresenceServer(wire=wire)
    try:
        server = start_worker(
            RLS_TLS_CERTIFICATES=authority.certify("rls.test"),
            RLS_TLS_CA=authority.path,
            RLS_PRESENCE_SERVER=f"sip:localhost:{wire.local[1]};transport=tls",
        )
        bob = f"sip:bob@{domain}"
        told = new_phone("alice", server).subscribe(store_list(server, domain, bob)).settled()
        assert told.instance(bob).reason == "probation"
        assert "somebody else's" in server.worker.output()
        assert not presence.domain(domain).requests.all()
    finally:
        presence.close()
