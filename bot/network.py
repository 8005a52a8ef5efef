"""What an operator may set of the network: addresses, places to listen, networks that may call."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

TELEGRAM = "149.154.160.0/20 91.108.4.0/22"  # core.telegram.org/bots/webhooks, read 2026-11
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Listen:
    """Where the webhook's server listens."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Networks:
    """Where calls may come from."""

    ranges: tuple[IPv4Network | IPv6Network, ...]

    def hold(self, peer: str | None, forwarded: str) -> bool:
        """Whether a call comes from one of them.

        Args:
            peer: The connection's other end.
            forwarded: What X-Forwarded-For says. Only its last entry counts, and only where the connection comes
                from this machine: that one was written by the proxy here, and all others by who knows whom.

        """
        caller = _address(peer)
        if caller is not None and caller.is_loopback:
            caller = _address(forwarded.rpartition(",")[2])
        return caller is not None and any(caller in network for network in self.ranges)


def _address(text: str | None) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address((text or "").strip())
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


# --- the values: each raises ValueError, worded to follow the setting's name --------------------


def url(text: str) -> str:
    parts = urlsplit(text)
    if not parts.hostname or parts.query or parts.fragment or parts.scheme not in ("http", "https"):
        raise ValueError(f"is {text!r}. Give an address like https://bot.example.org/befriend.")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise ValueError(f"is {text!r}. Use https://: plain http is for this machine (127.0.0.1) only.")
    return text.rstrip("/")


def listen(text: str) -> Listen:
    host, colon, port = text.rpartition(":")
    if not (colon and host and port.isascii() and port.isdigit() and int(port) < 65536):
        raise ValueError(f"is {text!r}. Give an address and a port, like 127.0.0.1:8080.")
    return Listen(host.strip("[]"), int(port))


def networks(text: str) -> Networks:
    try:
        return Networks(tuple(ip_network(one) for one in text.replace(",", " ").split()))
    except ValueError:
        raise ValueError(f"is {text!r}. Give networks with blanks between, like {TELEGRAM}.") from None
