"""Marks of JSON inside strings are text; of what stands outside nothing is lost."""

from typing import Final

import pytest

from cds_service.errors import CallTooLargeError, MalformedCallError
from cds_service.strict_json import BodyLimits, parse_object

LIMITS: Final = BodyLimits(size=10_000, nesting=4, string=20, values=8)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        pytest.param(b"{}", {}, id="nothing"),
        pytest.param(b'{"a:b": ":"}', {"a:b": ":"}, id="colons"),
        pytest.param(b'{"": "", "a": ""}', {"": "", "a": ""}, id="empty strings"),
        pytest.param(b'{"[": ["]", "{{{{{{"]}', {"[": ["]", "{{{{{{"]}, id="brackets"),
        pytest.param(b'{"a": ",,,,,,,,,,,,"}', {"a": ",,,,,,,,,,,,"}, id="commas"),
        pytest.param(rb'{"\"": "\\", "b": "\\\":"}', {'"': "\\", "b": '\\":'}, id="escapes"),
        pytest.param(b'{"a": {"a": {"a": 1}}}', {"a": {"a": {"a": 1}}}, id="names at each level"),
    ],
)
def test_what_stands_in_strings_is_text(body: bytes, value: dict[str, object]) -> None:
    assert parse_object(body, LIMITS) == value


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"a": 1, "a": 1}', id="the same twice"),
        pytest.param(rb'{"a": 1, "\u0061": 2}', id="written otherwise"),
        pytest.param(b'{"x": [{"a": 1, "a": []}]}', id="deep inside"),
        pytest.param(b'{"a:": 1, "a:": 2}', id="with a colon in the name"),
    ],
)
def test_a_name_that_stands_twice_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedCallError):
        parse_object(body, LIMITS)


@pytest.mark.parametrize(
    ("body", "limit"),
    [
        pytest.param(b'{"a": [[[0, []]]]}', "levels", id="one level too many"),
        pytest.param(b'{"a": [[0], [[0], [{}]], 0]}', "values", id="one value too many"),
        pytest.param(b'{"a": "[[[[[", "b": [[[[]]]]}', "levels", id="beside brackets in text"),
        pytest.param(b'{"a": "123456789012345678901"}', "string", id="a long string"),
        pytest.param(b'{"a": 1}' + b" " * 10_000, "bytes", id="a long body"),
    ],
)
def test_what_is_too_large_is_refused_by_its_limit(body: bytes, limit: str) -> None:
    with pytest.raises(CallTooLargeError, match=limit):
        parse_object(body, LIMITS)


def test_a_string_may_be_as_long_as_its_limit() -> None:
    body = b'{"a": "12345678901234567890", "b": [0], "c": [[[]]]}'
    assert parse_object(body, LIMITS)["a"] == "12345678901234567890"
