"""A DNS server on a loopback port that knows what the test tells it."""

from __future__ import annotations

import socket
import threading

import dns.message
import dns.rcode
import dns.rrset


class DnsServer:
    """`add(name, kind, *rdata)`, rdata as zone files write it; all else is NXDOMAIN."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._records: dict[tuple[str, str], tuple[str, ...]] = {}
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def add(self, name: str, kind: str, *rdata: str) -> None:
        self._records[f"{name}.", kind] = rdata

    def _run(self) -> None:
        while True:
            data, source = self._socket.recvfrom(4096)
            if not data:
                return
            self._socket.sendto(self._answer(dns.message.from_wire(data)), source)

    def _answer(self, query: dns.message.Message) -> bytes:
        question = query.question[0]
        name, kind = question.name.to_text(), dns.rdatatype.to_text(question.rdtype)
        answer = dns.message.make_response(query)
        rdata = self._records.get((name, kind))
        if rdata:
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *rdata))
        elif not any(known == name for known, _ in self._records):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer.to_wire()

    def close(self) -> None:
        self._socket.sendto(b"", self._socket.getsockname())  # wakes the thread
        self._thread.join()
        self._socket.close()
