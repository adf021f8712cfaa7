"""How a family of phones wants lists to be told; the defaults are what the RFCs say."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import translate

from rls.domain.multipart import STYLE, PartStyle
from rls.domain.uri import InvalidUri, SipUri

LONGEST_USER_AGENT = 256
"""Characters of a User-Agent that are looked at."""
_REMEMBERED = 4096
# How to get to the server: never the name of a list.
_ROUTING = frozenset({"transport", "lr", "ob"})


@dataclass(frozen=True, slots=True)
class Profile:
    """`user_agents` are patterns with * and ?, upper and lower case alike.

    `named`: RLMI has names. `root_last`: RLMI is the last part. `dialog_child`: a dialog-info without a
    dialog gets one that is terminated; `one_dialog`: only the dialog that matters most stays.
    `uri_from_to`: To says which list is meant if the Request-URI has no user. `fold_event`: Presence is
    presence; `capital_event`: NOTIFYs say Presence. `list_params`: URI parameters that tell lists apart.
    `any_accept`: lists are told whatever Accept says.
    """

    name: str = ""
    user_agents: tuple[str, ...] = ()
    parts: PartStyle = STYLE
    root_last: bool = False
    named: bool = True
    always_full: bool = False
    dialog_child: bool = False
    one_dialog: bool = False
    uri_from_to: bool = False
    fold_event: bool = False
    capital_event: bool = False
    list_params: frozenset[str] = frozenset()
    any_accept: bool = False

    def package(self, event: str) -> str:
        """The event package that a phone means."""
        return event.lower() if self.fold_event else event

    def notified_event(self, event: str) -> str:
        """The event package as NOTIFYs spell it: as the phone did, if nothing else is set."""
        return event.capitalize() if self.capital_event else event

    def list_uri(self, request_uri: str, to_uri: str) -> str:
        """The URI of the list that a SUBSCRIBE means."""
        if not self.uri_from_to and not self.list_params:
            return request_uri
        try:
            uri = SipUri.parse(request_uri)
            if self.uri_from_to and uri.user is None:
                request_uri, uri = to_uri, SipUri.parse(to_uri)
        except InvalidUri:
            return request_uri
        return self._with_telling_params(uri) or request_uri

    def _with_telling_params(self, uri: SipUri) -> str | None:
        if not any(name.lower() in self.list_params for name, _ in uri.params):
            return None
        return str(replace(uri, params=tuple(pair for pair in uri.params if pair[0].lower() not in _ROUTING)))


AS_THE_RFCS_SAY = Profile()


class Profiles:
    """The profile of a phone: the first whose pattern its User-Agent matches."""

    def __init__(self, profiles: Iterable[Profile] = ()) -> None:
        self._patterns = [
            (re.compile(translate(pattern), re.IGNORECASE).match, profile)
            for profile in profiles
            for pattern in profile.user_agents
        ]
        self._known: dict[str, Profile] = {}

    def of(self, user_agent: str) -> Profile:
        known = self._known.get(user_agent)
        return self._look_up(user_agent) if known is None else known

    def _look_up(self, user_agent: str) -> Profile:
        text = user_agent[:LONGEST_USER_AGENT]
        profile = next((profile for matches, profile in self._patterns if matches(text)), AS_THE_RFCS_SAY)
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        if len(user_agent) <= LONGEST_USER_AGENT:
            self._known[user_agent] = profile
        return profile
