"""A foreign XCAP server that says what the test wants: plain text HTTP, or HTTPS with a certificate."""

from __future__ import annotations

import ssl
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote


@dataclass(frozen=True)
class Answer:
    """`etag` with its quotes; `delay` in seconds."""

    body: str = ""
    status: int = 200
    etag: str = ""
    delay: float = 0.0
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Asked:
    """A request, and the status that it got."""

    path: str
    headers: dict[str, str]
    status: int


NOTHING = Answer(status=404)


class ForeignXcap:
    """`answers` by decoded path below the root; `asked` is what came, in the order of the answers."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[Asked] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        if context is not None:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        scheme = "https" if context else "http"
        self.root = f"{scheme}://127.0.0.1:{self._server.server_address[1]}/xcap-root/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def asked_for(self, path: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.path == path]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                path = unquote(self.path).removeprefix("/xcap-root/")
                answer = server.answers.get(path, NOTHING)
                time.sleep(answer.delay)
                fresh = answer.etag and self.headers.get("If-None-Match") == answer.etag
                status = 304 if fresh else answer.status
                server.asked.append(Asked(path, dict(self.headers.items()), status))
                body = b"" if fresh else answer.body.encode()
                self.send_response(status)
                for name, value in answer.headers:
                    self.send_header(name, value)
                if answer.etag:
                    self.send_header("ETag", answer.etag)
                if status != 304:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: object) -> None:
                pass

        return Handler
