"""How often one address may try to sign in.

The counts are each worker's own. They are a brake on guessing and flooding; a session id of 256 bits and the
provider's own lock-out are the defence.
"""

import ipaddress

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

IPV6_SITE = 64  # bits: one household or school has at least so many addresses to choose from


class SignInRate:
    """Counts tries by address: a moving minute in memory."""

    def __init__(self, tries_a_minute: int) -> None:
        self._limit = RateLimitItemPerMinute(tries_a_minute)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def allows(self, address: str | None) -> bool:
        """Count a try from this address; False if there have been too many within the minute."""
        return self._limiter.hit(self._limit, site_of(address))


def site_of(address: str | None) -> str:
    """What is counted together: an IPv4 address, or the 64 bits in front of an IPv6 address."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, IPV6_SITE), strict=False))
    return str(found)
