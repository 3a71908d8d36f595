"""dbt in this process without what nobody reads: a third of a small build's time.

dbt makes a message of each statement, each look into its cache and each step, also where no log takes it; and looks
through the source files of the whole call stack for a name that is never shown, once for each of its flags.
"""

from typing import Any

from dbt_common.behavior_flags import BehaviorFlagRendered
from dbt_common.events import base_types
from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager
from dbt_common.events.event_manager_client import ctx_set_event_manager
from google.protobuf.json_format import ParseDict
from google.protobuf.message import Message


class QuietEvents(EventManager):
    """dbt's events, without those for debugging where no log is open."""

    def fire_event(
        self,
        e: BaseEvent,
        level: EventLevel | None = None,
        node: Any = None,
        force_warn_or_error_handling: bool = False,
    ) -> None:
        """Hand an event on to logs and callbacks, unless it is one for debugging and there is no log."""
        if self.loggers or (level or e.level_tag()) is not EventLevel.DEBUG:
            super().fire_event(e, level, node, force_warn_or_error_handling)


def _filled(fields: dict[str, Any], message: Message) -> Message:
    """What ``ParseDict`` gives, by the message's own constructor where that takes the fields as they are."""
    try:
        return type(message)(**fields)
    except (TypeError, ValueError, AttributeError):  # a time as text, which the constructor wants as a time
        return ParseDict(fields, message)


def _begin(self: BaseEvent, *args: Any, **kwargs: Any) -> None:
    """Keep what an event says; its message is made when somebody reads it, which most never are."""
    object.__setattr__(self, "said", (args, kwargs))


def _read(self: BaseEvent, name: str) -> Any:
    if name == "pb_msg":
        args, kwargs = object.__getattribute__(self, "said")
        _begin_at_once(self, *args, **kwargs)
        return self.pb_msg
    return getattr(self.pb_msg, name)


_begin_at_once = BaseEvent.__init__


def be_quiet() -> None:
    """From now on dbt's runs in this process make no messages that nobody reads."""
    ctx_set_event_manager(QuietEvents())
    BaseEvent.__init__ = _begin  # type: ignore[method-assign]
    BaseEvent.__getattr__ = _read  # type: ignore[method-assign]
    base_types.ParseDict = _filled  # type: ignore[attr-defined]
    BehaviorFlagRendered._default_source = staticmethod(lambda: "dbt")  # type: ignore[method-assign]
