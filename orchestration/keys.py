"""Asset keys are SQL addresses, and an asset's group follows from its schema. One rule, here."""

import re
from collections.abc import Mapping
from typing import Any

from dagster import AssetKey

_GROUPS = {
    "raw": "raw",
    "seeds": "staging",
    "staging": "staging",
    "intermediate": "intermediate",
    "marts": "marts",
    "catalog": "marts",
    "results": "models",
}
# Who mends a table: the folder whose code makes it
_OWNERS = {"raw": "warehouse", "results": "analytics"}
_READ_BY_ANALYSTS = ("catalog", "marts", "results")
# Tables of economies and of value chains, whatever their schema
_COUNTRIES = re.compile(
    r"raw\.(value_chains|inter_country_tables|measures)|(seeds|catalog)\.(country|countries).*|"
    r"catalog\.(dim_country|dim_industry|dim_measure|inter_country_block)|"
    r"marts\..*(value_chain__|country|_world__).*"
)


def asset_key(address: str) -> AssetKey:
    """`marts.idx_expy__province_year` is the asset `marts/idx_expy__province_year`."""
    return AssetKey(address.split("."))


def address(key: AssetKey) -> str:
    """The table of an asset."""
    return ".".join(key.path)


def group(address: str) -> str:
    """The group in which the Dagster UI shows the table."""
    return "countries" if _COUNTRIES.fullmatch(address) else _GROUPS[address.split(".")[0]]


def owner(address: str) -> str:
    """The team that Dagster names as the owner of a table: the folder whose code makes it."""
    if address == "catalog.release":
        return "team:orchestration"
    return f"team:{_OWNERS.get(address.split('.')[0], 'dbt_project')}"


def tags(address: str) -> dict[str, str]:
    """What the Dagster UI is searched by: whether a table is in a release or made on the way."""
    is_released = address.split(".")[0] in _READ_BY_ANALYSTS
    return {"read_by": "analysts" if is_released else "the_warehouse"}


def dbt_address(node: Mapping[str, Any]) -> str:
    """The table of a dbt model, seed or source, from its entry in the manifest."""
    return f"{node['schema']}.{node.get('alias') or node.get('identifier') or node['name']}"
