"""What operators see of the list server: its tables, read-only, and the subscribers."""

from rls.admin import presentity, queue, subscriber, token, watcher, worker

__all__ = ["presentity", "queue", "subscriber", "token", "watcher", "worker"]
