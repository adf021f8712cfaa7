"""What the answers of a back end mean for its instance and for trying again."""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from rls.domain.rlmi import State


class Retry(Enum):
    """When to subscribe again after a back-end subscription ended."""

    NEVER = "never"
    AT_ONCE = "at once"  # the last state stands until that try fails; twice in a row: back off
    BACK_OFF = "back off"
    ADAPTED = "adapted"  # once, with less in Accept, or without a body


@dataclass(frozen=True, slots=True)
class Outcome:
    """`after`: seconds that the back end asked for, which `delay` honours."""

    state: State
    reason: str
    retry: Retry
    after: float | None = None

    @property
    def keeps_state(self) -> bool:
        """What was told last will not change any more (RFC 6665 section 4.1.3)."""
        return self.reason == "invariant"


@dataclass(frozen=True, slots=True)
class BackOff:
    """Seconds between tries: doubled from `first` up to `most`, spread by `jitter`."""

    first: float = 4.0
    most: float = 900.0
    jitter: float = 0.25

    def delay(self, attempt: int, chance: float, after: float | None = None) -> float:
        """Seconds before try number `attempt` (from 0); `chance` is a random number in [0, 1).

        Never earlier than `after`.
        """
        pause = min(self.first * 2.0 ** min(attempt, 30), self.most) * (1 + self.jitter * chance)
        return max(pause, after or 0.0)


_REJECTED = Outcome("terminated", "rejected", Retry.NEVER)
_NO_RESOURCE = Outcome("terminated", "noresource", Retry.NEVER)
_GIVE_UP = Outcome("terminated", "giveup", Retry.NEVER)
_UNSUITED = Outcome("terminated", "giveup", Retry.ADAPTED)
_PROBATION = Outcome("terminated", "probation", Retry.BACK_OFF)

BAD_FILTER: Final = "badfilter"
_BAD_FILTER = Outcome("terminated", BAD_FILTER, Retry.NEVER)

_GONE = Outcome("terminated", "deactivated", Retry.AT_ONCE)  # the dialog, not the resource

_BY_STATUS = (
    dict.fromkeys((401, 403, 407, 603, 607), _REJECTED)
    | dict.fromkeys((404, 410, 416, 484, 485, 604), _NO_RESOURCE)
    | dict.fromkeys((405, 489, 501), _NO_RESOURCE)  # the package is not supported there
    | dict.fromkeys((482, 483), _NO_RESOURCE)  # a loop
    | dict.fromkeys((406, 413, 415, 420, 421, 423), _UNSUITED)
    | dict.fromkeys((408, 480, 486), _PROBATION)
    | {606: _GIVE_UP, 481: _GONE}
)
_TEMPORARY: Final = (404, 413, 480, 486, 500, 503, 600, 603)
"""Where Retry-After says when it will be otherwise (RFC 3261 section 20.33)."""
_BY_CLASS = {3: _NO_RESOURCE, 4: _GIVE_UP, 5: _PROBATION, 6: _PROBATION}

_BY_REASON = {
    "deactivated": _GONE,
    "timeout": Outcome("terminated", "timeout", Retry.AT_ONCE),
    "probation": _PROBATION,
    "giveup": Outcome("terminated", "giveup", Retry.BACK_OFF),
    "rejected": _REJECTED,
    "noresource": _NO_RESOURCE,
    "invariant": Outcome("terminated", "invariant", Retry.NEVER),
    BAD_FILTER: _BAD_FILTER,
}


def outcome_of_status(code: int, retry_after: float | None = None, *, filtered: bool = False) -> Outcome:
    """What a final answer above 299 to a back-end SUBSCRIBE means, which had filters if `filtered`: then
    488 is about them (RFC 4660 section 5.4).

    A time-out is 408, a transport error 503 (RFC 3261 section 8.1.3.1); an unknown code means
    what x00 of its class means (section 8.1.3.2).
    """
    if code == 488 and filtered:
        return _BAD_FILTER
    outcome = _BY_STATUS.get(code) or _BY_CLASS.get(code // 100, _PROBATION)
    if code in _TEMPORARY and retry_after is not None:
        outcome = replace(outcome, retry=Retry.BACK_OFF)
    return _after(outcome, retry_after)


def outcome_of_termination(reason: str | None, retry_after: float | None = None) -> Outcome:
    """What `Subscription-State: terminated` means (RFC 6665 section 4.1.3).

    No reason or an unknown one allows another try, and RLMI needs a reason that says so.
    """
    return _after(_BY_REASON.get((reason or "").lower(), _PROBATION), retry_after)


def _after(outcome: Outcome, retry_after: float | None) -> Outcome:
    """Only who waits cares: a `deactivated` must be followed at once whatever the value."""
    return replace(outcome, after=retry_after) if outcome.retry is Retry.BACK_OFF else outcome
