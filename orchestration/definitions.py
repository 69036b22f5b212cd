"""The one Dagster code location: all that there is to run, for the home of the environment."""

import dagster as dg

from orchestration import automation
from orchestration.assets.coverage import every_study_variable_has_a_source
from orchestration.assets.dbt import dbt_tables
from orchestration.assets.held import no_file_is_held
from orchestration.assets.raw import raw_cells, raw_tables
from orchestration.assets.release import release
from orchestration.assets.revisions import revisions_break_no_definition
from orchestration.assets.studies import studies
from orchestration.resources import Warehouse
from warehouse.contract.home import Home

_home = Home.from_environment()

defs = dg.Definitions(
    assets=[raw_cells, raw_tables, dbt_tables, studies, release],
    asset_checks=[
        no_file_is_held,
        every_study_variable_has_a_source,
        revisions_break_no_definition,
    ],
    jobs=[automation.REFRESH],
    schedules=[automation.yearly_refresh, automation.monthly_look],
    sensors=[automation.landing_folder],
    executor=dg.in_process_executor,
    resources={"warehouse": Warehouse(root=str(_home.root), landing=str(_home.landing))},
)
