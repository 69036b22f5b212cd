"""The policy of a home: what is kept over the years, and whom a failed refresh is told.

`policy.yml` in the home; every line of it may be left out.
"""

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from warehouse.contract import complaints
from warehouse.contract.editions import StrictLoader
from warehouse.contract.errors import WarehouseError
from warehouse.contract.home import Home

_EXAMPLE = "releases: {keep: 10}"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Releases(_Part):
    """Which releases stay, beside the current one and those that are pinned."""

    keep: int = Field(default=10, ge=1, description="the last so many, in the order they were made")
    yearly: bool = Field(default=True, description="the last one of each year of publication")


class History(_Part):
    """How much Dagster remembers; each refresh forgets what is beyond it."""

    runs: int = Field(default=20, ge=1, description="the last so many runs, and the last good one")


class Drafts(_Part):
    """Unfinished files of killed commands, set-aside histories, rows of failed tests."""

    days: int = Field(default=7, ge=0, description="how long they stay")


class Alerts(_Part):
    """Where a run that failed is told of."""

    file: Path | None = Field(default=None, description="of the home, gets one line more")
    command: list[str] | None = Field(
        default=None, min_length=1, description="with its arguments, told on its standard input"
    )


class Policy(_Part):
    """What a home keeps, and whom it tells."""

    releases: Releases = Releases()
    history: History = History()
    drafts: Drafts = Drafts()
    alerts: Alerts = Alerts()


def path(home: Home) -> Path:
    """Where the policy of a home is, if it has one."""
    return home.root / "policy.yml"


def read(home: Home) -> Policy:
    """The policy of a home, what it does not say as it is by default. Raises `WarehouseError`."""
    file = path(home)
    try:
        content = yaml.load(file.read_text(encoding="utf-8-sig"), StrictLoader)
        return Policy.model_validate({} if content is None else content)
    except FileNotFoundError:
        if others := sorted(home.root.glob("[Pp]olicy.[Yy]*")):
            raise WarehouseError(f"{others[0]} is not read: name it {file.name}") from None
        return Policy()
    except ValidationError as error:
        said = complaints.of_content(error, Policy, _EXAMPLE, {})
        raise WarehouseError(f"{file}: {said}") from None
    except yaml.YAMLError as error:
        said = complaints.of_yaml(error)
        raise WarehouseError(f"{file} is not valid YAML {said}") from None
    except OSError as error:
        raise WarehouseError(f"{file} cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise WarehouseError(f"{file} is no UTF-8 text: save it as UTF-8") from None
