"""What holds for every table, and every measure as its definition says it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.errors import SpecificationError
from analytics.value_chains.measures import COLUMNS, MEASURES, SETS
from analytics.value_chains.results import value_chains
from analytics.value_chains.table import InterCountryTable
from tests.analytics.value_chains.by_definition import by_definition
from tests.analytics.value_chains.random_tables import TABLES, random_table

EASY = settings(max_examples=30, deadline=None)


def _close(found, expected, scale) -> None:
    found, expected = np.broadcast_arrays(found, expected)
    assert np.array_equal(np.isnan(found), np.isnan(expected)), (found, expected)
    # Of exports that cancel out but for a rest a share may be thousands
    size = np.nanmax(np.abs(expected), initial=np.max(scale))
    assert np.nanmax(np.abs(found - expected), initial=0) <= 1e-9 * size, (found, expected)


@EASY
@given(TABLES)
def test_every_measure_is_its_definition(table):
    found = value_chains(table)
    country, partner = by_definition(table)
    world = max(np.abs(table.output).sum(), 1)
    for name, expected in country.items():
        scale = 10 if MEASURES[name].unit != "million USD" else world
        _close(found.country[name], expected, scale)
    for name, expected in partner.items():
        _close(found.partner[name], expected, world)


@EASY
@given(TABLES)
def test_what_adds_up(table):
    found = value_chains(table)
    of, to = found.country, found.partner
    scale = max(np.abs(of["exports"]).max(), np.abs(table.output).max() * 1e-3, 1e-9)

    def kww(first, last):
        return sum(of[f"kww_{number}"] for number in range(first, last + 1))

    equal = [
        (of["exports"], of["dva_content"] + of["fva_content"]),
        (of["exports"], of["exports_intermediate"] + of["exports_final"]),
        (of["dva_content"], of["dva_direct"] + of["dva_indirect"] + of["dva_reimported"]),
        (of["exports"], kww(1, 9)),
        (of["vax"], kww(1, 3)),
        (of["dva_content"], kww(1, 6)),
        (of["fva_content"], kww(7, 9)),
        (of["bm_dva"], kww(1, 5)),
        (of["bm_world_fva"], kww(7, 8)),
        (of["iv_kww3"], of["kww_3"]),
        (of["bm_gvc_backward"] + of["bm_dva"], of["exports"]),
        (of["bm_dva"], of["vax"] + of["bm_ref"]),
        (found.origin.sum(axis=0), of["exports"]),
        (np.diag(found.origin), of["dva_content"]),
        (to["bm_dva"] + to["bm_ddc"], to["dva_content"]),
        (to["bm_fva"] + to["bm_fdc"], to["fva_content"]),
        (to["dva_content"] + to["fva_content"], to["exports"]),
        (
            to["bm_dva_sink"] + to["bm_ddc_sink"] + to["bm_fva_sink"] + to["bm_fdc_sink"],
            to["exports"],
        ),
        ((of["bm_world_dva"] + of["bm_world_fva"]).sum(), of["bm_dva"].sum()),
        (of["vax"].sum(), of["dfd_fva"].sum()),
        (np.nan_to_num(of["wang_forward_complex"]) * of["value_added"], of["bm_gvc_forward"]),
        (np.bincount(_countries_of(found), found.industry["dva_content"]), of["dva_content"]),
        (
            np.bincount(_countries_of(found), found.industry["value_added_in_exports"]),
            of["dva_content"],
        ),
        (found.industry["value_added_in_foreign_exports"].sum(), of["fva_content"].sum()),
    ]
    for one, other in equal:
        _close(one, other, scale)
    for name in ("dva", "ddc", "fva", "fdc", "ref"):
        _close(to[f"bm_{name}"].sum(axis=1), to[f"bm_{name}_sink"].sum(axis=1), scale)


def _countries_of(found):
    return [place for place, _ in found.keys]


@EASY
@given(TABLES, st.integers(0, 1000))
def test_the_order_of_rows_and_countries_means_nothing(table, seed):
    random = np.random.default_rng(seed)
    rows = random.permutation(len(table.home))
    countries = random.permutation(len(table.countries))
    place = np.argsort(countries)
    other = InterCountryTable(
        table.intermediate[np.ix_(rows, rows)],
        table.final[np.ix_(rows, countries)],
        place[table.home[rows]],
        tuple(table.countries[country] for country in countries),
        tuple(table.industries[row] for row in rows),
    )
    one, two = value_chains(table), value_chains(other)
    scale = {name: _scale(name, table) for name in one.country}
    for name, values in one.country.items():
        _close(two.country[name], values[countries], scale[name])
    for name, values in one.partner.items():
        _close(two.partner[name], values[np.ix_(countries, countries)], scale["exports"])
    keys = [(table.countries[place], industry) for place, industry in one.keys]
    others = [(other.countries[place], industry) for place, industry in two.keys]
    order = [others.index(key) for key in keys]
    for name, values in one.industry.items():
        _close(two.industry[name][order], values, _scale(name, table))


@EASY
@given(TABLES, st.sampled_from([1e-3, 7.5, 1e6]))
def test_a_change_of_unit_changes_levels_alone(table, factor):
    other = InterCountryTable(
        table.intermediate * factor,
        table.final * factor,
        table.home,
        table.countries,
        table.industries,
    )
    one, two = value_chains(table), value_chains(other)
    for name, values in one.country.items():
        by = factor if MEASURES[name].unit == "million USD" else 1
        _close(two.country[name] / by, values, _scale(name, table))


@EASY
@given(TABLES, st.integers(0, 1000))
def test_an_industry_cut_into_equal_halves_changes_nothing_but_who_supplies_whom(table, seed):
    row = seed % len(table.home)
    cut = [*range(len(table.home)), row]
    weight = np.where(np.isin(cut, [row]), 0.5, 1)
    other = InterCountryTable(
        table.intermediate[np.ix_(cut, cut)] * weight[:, None] * weight,
        table.final[cut] * weight[:, None],
        table.home[cut],
        table.countries,
        (*table.industries, "half"),
    )
    one, two = value_chains(table), value_chains(other)
    for name, values in one.country.items():
        if name not in ("dva_direct", "dva_indirect"):
            _close(two.country[name], values, _scale(name, table))
    for name, values in one.partner.items():
        _close(two.partner[name], values, _scale("exports", table))


def _scale(name, table):
    is_level = MEASURES[name].unit == "million USD"
    return max(np.abs(table.output).sum(), 1) if is_level else 10


@EASY
@given(st.integers(0, 1000), st.integers(2, 4), st.integers(1, 3), st.integers(0, 2))
def test_a_country_without_trade_has_no_chain(seed, countries, industries, idle):
    table = random_table(seed, countries, industries, idle=idle, closed=True)
    found = value_chains(table)
    last = {name: values[-1] for name, values in found.country.items()}
    content = found.origin[-1, :-1]
    assert last["exports"] == 0 and not content.any()
    for name in ("vax", "dfd_fva", "bm_dva", "iv_unctad", "iv_kpww", "kww_4", "kww_6"):
        assert last[name] == 0
    for name in ("position_unctad", "wang_plv", "wang_ply", "wang_position", "dva_share"):
        assert np.isnan(last[name])
    assert last["wang_forward"] == 0 and abs(last["wang_backward"]) < 1e-14
    assert found.country_frame()["reason"].iloc[-1].startswith("no exports; ")


def test_one_country_and_one_industry():
    table = InterCountryTable(np.array([[2.0]]), np.array([[3.0]]), np.array([0]), ("A",), ("I",))
    found = value_chains(table)
    assert found.industry["upstreamness"] == pytest.approx([5 / 3])
    assert found.country["value_added"] == pytest.approx([3])
    assert found.country["exports"] == [0]
    assert found.partner["domestic_sales"] == [[5]]


@EASY
@given(TABLES)
def test_a_group_is_one_exporter_and_not_a_sum(table):
    if len(table.countries) < 2:
        return
    group = table.grouped("GROUP", table.countries[:2])
    found, parts = value_chains(group), value_chains(table)
    within = parts.partner["exports"][:2, :2].sum()
    _close(
        found.country["exports"][-1],
        parts.country["exports"][:2].sum() - within,
        _scale("exports", table),
    )
    expected, _ = by_definition(group)
    _close(found.country["kww_3"], expected["kww_3"], _scale("exports", table))


def test_what_is_no_table_is_refused():
    with pytest.raises(SpecificationError, match="no Leontief inverse"):
        value_chains(
            InterCountryTable(np.eye(2), np.zeros((2, 1)), np.zeros(2, int), ("A",), ("I", "J"))
        )
    two = InterCountryTable(np.eye(2), np.eye(2), np.arange(2), ("A", "B"), ("I", "I"))
    with pytest.raises(SpecificationError, match="`D` is no economy of the table; it has A, B"):
        two.grouped("G", ["D"])


def test_every_column_is_a_declared_measure_and_every_measure_a_column():
    table = random_table(1, 3, 2)
    sets = {name: np.arange(6) % 2 == 0 for name in SETS}
    found = value_chains(table, sets)
    tables = {"country": found.country, "industry": found.industry, "partner": found.partner}
    assert {name: {*columns} for name, columns in tables.items()} == {
        name: {*COLUMNS[name]} for name in tables
    }
    assert {name for columns in COLUMNS.values() for name in columns} == set(MEASURES)
