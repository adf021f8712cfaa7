"""What the observer of a subscription gets of a NOTIFY."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipworker.sip.flow import Flow
from sipworker.sip.headers import SubscriptionState
from sipworker.sip.message import Request

if TYPE_CHECKING:
    from sipworker.sip.subscription import Subscription


class ReceivedNotify:
    """One NOTIFY in the dialog, which it `begins` if it is the first, waiting for its 200."""

    __slots__ = ("_flow", "_subscription", "begins", "request", "state")

    def __init__(
        self,
        subscription: Subscription,
        request: Request,
        flow: Flow,
        state: SubscriptionState,
        *,
        begins: bool,
    ) -> None:
        self._subscription = subscription
        self._flow = flow
        self.request = request
        self.state = state
        self.begins = begins

    @property
    def body(self) -> bytes:
        return self.request.body

    @property
    def content_type(self) -> str:
        return self.request.header("content-type") or ""

    def accept(self, now: float) -> None:
        """Answer 200 (OK)."""
        self._subscription.answer_notify(self.request, self._flow)
