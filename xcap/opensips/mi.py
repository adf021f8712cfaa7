"""The Management Interface of OpenSIPS: JSON-RPC 2.0 over HTTP, as its module mi_http takes it."""

import json
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final
from urllib.parse import urlsplit

TIMEOUT: Final = 2.0
"""Seconds."""
_LONGEST: Final = 100_000
_UNKNOWN_COMMAND: Final = -32601


class Refused(Exception):
    """OpenSIPS answered, but not that it is done; says what."""


class UnknownCommand(Refused):
    """This OpenSIPS does not have the command, or its module is not loaded."""


def call(url: str, command: str, **parameters: str | int) -> Any:
    """The result of a command. Raises Refused, and OSError if there is no answer within TIMEOUT."""
    request = {"jsonrpc": "2.0", "id": 1, "method": command, "params": parameters}
    answer = _post(url, json.dumps(request))
    if error := answer.get("error"):
        kind = UnknownCommand if error.get("code") == _UNKNOWN_COMMAND else Refused
        raise kind(f"{command}: {error.get('code')} {error.get('message')}")
    return answer.get("result")


def _post(url: str, body: str) -> dict[str, Any]:
    # By hand, since urllib would ask a proxy of the environment.
    where = urlsplit(url)
    kind = HTTPSConnection if where.scheme == "https" else HTTPConnection
    connection = kind(where.hostname or "", where.port, timeout=TIMEOUT)
    try:
        connection.request("POST", where.path or "/", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        return _read(response.status, response.read(_LONGEST))
    except HTTPException as error:
        raise Refused(f"no HTTP: {error!r}") from error
    finally:
        connection.close()


def _read(status: int, body: bytes) -> dict[str, Any]:
    """What mi_http cannot do is an HTTP error without a reason."""
    try:
        answer = json.loads(body) if status == 200 else None
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise Refused(f"HTTP {status}, and no JSON-RPC: {body[:200]!r}")
    return answer
