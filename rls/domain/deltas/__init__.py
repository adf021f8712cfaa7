"""Event packages that tell only what changed: documents are merged, so that the newest holds everything."""

from rls.domain.deltas.tracker import Tracker, Verdict

__all__ = ["Tracker", "Verdict"]
