"""The page: evidence in sight, and care stated in twenty seconds. Server-made HTML; no HTTP here.

`render_page` turns assessments into a page, `render_failure` a cause into a page that names it.
Both are pure: same content, same text. There is no script and no inline style in them, so
that a strict Content-Security-Policy holds; the files of :data:`STATIC_FILES` are served beside
them.
"""

from cds_service.page.content import (
    ACTION_FIELD,
    ADD_COURSE,
    CSRF_FIELD,
    DISCIPLINES,
    FORM_ID_FIELD,
    LONGEST_TEXT,
    MOST_COURSES,
    ROWS_FIELD,
    SAVE,
    SOURCES,
    CourseField,
    FailureCause,
    FailureContent,
    FieldFault,
    Notice,
    NoticeKind,
    PageContent,
    PatientLabel,
    StatedCareForm,
    View,
    field_name,
)
from cds_service.page.rendering import STATIC_FILES, render_failure, render_page

__all__ = [
    "ACTION_FIELD",
    "ADD_COURSE",
    "CSRF_FIELD",
    "DISCIPLINES",
    "FORM_ID_FIELD",
    "LONGEST_TEXT",
    "MOST_COURSES",
    "ROWS_FIELD",
    "SAVE",
    "SOURCES",
    "STATIC_FILES",
    "CourseField",
    "FailureCause",
    "FailureContent",
    "FieldFault",
    "Notice",
    "NoticeKind",
    "PageContent",
    "PatientLabel",
    "StatedCareForm",
    "View",
    "field_name",
    "render_failure",
    "render_page",
]
