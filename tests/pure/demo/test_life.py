"""How demo contacts spend their day."""

from __future__ import annotations

from itertools import islice, pairwise

from sipworker.demo.life import Moment, life

PEERS = ("sip:tom@example.test", "sip:alice@example.test")


def day(user: str, seed: object = 0, length: int = 300) -> list[Moment]:
    return list(islice(life(user, PEERS, seed), length))


def test_same_seed_gives_the_same_day() -> None:
    assert day("bob", 3) == day("bob", 3)


def test_other_seed_and_other_contact_give_another_day() -> None:
    assert day("bob", 3) != day("bob", 4)
    assert day("bob", 3) != day("claire", 3)


def test_moments_last_seconds_to_minutes() -> None:
    seconds = sorted(moment.seconds for moment in day("bob"))
    assert seconds[0] > 0.1
    assert 5 < seconds[len(seconds) // 2] < 120
    assert seconds[-1] < 1800


def test_contacts_come_go_and_telephone() -> None:
    moments = day("bob")
    assert {moment.basic for moment in moments} == {"open", "closed"}
    assert {"", "away", "meeting", "on-the-phone"} <= {moment.activity for moment in moments}


def test_call_rings_before_it_is_answered() -> None:
    moments = day("bob")
    for before, moment in pairwise(moments):
        if moment.call and moment.call.state == "confirmed":
            assert before.call
            assert (before.call.id, before.call.state) == (moment.call.id, "early")


def test_every_call_is_a_dialog_of_its_own() -> None:
    confirmed = [moment.call.id for moment in day("bob") if moment.call and moment.call.state == "confirmed"]
    assert len(confirmed) == len(set(confirmed)) > 5
