"""The one Dagster code location: all that there is to run, for the home of the environment."""

import dagster as dg

from orchestration import assets, automation, checks, language
from orchestration.assets.release import release_of
from orchestration.engines import Asked
from orchestration.keys import address, owner, tags
from orchestration.resources import Warehouse
from warehouse.contract.home import Home

# What a run writes into its home is in the language of who started it
language.speak(language.asked(()))
_home = Home.from_environment()
_engine = Asked.from_environment()
_assets = [
    definition
    for definition in dg.load_assets_from_package_module(assets)
    if isinstance(definition, dg.AssetsDefinition)
]
_checks = dg.load_asset_checks_from_package_module(checks)


def _owned(spec: dg.AssetSpec) -> dg.AssetSpec:
    table = address(spec.key)
    return spec.merge_attributes(owners=[owner(table)], tags=tags(table))


defs = dg.Definitions(
    assets=dg.map_asset_specs(_owned, [*_assets, release_of(_assets, _checks)]),
    asset_checks=_checks,
    jobs=[automation.REFRESH],
    schedules=[automation.yearly_refresh, automation.monthly_look],
    sensors=[automation.landing_folder, automation.failed_run],
    executor=dg.in_process_executor,
    resources={
        "warehouse": Warehouse(
            root=str(_home.root),
            landing=str(_home.landing),
            engine=_engine.name,
            master=_engine.master,
        )
    },
)
