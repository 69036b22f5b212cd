"""What a refresh found: a dozen lines for whoever waits for it, and all of it in `refresh.md`."""

import shlex
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from gettext import gettext as _
from gettext import ngettext
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from orchestration import intake
from orchestration.language import said_later as _said
from orchestration.progress import marked
from orchestration.translations import in_language
from warehouse.contract.files import write_atomically
from warehouse.contract.home import Home
from warehouse.explain import findings
from warehouse.explain.findings import Findings
from warehouse.store import releases

NAMED = 3  # of a long list, so many are named in a line
_LONGEST = 240
# Checks whose findings have a part of their own
_SAID_ELSEWHERE = {
    *("every_file_is_taken", "no_file_is_held", "every_study_variable_has_a_source"),
    *("no_value_is_in_doubt", "diagnostics_raise_no_doubt"),
}

_TITLES = {
    "held": _said("Files held back"),
    "rejected": _said("Files rejected"),
    "withdrawn": _said("Files withdrawn"),
    "taken": _said("Files taken in part"),
}


def path(home: Home) -> Path:
    """The file with all findings of the last refresh."""
    return home.root / "refresh.md"


def write(home: Home, warnings: Mapping[str, str]) -> None:
    """Write what the refresh that made the current release found.

    `warnings` has what each check that warns says, one sentence a line.
    """
    with releases.connect_current(home) as release:
        found = findings.read(release)
        [(label,)] = release.execute("select label from catalog.release").fetchall()
    to_come = _part(_("Warnings"), intake.still_to_come(home))
    _write(home, [f"# {label}", "", *_bullets(_lines(found)), *to_come, *_parts(found, warnings)])


def write_failure(
    home: Home, problems: Sequence[str], warnings: Sequence[str], is_synthetic: bool
) -> None:
    """Write why a refresh stopped, and what else it had found by then."""
    current = releases.current(home)
    kept = _("there is no release yet")
    if current:
        kept = _("the release is still {release}").format(release=current["name"])
    title = marked(_("The refresh stopped: {kept}").format(kept=kept), is_synthetic)
    stopped = _part(_("What stopped it"), problems)
    _write(home, [f"# {title}", *stopped, *_part(_("Warnings"), warnings)])


def summary(home: Home, seconds: float, as_of: date | None) -> list[str]:
    """The end of a refresh in a few lines; the last one names the file that has all."""
    with releases.connect_current(home) as release:
        found = findings.read(release)
    current = releases.current(home)
    assert current
    checks = current["checks"]
    counts = _("checks    {passed} passed, {warned} warn").format(
        passed=checks["passed"], warned=len(checks["warned"])
    )
    made = _("release   {release} in {seconds:.1f} s{until}; all findings: {file}").format(
        release=current["name"],
        seconds=seconds,
        until=_(", current until the next `yearbook refresh`") if as_of else "",
        file=path(home),
    )
    first = _("first     {step}").format(step=_first(found))
    return [*_lines(found), counts + _doubts(found), first, made]


def first_step(home: Home) -> str:
    """The one thing to do first with the current release."""
    with releases.connect_current(home) as release:
        return _first(findings.read(release))


def record(home: Home) -> dict[str, Any]:
    """The end of a refresh as a program reads it."""
    with releases.connect_current(home) as release:
        found = findings.read(release)
    current = releases.current(home)
    assert current
    return {
        "release": current["name"],
        "is_synthetic": current["is_synthetic"],
        "files": dict(found.roles),
        "not_taken": [
            {"file": file["file"], "role": role, "reason": file["reason"]}
            for role in ("held", "rejected")
            for file in found.of_role(role)
        ],
        "cells_used": sum(file["cells_used"] for file in found.files),
        "cells_not_used": sum(file["cells_not_used"] for file in found.files),
        "revised": sorted({row["indicator_id"] for row in found.revised}),
        "missing": [row["indicator_id"] for row in found.absent],
        "models": len(found.models),
        "models_estimated": sum(bool(row["is_estimated"]) for row in found.models),
        "checks_passed": current["checks"]["passed"],
        "checks_warned": sorted(current["checks"]["warned"]),
        "first": _first(found),
        "findings": str(path(home)),
    }


def shortened(problems: Sequence[str], home: Home) -> list[str]:
    """The first problems and the last, which says what to do; the file has all."""
    if len(problems) <= 9:
        return list(problems)
    left_out = _("and {more} more, all in {file}").format(more=len(problems) - 8, file=path(home))
    return [*problems[:7], left_out, problems[-1]]


def _lines(found: Findings) -> Iterator[str]:
    """A line for each thing that was counted, without those of which there is nothing."""
    roles = found.roles
    counted = _(
        "files     {taken} taken, {copy} the same as others, {held} held back, {rejected} rejected"
    ).format(**{role: roles[role] for role in ("taken", "copy", "held", "rejected")})
    withdrawn = _(", {withdrawn} withdrawn").format(withdrawn=roles["withdrawn"])
    yield counted + (withdrawn if roles["withdrawn"] else "")
    for role, line in (("held", _("held      {files}")), ("rejected", _("rejected  {files}"))):
        if files := found.of_role(role):
            first, *others = files
            said = [
                f"{first['file']}: {_short(in_language(first['reason']))}",
                *(each["file"] for each in others),
            ]
            yield line.format(files=_some(said, "; "))
    yield _("cells     {cells}").format(cells=_cells(found))
    if rejected := [row for row in found.unused if row["is_rejected"]]:
        told = _("{cells} in {file} {sentence}")
        said = [
            told.format_map(row | {"sentence": _short(in_language(row["sentence"]))})
            for row in rejected
        ]
        yield _("refused   {cells}").format(cells=_some(said, "; "))
    if found.revised:
        names = sorted({row["indicator_id"] for row in found.revised})
        yield _("revised   {names}, by {count} editions").format(
            names=_some(names), count=len(found.revised)
        )
    if found.absent:
        names = [row["indicator_id"] for row in found.absent]
        said_missing = ngettext(
            "missing   {count} variable that no file provides: {names}",
            "missing   {count} variables that no file provides: {names}",
            len(names),
        )
        yield said_missing.format(count=len(names), names=_some(names))
    estimated = [row for row in found.models if row["is_estimated"]]
    largest = max((row["nobs"] or 0 for row in estimated), default=0)
    yield _("models    {estimated} of {models} estimated, largest N {largest}").format(
        estimated=len(estimated), models=len(found.models), largest=largest
    )


def _cells(found: Findings) -> str:
    """How many cells are used, and why the others are not."""
    used = sum(file["cells_used"] for file in found.files)
    total = used + sum(file["cells_not_used"] for file in found.files)
    said = [_("{used:,} of {total:,} used").format(used=used, total=total)]
    for reason, cells in found.cells_unused.most_common():
        counted = _("{cells:,} {reason}")
        said.append(counted.format(cells=cells, reason=in_language(reason)))
    if found.headings:
        labels = (f'"{row["label"]}" ({row["cells"]:,})' for row in found.headings)
        most = ", ".join(islice(labels, NAMED))
        said.append(_("headings that nothing stands for: {headings}").format(headings=most))
    return "; ".join(said)


def _doubts(found: Findings) -> str:
    """How many values look doubtful, by the check that says so."""
    counts = Counter(row["check_name"] for row in found.warnings)
    said = [f"{in_language(name)} ({count:,})" for name, count in counts.most_common()]
    return _("; doubts about values: {checks}").format(checks=_some(said)) if said else ""


def _first(found: Findings) -> str:
    """The one thing to do first."""
    for file in found.of_role("held"):
        said = _("yearbook accept {word} if it is right, yearbook withdraw {word} if not")
        return said.format(word=_shell_word(file["file"]))
    for file in found.of_role("rejected"):
        said = _("mend {name} as its reason says, or yearbook withdraw {word}")
        return said.format(name=file["file"], word=_shell_word(file["file"]))
    if any(file["role"] == "taken" and not file["cells_used"] for file in found.files):
        return _("yearbook map: it proposes what the headings stand for that nobody knows")
    if found.absent:
        return _("yearbook coverage: it says who has what is missing, and where its file belongs")
    return _("yearbook find NAME: what there is, by the names that are printed")


def _shell_word(text: str) -> str:
    """A text as one word of a command that can be pasted, as Windows has it too if that will do."""
    return shlex.quote(text) if set(text) & set('"$`!\\') else f'"{text}"'


def _parts(found: Findings, warnings: Mapping[str, str]) -> Iterator[str]:
    """Everything, each sentence once."""
    for role, title in _TITLES.items():
        reasons = [(file["reason"], file["file"]) for file in found.of_role(role) if file["reason"]]
        yield from _part(_(title), _grouped(reasons))
    yield from _part(_("Headings that no indicator stands for"), _headings(found))
    yield from _part(_("Cells rejected"), _rejected(found))
    yield from _part(_("Variables that no file provides"), _absent(found))
    yield from _part(_("Models"), _models(found))
    yield from _part(_("Revisions"), [row["sentence"] for row in found.revised])
    for check, rows in groupby(found.warnings, key=lambda row: row["check_name"]):
        messages = (f"{row['indicator_id']}: {row['message']}" for row in rows)
        yield from _part(_("Values: {check}").format(check=in_language(check)), messages)
    others = (text for name, text in warnings.items() if name not in _SAID_ELSEWHERE)
    yield from _part(_("Checks that warn"), (line for text in others for line in text.splitlines()))


def _headings(found: Findings) -> Iterator[str]:
    for row in found.headings:
        said = _('"{label}": {cells:,} cells, first in {source_id}/{first_file}')
        yield said.format_map(row)


def _rejected(found: Findings) -> list[str]:
    """Each reason once, as it is said of the first cell."""
    example = {row["reason"]: row["example"] for row in reversed(found.rejected)}
    return _grouped(
        (example[row["reason"]], _("{file} ({cells} cells, first {first_locator})").format_map(row))
        for row in found.rejected
    )


def _absent(found: Findings) -> Iterator[str]:
    for row in found.absent:
        role, place = in_language(row["study_role"]), in_language(row["where_to_get"])
        yield f"{row['indicator_id']} ({role}): {place}"


def _models(found: Findings) -> list[str]:
    return _grouped(
        (warning, f"{row['study']}/{row['model_id']}")
        for row in found.models
        for warning in (row["warnings"] or "").split("; ")
        if warning
    )


def _part(title: str, sentences: Iterable[str]) -> list[str]:
    lines = _bullets(dict.fromkeys(sentences))
    return ["", f"## {title} ({len(lines)})", "", *lines] if lines else []


def _bullets(sentences: Iterable[str]) -> list[str]:
    return [f"- {_on_one_line(in_language(sentence))}" for sentence in sentences]


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _grouped(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Each sentence once, with all that it is said of."""
    of: dict[str, list[str]] = defaultdict(list)
    for sentence, what in pairs:
        of[in_language(sentence)].append(what)
    return [f"{sentence}: {', '.join(dict.fromkeys(what))}" for sentence, what in of.items()]


def _some(names: Sequence[str], between: str = ", ") -> str:
    more = len(names) - NAMED
    left_out = _(" and {more} more").format(more=more) if more > 0 else ""
    return between.join(names[:NAMED]) + left_out


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _write(home: Home, lines: Sequence[str]) -> None:
    write_atomically(path(home), "\n".join(lines) + "\n")
