"""What operators see of the list server: its tables, read-only; subscribers and phone profiles."""

from rls.admin import presentity, profile, queue, subscriber, token, watcher, worker

__all__ = ["presentity", "profile", "queue", "subscriber", "token", "watcher", "worker"]
