"""Who asks, and whether they may (RFC 4825 sections 5.7 and 14), for Django REST framework."""

from xcap.authentication.challenges import challenges
from xcap.authentication.identity import Identity
from xcap.authentication.methods import METHODS, authenticators
from xcap.authentication.permission import MayAccess

__all__ = ["METHODS", "Identity", "MayAccess", "authenticators", "challenges"]
