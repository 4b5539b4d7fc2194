"""What is known of a call once it is answered, for those who write that down."""

from dataclasses import dataclass, field

from cds_service.hooks.cds_hooks import HookAnswer, HookCall
from cds_service.observing.call_measures import CallMeasures
from cds_service.observing.http_exchange import HttpExchange


@dataclass(slots=True)
class AnsweredCall:
    """One call of somebody who may call, filled in on its way through the service.

    `call` None: its form was refused. `answer` None: nothing was said about any referral.
    """

    exchange: HttpExchange
    measures: CallMeasures = field(repr=False)
    service: str = ""
    call: HookCall | None = field(default=None, repr=False)
    answer: HookAnswer | None = field(default=None, repr=False)
