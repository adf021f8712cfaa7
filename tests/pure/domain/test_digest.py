import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rls.domain import digest
from tests.pure.growth import grows_linearly

AUTHORIZATION = (
    'Digest username="nora",realm="example.net",nonce="bm9uY2UtMDAwMQ",uri="sip:team@lists.example.net",'
    '\r\n response="ffc1a356b99f82f724e568946f8ed8339b5e000f55663e649af0ef51de64f290",'
    '\r\n algorithm=SHA-256,qop=auth,cnonce="c0ffee01",nc=00000001'
)


def answer(*challenges: str) -> str | None:
    return digest.answer(
        challenges,
        method="SUBSCRIBE",
        uri="sip:team@lists.example.net",
        username="nora",
        password="demo-pass-1",
        cnonce="c0ffee01",
    )


def stored(
    username: str = "nora", realm: str = "example.net", password: str = "demo-pass-1"
) -> dict[str, str]:
    return {name: digest.ha1(name, username, realm, password) for name in digest.SERVER_ALGORITHMS}


def credentials(value: str) -> digest.Credentials:
    parsed = digest.parse_credentials(value)
    assert parsed
    return parsed


def test_a_known_good_answer_is_verified() -> None:
    given_credentials = credentials(AUTHORIZATION)
    assert digest.verify(given_credentials, "SUBSCRIBE", stored())
    assert not digest.verify(given_credentials, "NOTIFY", stored())
    assert not digest.verify(given_credentials, "SUBSCRIBE", stored(password="other"))


@pytest.mark.req("R8760-2.2-1")
@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("SHA-256", "ffc1a356b99f82f724e568946f8ed8339b5e000f55663e649af0ef51de64f290"),
        ("MD5", "127a4e77e02468105aa384bcf512ea1c"),
    ],
)
def test_our_answer_has_the_known_digest(algorithm: str, response: str) -> None:
    challenge = str(digest.Challenge("example.net", "bm9uY2UtMDAwMQ", algorithm))
    value = answer(challenge)
    assert value
    assert credentials(value).response == response


@pytest.mark.req("R8760-2.3-1")
@pytest.mark.req("R3261-22.4-1")
def test_one_challenge_per_algorithm_the_best_first_each_with_qop() -> None:
    values = digest.challenges("example.net", "abc", stale=True)
    assert [re.findall(r"algorithm=([\w-]+)", value) for value in values] == [["SHA-256"], ["MD5"]]
    assert all('qop="auth"' in value and "stale=true" in value for value in values)
    assert all(value.startswith('Digest realm="example.net", nonce="abc"') for value in values)


@pytest.mark.req("R3261-22.4-1")
def test_an_answer_without_qop_is_accepted() -> None:
    challenge = digest.Challenge("example.net", "n1", "MD5", qop=())
    value = answer(str(challenge))
    assert value
    assert "qop" not in value
    assert digest.verify(credentials(value), "SUBSCRIBE", stored())


@pytest.mark.req("R8760-2.4-1")
def test_the_topmost_supported_challenge_is_answered() -> None:
    offered = [
        'Basic realm="example.net"',
        'Digest realm="example.net", nonce="a", algorithm=SHA3-999, qop="auth"',
        'Digest realm="example.net", nonce="b", algorithm=SHA-512-256, qop="auth,auth-int"',
        'Digest realm="example.net", nonce="c", algorithm=SHA-256, qop="auth"',
    ]
    value = answer(*offered)
    assert value
    assert (credentials(value).nonce, credentials(value).algorithm) == ("b", "SHA-512-256")
    assert len(credentials(value).response) == 64


@pytest.mark.parametrize(
    "value", ['Basic realm="a"', 'Digest realm="a", nonce="b", qop="auth-int"', "Digest", ""]
)
def test_nothing_is_said_to_a_challenge_that_is_not_supported(value: str) -> None:
    assert answer(value) is None


@pytest.mark.req("R8760-2.6-2")
def test_a_quality_or_algorithm_that_was_not_offered_is_refused() -> None:
    for change in (("qop=auth,", "qop=auth-int,"), ("SHA-256", "SHA-512-256"), ("SHA-256", "MD5-sess")):
        assert not digest.verify(credentials(AUTHORIZATION.replace(*change)), "SUBSCRIBE", stored())


@pytest.mark.req("X-P2")
def test_raw_quotes_inside_the_digest_uri_are_part_of_it() -> None:
    value = (
        'Digest username="alice", realm="example.test", nonce="n", '
        'uri="/xcap-root/x/~~/resource-lists/list[@name="friends"]", response="aa", algorithm="MD5"'
    )
    assert credentials(value).uri == '/xcap-root/x/~~/resource-lists/list[@name="friends"]'
    assert credentials(value).response == "aa"


def test_escaped_quotes_are_undone() -> None:
    value = AUTHORIZATION.replace('"nora"', r'"no\"r\\a"')
    assert credentials(value).username == 'no"r\\a'


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Digest",
        "Basic bm9yYTpw",
        AUTHORIZATION.replace("username", "user"),
        AUTHORIZATION.replace("nc=00000001", "x=1"),
        AUTHORIZATION + ', realm="other"',
        AUTHORIZATION.replace('realm="', 'realm=x" "'),
    ],
)
def test_incomplete_or_ambiguous_credentials_are_none(value: str) -> None:
    assert digest.parse_credentials(value) is None


def test_bytes_that_are_no_utf8_fail_and_do_not_raise() -> None:
    value = AUTHORIZATION.replace("team", b"t\xe9am".decode(errors="surrogateescape"))
    assert not digest.verify(credentials(value), "SUBSCRIBE", stored())


@pytest.mark.parametrize("piece", [" ", '" ', '",b', "a=", 'a="', ",", "a "])
@pytest.mark.parametrize("opening", ["Digest ", 'Digest a="b"', 'Digest a="'])
def test_long_hostile_values_cost_little_time(opening: str, piece: str) -> None:
    def refuse(size: int) -> None:
        assert digest.parse_credentials(f"{opening}{piece * size}x") is None

    assert grows_linearly(refuse, 2500)


@given(st.text(), st.text())
def test_hostile_text_never_raises(text: str, more: str) -> None:
    for value in (text, f"Digest {text}", f'Digest username="{text}", realm="{more}"', AUTHORIZATION + text):
        parsed = digest.parse_credentials(value)
        assert parsed is None or not digest.verify(parsed, "PUT", stored())


@given(st.text(max_size=20), st.text(max_size=20), st.sampled_from(["MD5", "SHA-256"]))
def test_what_the_client_answers_the_server_verifies(username: str, realm: str, algorithm: str) -> None:
    challenge = digest.Challenge(realm, "n", algorithm)
    value = digest.answer(
        [str(challenge)], method="PUT", uri="/x?y=1", username=username, password="p", cnonce="c", nc=7
    )
    assert value
    assert credentials(value).nc == "00000007"
    assert digest.verify(credentials(value), "PUT", stored(username, realm, "p"))


@given(st.text(), st.text(), st.booleans())
def test_a_challenge_comes_back_as_it_was_written(realm: str, nonce: str, stale: bool) -> None:
    challenge = digest.Challenge(realm, nonce, "SHA-256", ("auth",), "", stale)
    assert digest.Challenge.parse(str(challenge)) == challenge
