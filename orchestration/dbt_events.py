"""What dbt tells of its work while it works: several thousand events, which nobody here reads."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def untold() -> Iterator[None]:
    """Have dbt make no messages of its events.

    It makes two of each by way of JSON, a sixth of its own work, before it looks whether anybody
    listens, and there is no setting for that; to say in one where a flag of its own was declared
    it goes through all modules that there are. What becomes of a node and why dbt itself fails are
    in its result, not in its events.
    """
    from dbt_common.behavior_flags import BehaviorFlagRendered
    from dbt_common.events.base_types import BaseEvent
    from dbt_common.events.event_manager import EventManager

    made, fired = BaseEvent.__init__, EventManager.fire_event
    sought = vars(BehaviorFlagRendered)["_default_source"]
    BaseEvent.__init__ = _without_words  # type: ignore[method-assign, assignment]
    EventManager.fire_event = _to_nobody  # type: ignore[method-assign]
    BehaviorFlagRendered._default_source = staticmethod(str)  # type: ignore[method-assign]
    try:
        yield
    finally:
        BaseEvent.__init__ = made  # type: ignore[method-assign]
        EventManager.fire_event = fired  # type: ignore[method-assign]
        BehaviorFlagRendered._default_source = sought  # type: ignore[method-assign]


def _without_words(event: Any, *_: Any, **__: Any) -> None:
    event.pb_msg = getattr(event.PROTO_TYPES_MODULE, type(event).__name__)()


def _to_nobody(*_: Any, **__: Any) -> None:
    pass
