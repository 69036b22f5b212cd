"""The one resource: a home that is locked against other refreshes for as long as a run lasts."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from pathlib import Path

import dagster as dg

from orchestration import history, instance, intake, judgement, lock, progress
from orchestration.engines import Asked, EngineName
from warehouse.contract import files, policy
from warehouse.contract.home import Home


class Warehouse(dg.ConfigurableResource):
    """A home and the folder to take files from; without one they have been taken in already.

    `as_of` is the date as of which the world is built, YYYY-MM-DD; None for all that is known.
    `engine` runs the SQL (`engines.EngineName`), if it is Spark, on `master`.
    """

    root: str
    landing: str | None = None
    as_of: str | None = None
    engine: EngineName = EngineName.duckdb
    master: str = Asked.master

    @property
    def home(self) -> Home:
        return Home(Path(self.root))

    @property
    def vintage(self) -> date | None:
        """The date as of which the world is built."""
        return date.fromisoformat(self.as_of) if self.as_of else None

    @cached_property
    def is_synthetic(self) -> bool:
        return intake.is_synthetic(self.home)

    def say(self, text: str) -> None:
        """What a stage has to say when it ends, for a person at the terminal."""
        progress.tell(text, self.is_synthetic)

    def say_how_far(self, text: str) -> None:
        """How far the stage is that is at work."""
        progress.tell_how_far(text, self.is_synthetic)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Warehouse"]:
        if self.home != Home.from_environment():
            raise dg.Failure(
                f"this run is to refresh {self.root}, but it was started for the home "
                f"{Home.from_environment().root}: leave `root` out of its configuration"
            )
        with lock.refreshing(self.home), files.each_hashed_once(self.home.hashes):
            if self.landing:
                intake.take_in(self.home, Path(self.landing))
                judgement.check(self.home)
            tags = {instance.LOCKED: instance.holder()}
            if self.is_synthetic:
                tags["yearbook/data"] = "SYNTHETIC"
            if self.as_of:
                tags["yearbook/as_of"] = self.as_of
            assert context.instance and context.run_id  # as always in a run
            instance.stay_connected(context.instance)
            context.instance.add_run_tags(context.run_id, tags)
            instance.end_dead_runs(context.instance, own_run_id=context.run_id)
            history.forget(context.instance, policy.read(self.home).history.runs)
            yield self
