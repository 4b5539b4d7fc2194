"""The templates filled in. Everything that is filled in is escaped by them."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

from jinja2 import Environment, PackageLoader, StrictUndefined

from cds_service.page.content import FailureContent, PageContent, View
from cds_service.page.form import form_view
from cds_service.page.sections import referral_sections
from cds_service.page.texts import texts
from cds_service.page.top import notice_text, patient_line

_TYPES = {
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
}


def _static_files() -> Mapping[str, tuple[str, bytes]]:
    folder = resources.files("cds_service.page") / "static"
    return MappingProxyType(
        {
            file.name: (_TYPES[file.name.rpartition(".")[2]], file.read_bytes())
            for file in sorted(folder.iterdir(), key=lambda each: each.name)
            if file.name.rpartition(".")[2] in _TYPES
        }
    )


STATIC_FILES = _static_files()
"""What is served under `static_base`: name to media type and content."""


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("cds_service.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render_page(content: PageContent) -> str:
    """The HTML of a page: a whole document in UTF-8."""
    said = texts(content.language)
    referrals = [referral_sections(each, content, said) for each in content.explained]
    patient = patient_line(content.patient, said)
    return (
        _templates()
        .get_template("page.html")
        .render(
            content=content,
            referrals=referrals,
            patient=patient,
            notices=[notice_text(each, said) for each in content.notices],
            form=form_view(content.form, content.today, said) if content.form else None,
            say=said.page.say,
            is_for_gp=content.view is View.GP,
        )
    )


def render_failure(content: FailureContent) -> str:
    """The HTML of a page that names a cause: a whole document in UTF-8."""
    return (
        _templates()
        .get_template("failure.html")
        .render(content=content, say=texts(content.language).page.say)
    )
