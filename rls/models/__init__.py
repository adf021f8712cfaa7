from rls.models.allowance import Allowance
from rls.models.order import Order
from rls.models.outbox import Change, OutboxEntry
from rls.models.presentity import Presentity
from rls.models.profile import CompatibilityProfile
from rls.models.sample import Problem, Sample
from rls.models.setting import ChangedSetting
from rls.models.subscriber import Subscriber
from rls.models.token import AccessToken
from rls.models.trace import Trace, TracedMessage
from rls.models.watcher import Watcher
from rls.models.worker import Tick, Worker

__all__ = [
    "AccessToken",
    "Allowance",
    "Change",
    "ChangedSetting",
    "CompatibilityProfile",
    "Order",
    "OutboxEntry",
    "Presentity",
    "Problem",
    "Sample",
    "Subscriber",
    "Tick",
    "Trace",
    "TracedMessage",
    "Watcher",
    "Worker",
]
