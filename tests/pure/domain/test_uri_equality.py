"""URI comparison, with pairs of the kinds that RFC 3261 section 19.1.4 lists."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rls.domain.uri import InvalidUri, SipUri, canonical_form

pytestmark = pytest.mark.req("R3261-19.1.4-1")

EQUAL = [
    ("sip:%6Eora@net.example;transport=TCP", "sip:nora@NeT.ExAmPlE;Transport=tcp"),
    ("SIP:nora@net.example", "sip:nora@net.example"),
    ("sip:omar@org.example", "sip:omar@org.example;fresh=5"),
    ("sip:omar@org.example", "sip:omar@org.example;guard=on"),
    ("sip:omar@org.example;fresh=5", "sip:omar@org.example;guard=on"),
    (
        "sip:net.example;transport=tcp;method=REGISTER?to=sip:bo%40net.example",
        "sip:net.example;method=REGISTER;transport=tcp?to=sip:bo%40net.example",
    ),
    (
        "sip:nora@net.example?subject=plan%20b&priority=urgent",
        "sip:nora@net.example?priority=urgent&subject=plan%20b",
    ),
    ("sip:nora@net.example?Subject=x", "sip:nora@net.example?subject=x"),
    ("sip:a@[2001:db8::1]", "sip:a@[2001:DB8:0::1]"),
]
UNEQUAL = [
    ("SIP:NORA@net.example;Transport=udp", "sip:nora@net.example;Transport=UDP"),
    ("sip:bo@lists.example", "sip:bo@lists.example:5060"),
    ("sip:bo@lists.example", "sip:bo@lists.example;transport=udp"),
    ("sip:bo@lists.example", "sip:bo@lists.example:6000;transport=tcp"),
    ("sip:omar@org.example", "sip:omar@org.example?Subject=next%20talk"),
    ("sip:omar@org.example;guard=on", "sip:omar@org.example;guard=off"),
    ("sip:bo@phone21.box.example", "sip:bo@192.0.2.4"),
    ("sip:bo@lists.example", "sips:bo@lists.example"),
    ("sip:bo@lists.example", "sip:lists.example"),
    ("sip:bo@lists.example", "sip:bo:secret@lists.example"),
    ("sip:bo:Secret@lists.example", "sip:bo:secret@lists.example"),
    ("sip:bo@lists.example", "sip:bo@lists.example;user=phone"),
    ("sip:bo@lists.example", "sip:bo@lists.example;maddr=192.0.2.4"),
    ("sip:bo@lists.example;ttl=1", "sip:bo@lists.example"),
    ("sip:b%3Bo@lists.example", "sip:b;o@lists.example"),
]


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_these_name_the_same_resource(one: str, other: str) -> None:
    assert SipUri.parse(one).equivalent(SipUri.parse(other))
    assert SipUri.parse(other).equivalent(SipUri.parse(one))


@pytest.mark.parametrize(("one", "other"), UNEQUAL)
def test_these_name_different_resources(one: str, other: str) -> None:
    assert not SipUri.parse(one).equivalent(SipUri.parse(other))
    assert not SipUri.parse(other).equivalent(SipUri.parse(one))


CHARACTERS = "aZ0-_.!~*'()+%4:@[]; =?/"


@given(st.text(CHARACTERS).map("sip:a{}".format) | st.text("aZ0-_.", min_size=1).map("sips:Bo@{}".format))
def test_the_short_way_to_the_canonical_form_leads_to_the_same(text: str) -> None:
    try:
        expected = SipUri.parse(text).canonical()
    except InvalidUri:
        with pytest.raises(InvalidUri):
            canonical_form(text)
    else:
        assert canonical_form(text) == expected
