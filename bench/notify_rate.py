"""How many back-end NOTIFYs the SIP core takes per CPU-second: `python bench/notify_rate.py [--profile]`.

The way of each: bytes in, dialog, SIPSubscriptionGotNotify, accept(), the bytes of the 200 out.
Every NOTIFY is another dialog's; the best of many short rounds counts, so that neighbours on the machine
do not.
"""

import cProfile
import sys
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sipworker.sip.agent import UserAgent
from sipworker.sip.flow import Flow
from sipworker.sip.notifications import Notification, SIPSubscriptionGotNotify
from sipworker.sip.subscription import Subscription
from sipworker.sip.timers import TimerWheel

DIALOGS = 1000
ROUNDS = 60
PIDF = b'<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf"/>'.ljust(900, b"x")
FLOW = Flow("udp", ("192.0.2.1", 5060), ("192.0.2.2", 5060))


def accept(notification: Notification, now: float) -> None:
    if isinstance(notification, SIPSubscriptionGotNotify):
        notification.notify.accept(now)


def subscriptions(agent: UserAgent) -> list[Subscription]:
    made = [
        Subscription(
            agent,
            request_uri=f"sip:user{number}@example.test",
            from_header="<sip:watcher@example.test>",
            event="presence",
        )
        for number in range(DIALOGS)
    ]
    for subscription in made:
        subscription.subscribe(0.0)
    return made


def notify(subscription: Subscription, cseq: int) -> bytes:
    dialog = subscription.dialog
    head = (
        f"NOTIFY sip:rls@192.0.2.1:5060 SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bK{dialog.call_id[:8]}.{cseq}\r\n"
        f"Max-Forwards: 70\r\nTo: {dialog.local};tag={dialog.local_tag}\r\n"
        f"From: {dialog.remote};tag=10.{dialog.local_tag}\r\n"
        f"Call-ID: {dialog.call_id}\r\nCSeq: {cseq} NOTIFY\r\nUser-Agent: presence server\r\n"
        f"Event: presence\r\nContact: <sip:presence@192.0.2.2:5060>\r\n"
        f"Subscription-State: active;expires={3600 - cseq}\r\n"
        f"Content-Type: application/pidf+xml\r\nContent-Length: {len(PIDF)}\r\n\r\n"
    )
    return head.encode() + PIDF


def measure() -> float:
    """NOTIFYs per CPU-second."""
    sent: list[bytes] = []
    agent = UserAgent(
        wheel=TimerWheel(0.0),
        transmit=lambda flow, data: sent.append(data),
        locate=lambda uri, done, now: done([FLOW], now),
        observer=accept,
    )
    dialogs = subscriptions(agent)
    return DIALOGS / min(one_round(agent, dialogs, cseq, sent) for cseq in range(1, ROUNDS + 1))


def one_round(agent: UserAgent, dialogs: list[Subscription], cseq: int, sent: list[bytes]) -> float:
    """CPU seconds for a NOTIFY in each dialog."""
    messages = [notify(dialog, cseq) for dialog in dialogs]
    sent.clear()
    started = process_time()
    for data in messages:
        agent.receive(data, FLOW, float(cseq))
    seconds = process_time() - started
    if [answer[:12] for answer in sent] != [b"SIP/2.0 200 "] * DIALOGS:
        raise SystemExit("not every NOTIFY was accepted")
    return seconds


if __name__ == "__main__":
    if "--profile" in sys.argv:
        cProfile.run("measure()", sort="tottime")
    else:
        rate = measure()
        print(f"{rate:8.0f} NOTIFYs per CPU-second, {1e6 / rate:.1f} us each")  # noqa: T201
