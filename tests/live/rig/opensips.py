"""The management interface of OpenSIPS, as its module mi_http serves it: JSON-RPC 2.0 by POST."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

PARAMETERS = ("presentity_uri", "event", "refresh_type")
Call = tuple[str, str, int]
"""The parameters of `refresh_watchers`."""


class OpenSips:
    """`calls` has what came; `commands` are those that it knows. `broken`: it answers as if it had no rules
    of the user, which is an HTTP error without a reason."""

    def __init__(self, *commands: str, port: int = 0) -> None:
        self.calls: list[Call] = []
        self.commands = commands or ("refresh_watchers", "refreshWatchers")
        self.broken = False
        opensips = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, answer = opensips.answer(self.path, self.headers["Content-Type"], json.loads(body))
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: Any) -> None:
                """Not into the output of the tests."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}/mi"
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, media_type: str, request: dict[str, Any]) -> tuple[int, bytes]:
        assert (path, media_type, request["jsonrpc"]) == ("/mi", "application/json", "2.0")
        if self.broken:
            return 500, b""
        if request["method"] in self.commands:
            outcome = self._refresh(request["params"])
        else:
            outcome = {"error": {"code": -32601, "message": "Method not found"}}
        return 200, json.dumps({"jsonrpc": "2.0", **outcome, "id": request["id"]}).encode()

    def _refresh(self, params: dict[str, Any]) -> dict[str, Any]:
        if set(params) != set(PARAMETERS) or not isinstance(params["refresh_type"], int):
            return {"error": {"code": -32602, "message": "Invalid params"}}
        self.calls.append(tuple(params[name] for name in PARAMETERS))
        return {"result": "OK"}
