"""How much further than two years the templates of a hook look back (policy B14)."""

from cds_service.hooks.cds_hooks import Hook
from cds_service.settings.settings import Settings


def margin_days(hook: Hook, settings: Settings) -> int:
    """The days of the margin; at patient-view also those after which a referral is not shown."""
    if hook is Hook.PATIENT_VIEW:
        return settings.patient_view_margin_days
    return settings.window_margin_days
