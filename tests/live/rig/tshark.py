"""What Wireshark's dissectors make of a message: its protocols, and what they complain of."""

from __future__ import annotations

import subprocess
from pathlib import Path

from lxml import etree

from tests.live.rig.message import Message

PORT = 5060
SIDES = ("source", "destination")


def dissected(message: Message, folder: Path) -> etree._Element:
    """Its packet in tshark's PDML. The capture is made of the message: no interface, no rights."""
    capture = folder / "message.pcap"
    ports = f"{PORT},{PORT}"
    _run(
        "text2pcap",
        "-q",
        "-4",
        "127.0.0.1,127.0.0.1",
        "-u",
        ports,
        "-",
        str(capture),
        given=_dump(message.data),
    )
    (packet,) = etree.fromstring(_run("tshark", "-r", str(capture), "-T", "pdml")).iter("packet")
    return packet


def _dump(data: bytes) -> bytes:
    """As `od -Ax -tx1` writes it."""
    lines = (f"{start:06x} {data[start : start + 16].hex(' ')}\n" for start in range(0, len(data), 16))
    return "".join(lines).encode()


def _run(*command: str, given: bytes = b"") -> bytes:
    return subprocess.run(command, input=given, capture_output=True, check=True).stdout


def protocols(packet: etree._Element) -> list[str]:
    """From the frame on inwards."""
    return [proto.attrib["name"] for proto in packet.iter("proto")]


def complaints(packet: etree._Element) -> list[str]:
    """What is malformed, and warnings and errors of the experts."""
    wrong = packet.xpath(
        ".//proto[@name='_ws.malformed' or @name='_ws.short' or @name='_ws.unreassembled']/@name"
        " | .//field[@name='_ws.expert.message'][../field[@name='_ws.expert.severity' and"
        " (@show='6291456' or @show='8388608')]]/@show"
    )
    return list(map(str, wrong))
