"""A launch that goes well: to the authorization server, back, and the page."""

from tests.smart.browser import Browser
from tests.smart.ehr import SmartEhr


def test_a_launch_ends_in_a_page_with_the_assessment(ehr: SmartEhr, browser: Browser) -> None:
    page = browser.open(ehr)
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1" in page.text
