"""The revision report: one row and one sentence an indicator and edition that revised it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_EDITION = ["indicator_id", "source_id", "published_on", "series_vintage"]
BREAKS = ("definition break", "suspected break")


def report(revisions: "pd.DataFrame", areas: "pd.DataFrame") -> "pd.DataFrame":
    """One row an indicator and edition, from `results.revisions` and `catalog.dim_area`.

    Columns: indicator_id, source_id, published_on, previous_published_on, cells_changed,
    cells_compared, median_change, largest_change (fractions), largest_at, breaks (area-years),
    sentence, break_sentence (of those that break a definition, "" without any).
    """
    import pandas as pd

    names = areas.set_index("area_code")["name_en"]
    revisions = revisions.assign(area=revisions["area_code"].map(names))
    rows = [_row(rows) for _, rows in revisions.groupby(_EDITION, sort=True)]
    columns = ["indicator_id", "source_id", "published_on", "previous_published_on"]
    columns += ["cells_changed", "cells_compared", "median_change", "largest_change", "largest_at"]
    return pd.DataFrame(rows, columns=[*columns, "breaks", "sentence", "break_sentence"])


def _row(rows: "pd.DataFrame") -> dict:
    change = rows["relative_change"].astype(float)
    first = rows.iloc[0]
    largest = rows.loc[change.abs().idxmax()] if change.notna().any() else first
    edition = (
        f"{first['indicator_id']}: {first['source_id']} of {first['published_on']:%Y-%m-%d} "
        f"({first['series_vintage']})"
    )
    broken = rows[rows["kind"].isin(BREAKS)]
    return {
        "indicator_id": first["indicator_id"],
        "source_id": first["source_id"],
        "published_on": f"{first['published_on']:%Y-%m-%d}",
        "previous_published_on": f"{rows['previous_published_on'].max():%Y-%m-%d}",
        "cells_changed": len(rows),
        "cells_compared": int(first["cells_compared"]),
        "median_change": round(change.median(), 6),
        "largest_change": round(float(largest["relative_change"]), 6),
        "largest_at": f"{largest['area']} {largest['year']}",
        "breaks": len(broken),
        "sentence": f"{edition} changes {len(rows)} of {first['cells_compared']} values, in the "
        f"median by {change.median():+.1%}, most {largest['area']} {largest['year']} "
        f"({largest['relative_change']:+.1%}); {_kinds(rows)}",
        "break_sentence": f"{edition}: {_broken(broken)}" if len(broken) else "",
    }


def _kinds(rows: "pd.DataFrame") -> str:
    return "; ".join(f"{count} {kind}" for kind, count in rows["kind"].value_counts().items())


def _broken(rows: "pd.DataFrame") -> str:
    """The areas of each kind of break, the largest change first, with what the source says."""
    parts = []
    for (kind, area), found in rows.groupby(["kind", "area"], sort=False):
        largest = found.loc[found["relative_change"].astype(float).abs().idxmax()]
        years = f"{found['year'].min()}-{found['year'].max()}"
        parts.append(
            f"{kind} of {area} {years}, {largest['relative_change']:+.1%} in {largest['year']} "
            f"({largest['evidence']})"
        )
    more = [f"and {len(parts) - 5} more areas"] if len(parts) > 5 else []
    return "; ".join([*parts[:5], *more])
