"""Draft orders as referrals: which of them are to rehabilitation medicine, and for what reason.

:func:`referral_orders` reads all orders of a call. It asks for what it lacks by what it returns:
a performer or a Condition to read, after which it is called again.
"""

from fhir_mappings.orders.referrals import (
    OrderReading,
    OtherOrder,
    OtherSubjectError,
    OurOrder,
    UnreadPerformer,
    dangling_selections,
    referral_orders,
)

__all__ = [
    "OrderReading",
    "OtherOrder",
    "OtherSubjectError",
    "OurOrder",
    "UnreadPerformer",
    "dangling_selections",
    "referral_orders",
]
