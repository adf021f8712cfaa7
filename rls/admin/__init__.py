"""What operators see of the list server: its tables, what operators did; subscribers, phone profiles."""

from rls.admin import log, order, presentity, profile, queue, subscriber, token, trace, watcher, worker

__all__ = [
    "log",
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
