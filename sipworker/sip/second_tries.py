"""Sending a request again after a failure: with what was missing, or elsewhere (RFC 3261 section 8.1.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipworker.sip.dialog import Dialog
from sipworker.sip.grammar import leading_seconds
from sipworker.sip.message import Response
from sipworker.sip.redirection import TargetSet
from sipworker.sip.transactions import Outcome

if TYPE_CHECKING:
    from sipworker.sip.subscription import Subscription

MAX_CORRECTIONS = 3


def place_of(dialog: Dialog) -> str:
    """Whoever is there wants the same credentials for all its resources."""
    return dialog.next_hop().rpartition("@")[2]


class SecondTries:
    """What was tried since the subscription sent a SUBSCRIBE of its own accord."""

    __slots__ = ("_corrected", "_refused_realms", "_targets")

    def __init__(self) -> None:
        self._corrected: tuple[int, ...] = ()
        self._refused_realms: set[str] = set()
        self._targets: TargetSet | None = None

    def prepare(self, subscription: Subscription, outcome: Outcome) -> bool:
        """Change what has to be changed; False if there is nothing left to try."""
        return self._corrects(subscription, outcome) or self._turns(subscription.dialog, outcome)

    def _corrects(self, subscription: Subscription, outcome: Outcome) -> bool:
        """Not twice for the same (8.1.3.5)."""
        if not isinstance(outcome, Response) or len(self._corrected) == MAX_CORRECTIONS:
            return False
        if outcome.status == 423 and self._corrected[-1:] != (423,):
            wanted = leading_seconds(outcome.header("min-expires")) or 0
            subscription.expires = max(subscription.expires, wanted)
        elif outcome.status not in (401, 407) or not self._learns(subscription, outcome):
            return False
        self._corrected += (outcome.status,)
        return True

    def _learns(self, subscription: Subscription, challenge: Response) -> bool:
        keys = subscription.keys
        return keys is not None and keys.learn(place_of(subscription.dialog), challenge, self._refused_realms)

    def _turns(self, dialog: Dialog, outcome: Outcome) -> bool:
        """To the next Contact of those that a 3xx named (8.1.3.4); not from a 6xx (21.6)."""
        if dialog.remote_tag or outcome.status >= 600:
            return False  # a dialog has its target
        if isinstance(outcome, Response) and outcome.status < 400:
            self._targets = self._targets or TargetSet(dialog.remote_target)
            self._targets.add(outcome)
        target = self._targets and self._targets.next()
        if not target:
            return False
        dialog.remote_target = target
        self._corrected, self._refused_realms = (), set()
        return True
