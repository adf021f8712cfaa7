"""What operators see of the list server: its tables, read-only; subscribers and phone profiles."""

from rls.admin import order, presentity, profile, queue, subscriber, token, trace, watcher, worker

__all__ = [
    "order",
    "presentity",
    "profile",
    "queue",
    "subscriber",
    "token",
    "trace",
    "watcher",
    "worker",
]
