"""Documents that nobody puts: made of others when they are read."""

from xcap.computed.documents import Computed, compute

__all__ = ["Computed", "compute"]
