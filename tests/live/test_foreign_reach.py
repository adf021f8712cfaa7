"""A foreign XCAP server shows us all; lists that lead there show what RLS_ENTRY_REFS lets them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.live.conftest import NewPhone, Start
from tests.live.rig import documents
from tests.live.rig.foreign_xcap import Answer, ForeignXcap
from tests.live.rig.list_server import ListServer

CONTACT = "sip:confidant@far.test"
FOREIGN_ONLY = {"RLS_INTEGRATED_XCAP_SERVER": "0"}
MODES = {
    "lists of each user": FOREIGN_ONLY,
    "index of all users": {**FOREIGN_ONLY, "RLS_XCAP_LOOKUP": "global", "RLS_LIST_ACCESS": "anyone"},
    "lists of our own": {},
}
Leading = Callable[..., tuple[ListServer, list[str]]]


def document_of(victim: str) -> str:
    return f"resource-lists/users/sip:{victim}/index"


@pytest.fixture(params=MODES)
def leading(
    request: pytest.FixtureRequest, foreign: ForeignXcap, start_worker: Start, domain: str
) -> Leading:
    """Lists of tom that lead to the contact of somebody at the foreign server, and who serves them."""

    def lead(victim: str, **settings: str) -> tuple[ListServer, list[str]]:
        entry = f'<list><entry uri="{CONTACT}"/></list>'
        foreign.answers[document_of(victim)] = Answer(documents.resource_lists(entry))
        server = start_worker(RLS_XCAP_ROOT=foreign.root, **MODES[request.param], **settings)
        there = f"{document_of(victim)}/~~/resource-lists/list"
        references = {f"sip:whole@{domain}": f'<rl:external anchor="{foreign.root}{there}"/>'}
        if MODES[request.param]:
            references[f"sip:one@{domain}"] = f'<rl:entry-ref ref="{there}/entry"/>'
        services = {uri: documents.service(uri, f"<list>{text}</list>") for uri, text in references.items()}
        for uri, service in services.items():
            index = f'rls-services/global/index/~~/rls-services/service[@uri="{uri}"]'
            foreign.answers[index] = Answer(service)
        document = documents.rls_services(*services.values())
        foreign.answers[f"rls-services/users/sip:tom@{domain}/index"] = Answer(document)
        server.database.store_lists([(f"tom@{domain}", document, list(services))])
        return server, list(services)

    return lead


@pytest.mark.req("R4826-4.5-8", "R4826-4.5-10")
def test_contact_of_another_tenant_is_not_asked_for(
    leading: Leading, foreign: ForeignXcap, new_phone: NewPhone, domain: str
) -> None:
    victim = f"alice@other-{domain}"
    server, uris = leading(victim)
    for uri in uris:
        refused = new_phone("tom", server).call(uri).subscribe()
        assert refused.status == 502
        assert "does not allow" in refused["Warning"]
        assert CONTACT.encode() not in refused.data
    assert not foreign.asked_for(document_of(victim))


@pytest.mark.req("R4826-4.5-7", "R4826-4.5-5")
def test_contact_of_another_tenant_is_told_where_anyone_may_be_named(
    leading: Leading, foreign: ForeignXcap, new_phone: NewPhone, domain: str
) -> None:
    victim = f"alice@other-{domain}"
    server, uris = leading(victim, RLS_ENTRY_REFS="anyone")
    for uri in uris:
        assert new_phone("tom", server).subscribe(uri).notify(0).resources == [CONTACT]
    assert foreign.asked_for(document_of(victim))
