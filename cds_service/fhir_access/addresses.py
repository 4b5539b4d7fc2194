"""Which network addresses may be connected to: looked at when connecting, not when listing.

The allow-list knows names, and a name can lead anywhere: to the service's own machine, into the
hospital's network, to the address where a cloud hands out keys. So each address that a name leads
to is judged before a connection is made to it, and the connection is made to that very address;
that a second look-up would say otherwise (DNS rebinding) makes no difference.

=====================  ===================================================================
listed base URL        may be connected to
=====================  ===================================================================
a loopback host        loopback addresses only
an IP address          that address, also a private one: who lists it means it
a name                 public addresses, and those in the networks of IMSR_FHIR_NETWORKS
=====================  ===================================================================

Never, whatever is listed: unspecified, multicast, link-local and broadcast addresses, and those
where clouds hand out the identity of a machine (conformance F8).
"""

import ipaddress
from collections.abc import Iterable

from cds_service.fhir_access.server_addresses import is_loopback_host

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NEVER = tuple(
    map(
        ipaddress.ip_network,
        (
            "0.0.0.0/8",
            "169.254.0.0/16",  # link-local; 169.254.169.254 and 169.254.170.2 tell cloud identities
            "100.100.100.200/32",  # metadata of Alibaba Cloud
            "168.63.129.16/32",  # the host of an Azure machine
            "192.0.0.192/32",  # metadata of Oracle Cloud
            "224.0.0.0/4",
            "255.255.255.255/32",
            "::/128",
            "fe80::/10",
            "fec0::/10",
            "fd00:ec2::254/128",  # metadata of Amazon
            "fd20:ce::254/128",  # metadata of Google
            "ff00::/8",
        ),
    )
)
_IPV6_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_LOW_32 = 0xFFFFFFFF


class AddressRules:
    """The networks that a site lists, and what holds without them."""

    def __init__(self, networks: Iterable[Network] = ()) -> None:
        self._networks = tuple(networks)

    def allow(self, host: str, address: str) -> bool:
        """Whether a listed host may be reached at this address; False for what is no address."""
        try:
            forms = _forms(ipaddress.ip_address(address))
        except ValueError:
            return False
        if any(_is_never(form) for form in forms):
            return False
        host = host.strip("[]")
        if is_loopback_host(host):
            return forms[0].is_loopback
        if _is_literal(host):
            return ipaddress.ip_address(host) == ipaddress.ip_address(address)
        return all(_is_public(form) or self._is_listed(form) for form in forms)

    def _is_listed(self, address: Address) -> bool:
        return any(address in network for network in self._networks)


def is_never_asked(host: str) -> bool:
    """Whether a host is an address that is never connected to; no name is looked up."""
    try:
        return any(map(_is_never, _forms(ipaddress.ip_address(host.strip("[]")))))
    except ValueError:
        return False


def network(text: str) -> Network:
    """A network of IMSR_FHIR_NETWORKS. A ValueError says what is wrong and never repeats it."""
    try:
        made = ipaddress.ip_network(text)
    except ValueError:
        raise ValueError("must be a network like 10.20.0.0/16, without bits beyond /16") from None
    if any(made.version == each.version and made.subnet_of(each) for each in _NEVER):  # type: ignore[arg-type]
        raise ValueError("is never connected to: link-local, multicast or cloud metadata")
    return made


def _is_literal(host: str) -> bool:
    """Whether a host is an IP address in its one spelling: `10.1` and `0x0a000001` are not."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _forms(address: Address) -> tuple[Address, ...]:
    """What is really reached, first; and the address itself where it wraps another one.

    An IPv4 address in IPv6 clothes (`::ffff:10.0.0.1`) is that IPv4 address to the network.
    """
    if isinstance(address, ipaddress.IPv4Address):
        return (address,)
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    within = _within(address)
    return (address,) if within is None else (address, within)


def _within(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that a gateway would pass on to (6to4, Teredo, NAT64, compatible)."""
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    is_old = address in _COMPATIBLE and int(address) > 1
    if is_old or any(address in each for each in _NAT64):
        return ipaddress.IPv4Address(int(address) & _LOW_32)
    return None


def _is_never(address: Address) -> bool:
    return any(address in each for each in _NEVER)


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and address not in _IPV6_UNICAST:
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved
