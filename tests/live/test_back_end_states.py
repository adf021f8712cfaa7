"""What back ends say reaches the database before their 200, and the watcher as RLMI."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from tests.live.conftest import PutList
from tests.live.rig.list_server import ListServer
from tests.live.rig.phone import ListCall, Phone
from tests.live.rig.presence import BackEndDialog, Domain, Script, State, pidf
from tests.live.rig.waiting import eventually

EndBob = Callable[[str], tuple[ListCall, BackEndDialog]]
"""end_bob(state): bob's presence server says so of a back end that has been told of."""


@pytest.mark.req("R6665-4.1.3-14")
@pytest.mark.req("R4662-7.3-1")
def test_state_is_committed_before_its_200(
    server: ListServer, phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    phone.subscribe(put_list("bob"))
    bob = resources.dialog(f"sip:bob@{domain}")
    for number in range(20):
        body = pidf("bob", f"note {number}")
        assert bob.notify(body).status == 200
        query = "select presence_state from rls_presentity where resource_uri = %s"
        (row,) = server.database.rows(query, f"sip:bob@{domain}")
        assert row["presence_state"] == body


@pytest.mark.req("R6665-4.1.2.4-3")
@pytest.mark.req("R6665-4.4.1-4")
def test_notify_that_overtakes_its_200_counts(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    bob = f"sip:bob@{domain}"
    resources.scripts[bob] = Script(state=State(pidf("bob", "early")), early=True)
    told = phone.subscribe(put_list("bob")).settled()
    assert told.body_of(bob) == pidf("bob", "early")
    assert resources.dialog(bob).answer_to_last().status == 200


@pytest.mark.req("R6665-8.3.1-2")
def test_back_end_that_answers_202_is_as_good(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    bob = f"sip:bob@{domain}"
    resources.scripts[bob] = Script(status=202, state=State(pidf("bob")))
    assert phone.subscribe(put_list("bob")).settled().body_of(bob) == pidf("bob")


@pytest.mark.req("R3261-20.33-1")
def test_refusal_for_a_time_is_followed_by_another_try_afterwards(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    uris = [f"sip:u{status}@{domain}" for status in (404, 413, 480, 486, 500, 503, 600, 603)]
    for_good, later = f"sip:u604@{domain}", ("Retry-After: 6 (in a meeting)",)
    resources.default = lambda uri: Script(status=int(uri[5:8]), headers=later)

    def tries(uri: str) -> list[float]:
        return [each.at for each in resources.requests.all() if each.request_uri == uri]

    def again(uri: str) -> list[float]:
        return tries(uri)[1:]

    phone.subscribe(put_list(*(uri[4:8] for uri in (*uris, for_good))))
    tried = {uri: eventually(partial(again, uri), "another try", 30)[0] for uri in uris}
    assert [uri for uri, at in tried.items() if at - tries(uri)[0] < 5.9] == []
    assert len(tries(for_good)) == 1


@pytest.mark.req("R6665-4.1.2-1")
@pytest.mark.req("R4662-4.5-5")
def test_pending_is_passed_on(phone: Phone, put_list: PutList, resources: Domain, domain: str) -> None:
    bob = f"sip:bob@{domain}"
    resources.scripts[bob] = Script(state=State(state="pending;expires=3600"))
    call = phone.subscribe(put_list("bob"))
    assert call.settled().instance(bob).state == "pending"
    resources.dialog(bob).notify(pidf("bob"))
    assert call.notify(2).instance(bob).state == "active"
    resources.dialog(bob).notify(state="pending;expires=3600")
    assert call.notify(3).instance(bob).state == "pending"


@pytest.fixture
def end_bob(phone: Phone, put_list: PutList, resources: Domain, domain: str) -> EndBob:
    def end(state: str) -> tuple[ListCall, BackEndDialog]:
        call = phone.subscribe(put_list("bob"))
        call.settled()
        dialog = resources.dialog(f"sip:bob@{domain}")
        assert dialog.notify(state=state).status == 200
        return call, dialog

    return end


@pytest.mark.req("R4662-4.5-6")
@pytest.mark.req("R4662-5.5-5")
@pytest.mark.req("R6665-4.1.3-8")
@pytest.mark.req("R6665-4.1.3-11")
@pytest.mark.parametrize("reason", ["rejected", "noresource"])
def test_end_for_good_is_passed_on_with_its_reason_and_not_retried(
    reason: str, end_bob: EndBob, resources: Domain, domain: str
) -> None:
    bob = f"sip:bob@{domain}"
    call, dialog = end_bob(f"terminated;reason={reason}")
    instance = call.notify(2).instance(bob)
    assert (instance.state, instance.reason, instance.body) == ("terminated", reason, b"")
    call.subscribe(600)
    assert call.notify(3).instance(bob).reason == reason
    assert resources.dialogs_of(bob) == [dialog]


@pytest.mark.req("R4662-4.5-9", "R6665-4.1.3-7", "R6665-4.1.3-10")
@pytest.mark.parametrize("reason", ["probation", "giveup"])
def test_full_state_names_the_end_as_long_as_another_try_is_to_come(
    reason: str, end_bob: EndBob, resources: Domain, domain: str
) -> None:
    bob = f"sip:bob@{domain}"
    call, dialog = end_bob(f"terminated;reason={reason};retry-after=3000")
    assert call.notify(2).instance(bob).reason == reason
    for number in (3, 4):
        assert call.subscribe(600).status == 200
        told = call.notify(number)
        assert told.full
        assert (told.instance(bob).state, told.instance(bob).reason) == ("terminated", reason)
    assert resources.dialogs_of(bob) == [dialog]


@pytest.mark.req("R4662-4.5-7")
def test_an_end_is_not_told_again_when_others_change(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    bob, claire = f"sip:bob@{domain}", f"sip:claire@{domain}"
    call = phone.subscribe(put_list("bob", "claire"))
    call.settled()
    assert resources.dialog(bob).notify(state="terminated;reason=rejected").status == 200
    assert call.notify(2).instance(bob).reason == "rejected"
    assert resources.dialog(claire).notify(pidf("claire", "changed")).status == 200
    told = call.notify(3)
    assert not told.full and told.resources == [claire]


@pytest.mark.req("R2387-4-1")
def test_disposition_of_a_part_means_nothing(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    """Its state is told, and passed on octet for octet (RFC 4662 section 7.3)."""
    bob = f"sip:bob@{domain}"
    kind = 'multipart/related;type="application/pidf+xml";start="<a@b>";boundary=x'
    body = b"--x\r\nContent-Type: application/pidf+xml\r\nContent-ID: <a@b>\r\n"
    body += b"Content-Disposition: attachment\r\n\r\n" + pidf("bob") + b"\r\n--x--\r\n"
    resources.scripts[bob] = Script(state=State(body, content_type=kind))
    told = phone.subscribe(put_list("bob")).settled()
    assert (told.body_of(bob), told.instance(bob).content_type) == (body, kind)


@pytest.mark.req("R6665-4.1.3-6")
@pytest.mark.req("R6665-4.1.3-9")
@pytest.mark.req("R4662-5.5-6")
@pytest.mark.parametrize("reason", ["deactivated", "timeout"])
def test_back_end_that_may_be_asked_again_is_asked_at_once(
    reason: str, phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    bob = f"sip:bob@{domain}"
    call = phone.subscribe(put_list("bob"))
    call.settled()
    resources.scripts[bob] = Script(state=State(pidf("bob", "again")))
    first = resources.dialog(bob)
    first.notify(state=f"terminated;reason={reason};retry-after=3000")  # which means nothing here
    second = resources.dialog(bob, count=2)
    assert second.call_id != first.call_id
    told = call.notify(2)
    assert told.body_of(bob) == pidf("bob", "again")
    assert told.instance(bob).id == "1"


@pytest.mark.req("R4662-4.5-8")
@pytest.mark.req("R6665-4.1.2.1-1")
def test_refusals_of_back_ends_become_instances(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    reasons = {403: "rejected", 404: "noresource", 489: "noresource", 480: "probation", 503: "probation"}
    for status in reasons:
        resources.scripts[f"sip:r{status}@{domain}"] = Script(status, headers=())
    told = phone.subscribe(put_list(*(f"r{status}" for status in reasons))).settled()
    found = {uri: (told.instance(uri).state, told.instance(uri).reason) for uri in told.resources}
    assert found == {f"sip:r{status}@{domain}": ("terminated", reason) for status, reason in reasons.items()}


@pytest.mark.req("R6665-4.1.3-2")
def test_notify_of_no_subscription_is_answered_481(phone: Phone, domain: str) -> None:
    headers = ("Event: presence", "Subscription-State: active", f"Contact: <{phone.contact}>")
    assert phone.ask(phone.request("NOTIFY", f"sip:rls@{domain}", *headers)).status == 481


@pytest.mark.req("R4662-5.5-8")
def test_body_of_an_unknown_type_is_passed_on_untouched(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    """Nobody accepted it (RFC 6665 section 3.2.1): it is the back end that breaks the rule, and a list
    server that judged what it need not be able to read (RFC 4662 section 7.3) would lose the state."""
    bob = f"sip:bob@{domain}"
    kind, body = 'application/x-odd; charset="ISO-8859-1"', bytes(range(256)) + b"\r\n--rls.1.0\r\n\n"
    resources.scripts[bob] = Script(state=State(body, content_type=kind))
    told = phone.subscribe(put_list("bob")).settled()
    assert told.instance(bob).content_type == kind
    assert b"\r\n\r\n" + body + b"\r\n--" in told.message.body


def test_unchanged_state_is_told_to_nobody(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    bob, claire = f"sip:bob@{domain}", f"sip:claire@{domain}"
    call = phone.subscribe(put_list("bob", "claire"))
    call.settled()
    unchanged = resources.dialog(bob)
    assert unchanged.last is not None
    assert unchanged.notify(unchanged.last.body).status == 200
    resources.dialog(claire).notify(pidf("claire", "changed"))
    assert call.notify(2).resources == [claire]
    eventually(lambda: len(call.notifies) == 3, "no more NOTIFYs")


@pytest.mark.req("R3261-8.1.1.4-1")
def test_back_end_that_wants_longer_subscriptions_gets_one(
    phone: Phone, put_list: PutList, resources: Domain, domain: str
) -> None:
    bob = f"sip:bob@{domain}"
    resources.scripts[bob] = Script(status=423, headers=("Min-Expires: 7000",))
    phone.subscribe(put_list("bob"))
    asked = resources.requests.all
    eventually(lambda: len([each for each in asked() if each.request_uri == bob]) > 1, "another SUBSCRIBE")
    first, second = [each for each in asked() if each.request_uri == bob][:2]
    assert second["Expires"] == "7000"
    assert (second["Call-ID"], second["From"], second.cseq) == (
        first["Call-ID"],
        first["From"],
        first.cseq + 1,
    )
