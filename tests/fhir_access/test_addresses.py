"""Which network addresses may be connected to."""

import pytest

from cds_service.errors import InvalidSettingsError
from cds_service.fhir_access import AllowedServers
from cds_service.fhir_access.addresses import AddressRules, network
from cds_service.settings.settings import read_settings

NAME = "ehr.example.nl"
HOSPITAL = AddressRules([network("10.20.0.0/16"), network("fd12:3456::/32")])

NEVER = [
    "0.0.0.0",
    "0.1.2.3",
    "169.254.169.254",
    "169.254.0.1",
    "168.63.129.16",
    "192.0.0.192",
    "100.100.100.200",
    "224.0.0.1",
    "239.255.255.250",
    "255.255.255.255",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "::ffff:169.254.169.254",
    "::ffff:0.0.0.0",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "::169.254.169.254",
]
PRIVATE = [
    "127.0.0.1",
    "127.8.8.8",
    "::1",
    "::ffff:127.0.0.1",
    "::127.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "198.18.0.1",
    "192.0.2.1",
    "203.0.113.9",
    "240.0.0.1",
    "fd00::1",
    "fc00::1",
    "100::1",
    "2001:db8::1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
    "2002:a00:1::1",
    "64:ff9b:1::a00:1",
]


@pytest.mark.parametrize("address", ["8.8.8.8", "185.1.2.3", "2a00:1450:400e::1", "1.1.1.1"])
def test_a_name_may_lead_to_a_public_address(address: str) -> None:
    assert AddressRules().allow(NAME, address)


@pytest.mark.parametrize("address", [*NEVER, *PRIVATE, "", "localhost", "1.2.3", "x"])
def test_a_name_leads_nowhere_else(address: str) -> None:
    assert not AddressRules().allow(NAME, address)


@pytest.mark.parametrize("address", ["10.20.0.1", "fd12:3456::9", "::ffff:10.20.0.1", "8.8.8.8"])
def test_a_name_may_lead_into_a_listed_network(address: str) -> None:
    assert HOSPITAL.allow(NAME, address)


@pytest.mark.parametrize("address", ["10.21.0.1", "127.0.0.1", "::1", "fd13::1"])
def test_a_listed_network_lists_no_other(address: str) -> None:
    assert not HOSPITAL.allow(NAME, address)


@pytest.mark.parametrize("address", NEVER)
@pytest.mark.parametrize("host", [NAME, "localhost", "169.254.169.254", "[fe80::1]"])
def test_some_addresses_are_never_connected_to(host: str, address: str) -> None:
    everything = AddressRules([network("0.0.0.0/0"), network("::/0")])
    assert not everything.allow(host, address)


@pytest.mark.parametrize(
    ("host", "address", "is_allowed"),
    [
        ("localhost", "127.0.0.1", True),
        ("localhost", "::1", True),
        ("127.0.0.1", "127.0.0.1", True),
        ("::1", "::1", True),
        ("[::1]", "::1", True),
        ("localhost", "10.0.0.1", False),
        ("localhost", "8.8.8.8", False),
        ("localhost.", "127.0.0.1", False),
        ("10.0.0.1", "10.0.0.1", True),
        ("[fd00::1]", "fd00::1", True),
        ("10.0.0.1", "10.0.0.2", False),
        ("10.0.0.1", "127.0.0.1", False),
        ("010.0.0.1", "8.0.0.1", True),
        ("167772161", "10.0.0.1", False),
        ("0x7f000001", "127.0.0.1", False),
        ("127.1", "127.0.0.1", False),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.1", True),
    ],
)
def test_hosts_that_are_no_names(host: str, address: str, *, is_allowed: bool) -> None:
    assert AddressRules().allow(host, address) is is_allowed


@pytest.mark.parametrize(
    "text", ["10.0.0.1/8", "10.0.0.0/33", "ehr.example.nl", "10.0.0.0/8,10.1.0.0/16", "fe80::/64"]
)
def test_networks_that_cannot_be_listed(text: str) -> None:
    with pytest.raises(InvalidSettingsError) as raised:
        read_settings({"IMSR_FHIR_NETWORKS": f"10.20.0.0/16 {text}"})
    (fault,) = raised.value.faults
    assert fault.startswith("IMSR_FHIR_NETWORKS is a list, and entry 2 of it ")
    assert text not in fault


def test_networks_as_a_setting() -> None:
    listed = read_settings({"IMSR_FHIR_NETWORKS": "10.20.0.0/16  fd12:3456::/32"}).fhir_networks
    assert listed == (network("10.20.0.0/16"), network("fd12:3456::/32"))


@pytest.mark.parametrize(
    "base_url",
    [
        "https://169.254.169.254/fhir",
        "https://[fe80::1]/fhir",
        "https://0.0.0.0/fhir",
        "https://[::]/fhir",
        "https://[::ffff:169.254.169.254]/fhir",
        "https://224.0.0.1/fhir",
    ],
)
def test_an_address_that_is_never_asked_cannot_be_listed(base_url: str) -> None:
    with pytest.raises(InvalidSettingsError) as raised:
        AllowedServers([base_url], is_development=False)
    assert raised.value.faults == (
        "IMSR_FHIR_SERVERS: entry 1 must not be a link-local, multicast or cloud metadata address",
    )
