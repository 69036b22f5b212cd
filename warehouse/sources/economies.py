"""What the readers of international bodies share: economies in rows, of which China is taken."""

from collections.abc import Collection

# Status codes of SDMX as far as they are ours too; a forecast (F) is the publisher's estimate.
# Others (a break, another definition) say something else here and are kept in raw only.
OBS_STATUS = {"A": "A", "P": "P", "E": "E", "F": "E"}


def kept_in_raw(others: Collection[str | None]) -> list[str]:
    """The remark on the economies and groups of economies beside China, if there are any."""
    count = len(set(others))
    noun = "economy or group is" if count == 1 else "economies and groups are"
    return [f"rows of {count} other {noun} kept in raw"] if count else []
