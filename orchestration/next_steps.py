"""What `yearbook` alone says: what there is in a home, and what to do next."""

from collections.abc import Iterator
from gettext import gettext as _

from orchestration import lock, progress, report
from orchestration.language import said_later as _said
from warehouse.contract.home import Home
from warehouse.store import releases


def lines(home: Home) -> Iterator[str]:
    """Lines for a terminal, the commands that come next below each other."""
    holder = lock.holder(home)
    found = releases.current(home)
    if found:
        place = _("{release} is in {home}").format(release=found["name"], home=home.root)
        yield progress.marked(place, found["is_synthetic"])
    if holder:
        yield _("a refresh is at work: {process}").format(process=holder)
    elif found:
        yield _("first: {step}").format(step=report.first_step(home))
    elif _has_landed(home):
        yield _("there are files in {landing}, and no release yet").format(landing=home.landing)
    else:
        yield _("there is no warehouse in {home} yet").format(home=home.root)
    yield from _commands(_next(home, bool(found)))
    yield _("yearbook --help lists all commands")


def _has_landed(home: Home) -> bool:
    return any(home.landing.glob("*/*/*"))


def _next(home: Home, has_release: bool) -> dict[str, str]:
    if has_release:
        return _OF_A_RELEASE
    return _OF_FILES if _has_landed(home) else _OF_NOTHING


def _commands(asked: dict[str, str]) -> Iterator[str]:
    width = max(map(len, asked))
    for command, does in asked.items():
        yield f"  {command:<{width}}  {_(does)}"


_OF_FILES = {"yearbook refresh": _said("make a release of them")}
_OF_NOTHING = {
    "yearbook demo": _said("a warehouse of synthetic files, to look at"),
    "yearbook refresh --landing DIR": _said("a warehouse of your files in DIR/SOURCE/EDITION/"),
}
_OF_A_RELEASE = {
    "yearbook coverage": _said("what is there, what is missing, and where to get it"),
    "yearbook find NAME": _said("data by the names that are printed, Chinese or English"),
    'yearbook sql "from catalog.coverage"': _said("any query"),
    "yearbook refresh": _said("take in new files from the landing folder"),
    "yearbook ui": _said("the pages with every run, table and check"),
}
