"""How demo contacts spend their day: an endless row of moments, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Call(NamedTuple):
    """One dialog of RFC 4235; `direction` is initiator or recipient."""

    id: str
    state: str
    direction: str
    peer: str


class Moment(NamedTuple):
    """`seconds` that it lasts; `basic` and `activity` as in PIDF and RPID (RFC 3863, RFC 4480)."""

    seconds: float
    basic: str
    activity: str = ""
    note: str = ""
    call: Call | None = None


class Mood(NamedTuple):
    basic: str
    activity: str
    notes: Sequence[str]
    weight: int
    seconds: float


MOODS = (
    Mood("open", "", ("", "At my desk", "Working from home", "Ask me anything"), 40, 35),
    Mood("open", "away", ("Back in a minute", "Getting coffee", ""), 20, 20),
    Mood("open", "meeting", ("Stand-up", "Planning", "Customer visit"), 12, 45),
    Mood("open", "busy", ("Please do not disturb", "Deep in code"), 8, 40),
    Mood("open", "meal", ("Lunch", "Canteen"), 6, 30),
    Mood("closed", "", ("", "Gone for today"), 14, 40),
)
CALLS = 0.4
"""How often somebody who is there makes or gets a call next."""
SPREAD = 0.6
"""Of the log-normal distribution: times of people vary by factors, not by sums."""


def life(user: str, peers: Sequence[str], seed: object) -> Iterator[Moment]:
    """The moments of one contact; `peers` are the URIs on the other end of calls."""
    chance = random.Random(f"{seed} {user}")
    calls = 0
    left = chance.random()  # the first moment began before we looked
    while True:
        mood = chance.choices(MOODS, [mood.weight for mood in MOODS])[0]
        note = chance.choice(mood.notes)
        yield Moment(left * _around(mood.seconds, chance), mood.basic, mood.activity, note)
        left = 1.0
        if mood.basic == "open" and chance.random() < CALLS:
            calls += 1
            yield from _call(f"{user}-{calls}", chance.choice(peers), chance)


def _call(id: str, peer: str, chance: random.Random) -> Iterator[Moment]:
    direction = chance.choice(("initiator", "recipient"))
    rings = "trying" if direction == "initiator" else "early"
    yield Moment(_around(2, chance), "open", note="Ringing", call=Call(id, rings, direction, peer))
    if direction == "initiator":
        yield Moment(_around(5, chance), "open", note="Ringing", call=Call(id, "early", direction, peer))
    if chance.random() < 0.8:  # else nobody answered
        talk = Call(id, "confirmed", direction, peer)
        yield Moment(_around(40, chance), "open", "on-the-phone", "On the phone", talk)


def _around(seconds: float, chance: random.Random) -> float:
    return seconds * chance.lognormvariate(0, SPREAD)
