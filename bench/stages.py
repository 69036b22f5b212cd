"""Where the processor time of a cold demonstration goes, stage by stage.

Prints; asserts nothing. Runs the whole refresh in this process and clocks the functions that do
the work; what is left is Dagster: its definitions, its plan, its events. What belongs to the code
and not to a home (dbt's manifest, Vega as one script) is made before.
"""

import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from measuring import floor, show

SPENT: dict[str, float] = defaultdict(float)
IN_DUCKDB: list[float] = []


def main() -> None:
    import orchestration.cli.app  # noqa: F401  (it says how often garbage is looked for)

    importing = floor()
    _clocked("imports", _import)()
    from dbt.adapters.duckdb.environments.local import DuckDBCursorWrapper

    from orchestration import dbt_manifest, dbt_runner, intake, refresh, report, user_cache
    from orchestration.assets import studies, value_chains
    from warehouse.contract.home import Home
    from warehouse.intake import raw
    from warehouse.report import pictures, writing
    from warehouse.store import build, package, release_database, releases

    dbt_manifest.keep()
    _clock("dbt's manifest, read for this home", dbt_manifest, "described", "parsed")
    _clock("demonstration files", intake, "write_demonstration")
    _clock("snapshots and cells", intake, "take_in")
    _clock("snapshots and cells", raw, "read")
    _clock("dbt build", dbt_runner, "run")
    DuckDBCursorWrapper.execute = _in_threads(DuckDBCursorWrapper.execute)
    _clock("value chains measured", value_chains, "value_chain_files")
    _clock("studies", studies, "study_results")
    _clock("texts and figures of the studies", studies, "printed_markdown", "curve_figure")
    _clock("texts and figures of the studies", studies, "event_figures")
    _clock("tables in and out", build, "begin", "tables", "read_table", "write_results")
    _clock("tables in and out", build, "keep_failing_rows")
    _clock("release: database", release_database, "write")
    _clock("release: Parquet, dictionary, data package", package, "write")
    _clock("release: report", writing, "write")
    _clock("release: hashes", releases, "fingerprint", "publish")
    _clock("what a refresh says", report, "summary")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "static").mkdir()
        pictures.Pictures(Path(folder), None).write_program(user_cache.folder("report"))
        home = Home(Path(folder) / "home")
        started = time.process_time()
        intake.write_demonstration(home)
        refresh.refresh(home, home.landing)
        whole = time.process_time() - started + SPENT["imports"]
    SPENT["Dagster: definitions, plan, events"] = whole - sum(SPENT.values())
    SPENT["all of it"], SPENT["the floor"] = whole, importing
    for stage, seconds in SPENT.items():
        print(f"{seconds:7.2f} s  {seconds / importing:5.2f} of the floor  {stage}")
    print(f"{sum(IN_DUCKDB):7.2f} s  {sum(IN_DUCKDB) / importing:5.2f} of the floor  DuckDB in dbt")
    show("all of it over the floor", whole / importing, 5)
    # The goals in seconds were set where the floor is 4.5 s
    show("studies over the floor", SPENT["studies"] / importing, round(3 / 4.5, 2))
    events = SPENT["Dagster: definitions, plan, events"]
    show("Dagster over the floor", events / importing, round(5 / 4.5, 2))
    show("report over the floor", SPENT["release: report"] / importing, round(5 / 4.5, 2))
    manifest = SPENT["dbt's manifest, read for this home"]
    show("dbt's manifest over the floor", manifest / importing, round(1 / 4.5, 2))


def _import() -> None:
    import dagster  # noqa: F401
    import dagster_dbt  # noqa: F401
    import dbt.cli.main  # noqa: F401
    import duckdb  # noqa: F401
    import linearmodels  # noqa: F401
    import pandas  # noqa: F401


def _clock(stage: str, module: ModuleType, *names: str) -> None:
    """Count the time in functions of a module, less that in clocked ones that they call."""
    for name in names:
        setattr(module, name, _clocked(stage, getattr(module, name)))


def _clocked(stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def clocked(*arguments: Any, **named: Any) -> Any:
        before, started = sum(SPENT.values()), time.process_time()
        try:
            return function(*arguments, **named)
        finally:
            inside = sum(SPENT.values()) - before
            SPENT[stage] += time.process_time() - started - inside

    return clocked


def _in_threads(statement: Callable[..., Any]) -> Callable[..., Any]:
    """Count the time of dbt's statements in the threads that wait for them."""

    def clocked(*arguments: Any, **named: Any) -> Any:
        started = time.thread_time()
        try:
            return statement(*arguments, **named)
        finally:
            IN_DUCKDB.append(time.thread_time() - started)

    return clocked


if __name__ == "__main__":
    main()
