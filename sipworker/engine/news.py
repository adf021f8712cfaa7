"""What a back end's body changes in what its watcher is shown."""

from __future__ import annotations

from enum import Enum

from rls.domain.deltas import Tracker, Verdict
from rls.domain.packages import package
from sipworker.engine.list_subscription import BackEnd

MOST_BEHIND = 100
"""Bodies of one back end that wait to be told one by one."""


class News(Enum):
    """What a body of a back end has for its watcher."""

    NONE = "nothing that the watcher does not see"
    SOME = "something to tell"
    INCOMPLETE = "only a piece: the complete document has to be asked for"


def take(back_end: BackEnd, content_type: str, body: bytes) -> News:
    """In packages of complete documents the newest counts, in others nothing may get lost."""
    if package(back_end.watcher.event).full_state and "-diff" not in content_type:
        return _shown(back_end.put(content_type, body))
    return _take_delta(back_end, content_type, body)


def _shown(changed: bool) -> News:
    return News.SOME if changed else News.NONE


def _take_delta(back_end: BackEnd, content_type: str, body: bytes) -> News:
    tracker = back_end.tracker = back_end.tracker or Tracker()
    verdict, body = tracker.take(content_type, body, back_end.instance.body)
    match verdict:
        case Verdict.SHOW:
            return _shown(back_end.put(content_type, body))
        case Verdict.SKIP:
            return News.NONE
        case Verdict.NEXT if len(back_end.behind) < MOST_BEHIND:
            return _shown(back_end.put_behind(content_type, body))
    back_end.behind = ()
    return News.INCOMPLETE
