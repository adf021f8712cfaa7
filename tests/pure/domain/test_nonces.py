import pytest
from hypothesis import given
from hypothesis import strategies as st

from rls.domain.digest import NonceIssuer, ReplayGuard

NOW = 1_800_000_000.25


def test_a_nonce_is_valid_for_its_lifetime_in_every_process_with_the_secret() -> None:
    nonce = NonceIssuer(b"secret", lifetime=300).issue(NOW)
    other_process = NonceIssuer(b"secret", lifetime=300)
    assert [other_process.check(nonce, NOW + age) for age in (0, 300, 300.5)] == ["valid", "valid", "stale"]


@pytest.mark.req("X-P3")
def test_an_expired_nonce_is_stale_and_not_forged() -> None:
    issuer = NonceIssuer(b"secret", lifetime=10)
    assert issuer.check(issuer.issue(NOW), NOW + 3600) == "stale"


def test_a_nonce_under_another_secret_is_forged() -> None:
    assert NonceIssuer(b"a").check(NonceIssuer(b"b").issue(NOW), NOW) == "forged"


@given(st.text())
def test_no_text_passes_for_a_nonce(text: str) -> None:
    assert NonceIssuer(b"secret").check(text, NOW) == "forged"


@given(st.integers(min_value=0), st.characters(codec="ascii"))
def test_a_changed_nonce_is_forged(position: int, character: str) -> None:
    issuer = NonceIssuer(b"secret")
    nonce = issuer.issue(NOW)
    position %= len(nonce)
    changed = nonce[:position] + character + nonce[position + 1 :]
    assert changed == nonce or issuer.check(changed, NOW) == "forged"


def test_a_nonce_has_one_spelling() -> None:
    issuer = NonceIssuer(b"secret")
    nonce = next(nonce for nonce in iter(lambda: issuer.issue(NOW), "") if "_" in nonce and "-" in nonce)
    for ours, other in ("_/", "-+"):
        assert issuer.check(nonce.replace(ours, other), NOW) == "forged"


def test_two_clients_get_different_nonces_at_the_same_moment() -> None:
    issuer = NonceIssuer(b"secret")
    assert issuer.issue(NOW) != issuer.issue(NOW)


@pytest.mark.req("X-P3")
def test_a_nonce_count_is_accepted_once() -> None:
    guard = ReplayGuard()
    assert [guard.accept("n", nc) for nc in ("00000001", "00000002", "00000002", "1")] == [
        True,
        True,
        False,
        False,
    ]


@given(st.permutations(range(1, 60)))
def test_overtaking_requests_all_pass_and_none_twice(order: list[int]) -> None:
    guard = ReplayGuard()
    assert all(guard.accept("n", f"{count:08x}") for count in order)
    assert not any(guard.accept("n", f"{count:08x}") for count in order)


def test_a_count_far_behind_is_refused() -> None:
    guard = ReplayGuard()
    assert guard.accept("n", "ffffffff")
    assert not guard.accept("n", "00000001")


def test_counts_of_different_nonces_do_not_meet() -> None:
    guard = ReplayGuard()
    assert guard.accept("a", "1")
    assert guard.accept("b", "1")


@pytest.mark.parametrize("nc", ["zz", "0", "-1"])
def test_what_is_no_count_is_refused(nc: str) -> None:
    assert not ReplayGuard().accept("n", nc)


def test_the_nonce_used_longest_ago_is_forgotten_first() -> None:
    guard = ReplayGuard(limit=2)
    for nonce, nc in (("a", "1"), ("b", "1"), ("a", "2"), ("c", "1")):
        assert guard.accept(nonce, nc)
    assert not guard.accept("a", "2")
    assert guard.accept("b", "1")
