"""What a test reads out of the HTML of a page."""

import re
from html.parser import HTMLParser


class PageReader(HTMLParser):
    """The marks of the pictures by shape, the rows of the tables, and every element."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.marks: dict[str, int] = {}
        self.rows: list[list[str]] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._is_in_body_of_table = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.elements.append((tag, values))
        if tag == "polyline":
            shape = (values["class"] or "").removeprefix("marks-")
            self.marks[shape] = len((values["points"] or "").split())
        if tag in {"tbody", "table"}:
            self._is_in_body_of_table = tag == "tbody"
        if tag == "tr" and self._is_in_body_of_table:
            self.rows.append([])
        if tag == "td" and self._is_in_body_of_table:
            self.rows[-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self._is_in_body_of_table = False

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._is_in_body_of_table and self.rows and self.rows[-1]:
            self.rows[-1][-1] += data.rstrip("\n")

    def named(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every element of a name."""
        return [attrs for name, attrs in self.elements if name == tag]

    @property
    def ids(self) -> list[str]:
        """Every id."""
        return [value for _, attrs in self.elements if (value := attrs.get("id"))]


def heading(html: str) -> str:
    """The first heading, as it is escaped."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", html)
    assert found
    return found[1]
