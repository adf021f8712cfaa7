"""Failures in words: what the answer means, and what to check."""

from __future__ import annotations

from sipworker.sip.response import REASONS
from sipworker.watchlist.options import Options

_MEANINGS = {
    400: "the server does not understand the request; --raw shows both",
    403: "this list belongs to someone else, or --as names nobody the server knows",
    404: "the server has no such list or user",
    405: "the server takes no SUBSCRIBE",
    406: "the server cannot send lists in the formats we accept",
    420: "the server does not know lists (eventlist, RFC 4662)",
    421: "the server insists on an extension we do not have; --raw shows its Require",
    423: "the server wants longer subscriptions: raise --expires",
    481: "the subscription is gone at the server, for instance after its restart: start again",
    482: "the request went round in a loop: check the proxies' routes",
    483: "the request passed too many proxies: check their routes",
    489: "the server does not serve this event package, or not for this list: try another --event",
    502: "the list refers to something the server cannot resolve",
    503: "the server cannot take it now: try later",
}


def refusal(code: int, reason: str, options: Options) -> str:
    """Why a SUBSCRIBE was refused with a response."""
    return f"{code} {reason or REASONS.get(code, 'refused')}: {_meaning(code, options)}"


def _meaning(code: int, options: Options) -> str:
    if code in (401, 407):
        if options.password:
            return f"the password of {options.username} was not accepted (--username, --password)"
        return f"the server wants a password: --password, or RLS_PASSWORD, for {options.username}"
    return _MEANINGS.get(code, "the server refuses; --raw shows its answer")


def silence(options: Options) -> str:
    """Neither answer nor NOTIFY came."""
    return (
        f"No answer from {options.server} within 32 s. Check that a server listens there with this "
        "transport (--server, --transport), that no firewall drops the packets, and with --raw what was sent."
    )


def no_notify(options: Options) -> str:
    """The SUBSCRIBE was accepted, and that was all."""
    return (
        f"{options.server} accepted the subscription but no NOTIFY came within 32 s. It goes to the Contact "
        "of our SUBSCRIBE (--raw shows it): check that the server can reach that address; over UDP large "
        "lists may be lost on the way: try --transport tcp."
    )


def unreachable(options: Options) -> str:
    refused = ", or its certificate is refused (what is said above; --ca FILE says whom to trust)"
    secure = options.server.endswith((";transport=tls", ";transport=wss"))
    return (
        f"Nothing can be sent to {options.server}: no such host, or nothing listens there"
        f"{refused if secure else ''}."
    )


def ended_by_server(reason: str | None) -> str:
    meanings = {
        "deactivated": "the server gave it up, for instance to move it: subscribe again",
        "probation": "the server asks to subscribe again later",
        "rejected": "the subscription was refused by policy",
        "timeout": "it was not refreshed in time",
        "giveup": "nobody decided whether we may see it; try again later",
        "noresource": "the list is gone, do not try again",
        "invariant": "the state will never change again",
    }
    said = reason or "no reason given"
    return f"The server ended the subscription: {said}" + (f" ({meanings[said]})" if said in meanings else "")
