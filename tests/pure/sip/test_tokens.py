"""Tokens: unpredictable pieces, each given out once."""

from __future__ import annotations

from sipworker.sip.tokens import PIECE, Tokens


def test_tokens_have_the_length_asked_for_and_never_repeat() -> None:
    tokens = Tokens()
    taken = [tokens.take(8) for _ in range(PIECE)] + [tokens.take(12) for _ in range(PIECE)]
    assert {len(token) for token in taken} == {16, 24}
    assert all(set(token) <= set("0123456789abcdef") for token in taken)
    assert len({token[:16] for token in taken}) == len(taken)
