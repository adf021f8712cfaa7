"""Which profile a phone has, and which list it means."""

from __future__ import annotations

import pytest

from rls.domain.profile import AS_THE_RFCS_SAY, LONGEST_USER_AGENT, Profile, Profiles

OLD = Profile(name="old", user_agents=("Linphone*/[0-4].*", "*belle-sip/4.*"))
ANY = Profile(name="any", user_agents=("linphone*",))


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Linphone/4.5.1 (desk)", "old"),
        ("LINPHONE/3.12", "old"),
        ("Desk (belle-sip/4.1)", "old"),
        ("Linphone/6.0", "any"),
        ("Not a Linphone/6.0", ""),
        ("", ""),
    ],
)
def test_first_profile_with_a_matching_pattern_counts(user_agent: str, name: str) -> None:
    profiles = Profiles([OLD, ANY])
    assert profiles.of(user_agent).name == profiles.of(user_agent).name == name


def test_only_the_beginning_of_an_endless_user_agent_is_looked_at() -> None:
    assert Profiles([ANY]).of("Linphone" + "x" * 10**6) is ANY
    assert Profiles([Profile(user_agents=("*z",))]).of("z" * LONGEST_USER_AGENT + "a").user_agents == ("*z",)


def test_many_user_agents_are_not_remembered_for_ever() -> None:
    profiles = Profiles([ANY])
    for number in range(5000):
        assert profiles.of(f"Linphone {number}") is ANY
    assert len(profiles._known) < 5000


def test_without_a_profile_the_request_uri_is_the_list_as_it_is_written() -> None:
    uri = "sip:Friends@EXAMPLE.test;transport=tcp;x=y"
    assert AS_THE_RFCS_SAY.list_uri(uri, "sip:other@example.test") == uri


@pytest.mark.parametrize(
    ("request_uri", "expected"),
    [
        ("sip:10.0.0.1:5060", "sip:list@example.test"),
        ("sip:friends@10.0.0.1", "sip:friends@10.0.0.1"),
        ("tel:+1", "tel:+1"),
    ],
)
def test_to_names_the_list_where_the_request_uri_has_no_user(request_uri: str, expected: str) -> None:
    assert Profile(uri_from_to=True).list_uri(request_uri, "sip:list@example.test") == expected


@pytest.mark.parametrize(
    ("request_uri", "expected"),
    [
        ("sip:+1@example.test;pres-list=rcs;transport=tcp", "sip:+1@example.test;pres-list=rcs"),
        ("sip:+1@example.test;transport=tcp", "sip:+1@example.test;transport=tcp"),
    ],
)
def test_a_parameter_may_name_the_list(request_uri: str, expected: str) -> None:
    assert Profile(list_params=frozenset({"pres-list"})).list_uri(request_uri, "sip:x@y") == expected


def test_event_names_are_as_written_unless_the_profile_says_otherwise() -> None:
    assert AS_THE_RFCS_SAY.package("Presence") == AS_THE_RFCS_SAY.notified_event("Presence") == "Presence"
    odd = Profile(fold_event=True, capital_event=True)
    assert (odd.package("Presence"), odd.notified_event("presence")) == ("presence", "Presence")
