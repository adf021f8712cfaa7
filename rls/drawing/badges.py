"""States as coloured words."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString

from rls.domain.summary import Tone, summarize
from rls.models import Presentity, Watcher

_STATUS: dict[int, Tone] = {
    Watcher.Status.ACTIVE: "good",
    Watcher.Status.PENDING: "attention",
    Watcher.Status.TERMINATED: "quiet",
}
_AUTH_STATE: dict[int, Tone] = {
    Presentity.AuthState.ACTIVE: "good",
    Presentity.AuthState.PENDING: "attention",
    Presentity.AuthState.TERMINATED: "bad",
}


def badge(text: str, tone: Tone, note: str = "") -> SafeString:
    """HTML of a word in the colour of its tone; the note beside it is cut to the room there is."""
    if not note:
        return format_html('<span class="rls-badge rls-{}">{}</span>', tone, text)
    return format_html(
        '<span class="rls-badge rls-{}">{}</span> <span class="rls-note" title="{}">{}</span>',
        *(tone, text, note, note),
    )


def draining(it_is: bool) -> SafeString:
    """Whether a worker takes new subscriptions."""
    return badge("refused: draining", "attention") if it_is else badge("accepted", "good")


def status(watcher: Watcher) -> SafeString:
    """State of a list subscription."""
    return badge(watcher.get_status_display(), _STATUS.get(watcher.status, "quiet"), watcher.reason)


def subscription(presentity: Presentity) -> SafeString:
    """State of a back-end subscription; what that means on hover."""
    tone = _AUTH_STATE.get(presentity.auth_state, "quiet")
    shown = badge(presentity.get_auth_state_display(), tone, presentity.reason)
    return format_html('<span title="{}">{}</span>', presentity.why, shown)


def resource_state(presentity: Presentity) -> SafeString | str:
    """What the resource's document says."""
    if presentity.presence_state is None:
        return ""
    summary = summarize(presentity.content_type, bytes(presentity.presence_state))
    return badge(summary.state, summary.tone, summary.note)
