"""What the readers of international bodies share: every economy and group is a value."""

# Status codes of SDMX as far as they are ours too; a forecast (F) is the publisher's estimate.
# Others (a break, another definition) say something else here and are kept in raw only.
OBS_STATUS = {"A": "A", "P": "P", "E": "E", "F": "E"}
