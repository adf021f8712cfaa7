import pytest
from hypothesis import given
from hypothesis import strategies as st

from rls.domain.uri import InvalidUri, SipUri, request_uri_of, with_scheme

USERS = st.text("abcXYZ019-_.!~*'()&=+$,;?/", min_size=1) | st.just("a%40b")
HOSTS = st.sampled_from(["example.test", "EXAMPLE.test", "192.0.2.7", "[2001:db8::7]", "localhost"])
PARAMS = st.lists(st.sampled_from([";lr", ";transport=tcp", ";ob", ";gr=w1", ";x=%20"]), max_size=3).map(
    "".join
)
URIS = st.builds(
    "{}:{}@{}{}{}{}".format,
    st.sampled_from(["sip", "sips", "SIP"]),
    USERS,
    HOSTS,
    st.sampled_from(["", ":5060", ":1"]),
    PARAMS,
    st.sampled_from(["", "?subject=a", "?a=b&c=d"]),
)


@given(URIS)
def test_a_uri_comes_back_as_it_was_written(text: str) -> None:
    assert str(SipUri.parse(text)) == text


@given(URIS)
def test_the_canonical_form_is_its_own_canonical_form(text: str) -> None:
    canonical = SipUri.parse(text).canonical()
    assert SipUri.parse(canonical).canonical() == canonical


@given(st.text())
def test_any_text_is_parsed_or_refused(text: str) -> None:
    for candidate in (text, f"sip:{text}", f"sip:a@example.test{text}"):
        try:
            assert str(SipUri.parse(candidate)) == candidate
        except InvalidUri:
            continue


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sip:",
        "sip:@example.test",
        "sip:a@",
        "sip:a@b@c",
        "sip:a@example.test:99999",
        "sip:a@example.test;=x",
        "sip:a@[2001:db8::zz]",
        "sip:a@[1.2.3]",
        "sip:a b@example.test",
        "sip:a%4@example.test",
        "sip:a@example.test\r\nRoute: x",
        "sip:a@example.test\n",
        "sip:<a>@example.test",
        'sip:"a"@example.test',
        "tel:+441134960000",
        "\u017fip:a@example.test",
        "sip:\u212aarl@example.test",
    ],
)
def test_what_is_no_sip_uri_is_refused(text: str) -> None:
    with pytest.raises(InvalidUri):
        SipUri.parse(text)


def test_a_port_written_with_leading_zeros_names_the_same_port() -> None:
    assert SipUri.parse("sip:a@b:05060").port == 5060


def test_a_semicolon_or_question_mark_before_the_at_sign_belongs_to_the_user() -> None:
    uri = SipUri.parse("sip:a;day=tue?x@example.test")
    assert (uri.user, uri.host, uri.params, uri.headers) == ("a;day=tue?x", "example.test", (), "")


def test_parameters_are_found_in_any_case_and_flags_are_empty() -> None:
    uri = SipUri.parse("sip:a@b;LR;Transport=TCP")
    assert (uri.param("lr"), uri.transport, uri.param("maddr")) == ("", "tcp", None)


def test_the_address_of_record_has_neither_port_nor_parameters() -> None:
    assert SipUri.parse("sip:%6Eora@EXAMPLE.test:5062;ob?x=y").aor() == "sip:nora@example.test"


@pytest.mark.req("R4826-5-1")
@pytest.mark.req("R4826-4.5-1")
@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("sip:%62uddies@EXAMPLE.com", "sip:buddies@example.com"),
        ("SIP:Buddies@Example.COM", "sip:Buddies@example.com"),
        ("sip:a@b;z=1;Method=X;a", "sip:a@b;a;method=x;z=1"),
        ("sip:a@b?subject=x", "sip:a@b"),
        ("sip:a%3bb@c", "sip:a%3Bb@c"),
        ("sip:a%2Db@c", "sip:a-b@c"),
        ("sip:a@b:5060", "sip:a@b:5060"),
    ],
)
def test_canonical_form(written: str, canonical: str) -> None:
    assert SipUri.parse(written).canonical() == canonical


@pytest.mark.req("R3261-19.1.5-1")
@pytest.mark.parametrize(
    ("entry", "request_uri"),
    [
        ("sip:bob@x?Route=%3Csip:evil%3E&Event=reg", "sip:bob@x"),
        ("sip:bob@x;method=INVITE;transport=tcp", "sip:bob@x;transport=tcp"),
        ("sip:bob@x;METHOD=INVITE", "sip:bob@x"),
        ("bob@opensips.org", "sip:bob@opensips.org"),
        ("pres:bob@x", "sip:bob@x"),
        ("sips:bob@x", "sips:bob@x"),
        ("tel:+44113496", None),
        ("mailto:bob@x", None),
        ("http://x/", None),
        ("sip:bob@x\r\nRoute: y", None),
        ("", None),
    ],
)
def test_only_a_clean_sip_uri_is_subscribed_to(entry: str, request_uri: str | None) -> None:
    assert request_uri_of(entry) == request_uri


def test_a_scheme_is_added_only_where_there_is_none() -> None:
    assert [with_scheme(text) for text in ("bob@x", "bob@x:5060", "tel:1")] == [
        "sip:bob@x",
        "sip:bob@x:5060",
        "tel:1",
    ]
