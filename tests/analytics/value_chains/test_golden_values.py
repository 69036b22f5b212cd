"""Measures whose numbers are known: on paper, as exact fractions, and from packages of R."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from analytics.value_chains.results import value_chains
from analytics.value_chains.table import InterCountryTable

REFERENCES = Path(__file__).resolve().parents[3].parent / "shared" / "references"
COUNTRY = {
    "dva_content": "tiva.EXGR_DVA",
    "fva_content": "tiva.EXGR_FVA",
    "dva_direct": "tiva.EXGR_DDC",
    "dva_indirect": "tiva.EXGR_IDC",
    "dva_reimported": "tiva.EXGR_RIM",
    "exports_intermediate": "tiva.EXGR_INT",
    "exports_final": "tiva.EXGR_FNL",
    "vax": "tiva.FFD_DVA",
    "dfd_fva": "tiva.DFD_FVA",
    "iv_unctad": "indirect_value_added.unctad_dvx",
    "iv_kpww": "indirect_value_added.kpww2010",
    "participation_unctad": "koopman2010.unctad_dvx.participation",
    "position_unctad": "koopman2010.unctad_dvx.position",
    "position_kpww": "koopman2010.kpww2010.position",
    "position_kww3": "koopman2010.kww2014_t3.position",
    "bm_gvc_backward": "borin_mancini.gvc_backward",
    "bm_gvc_forward": "borin_mancini.gvc_forward",
    "wang_forward": "wang2017.forward",
    "wang_backward": "wang2017.backward",
    "wang_plv": "wang2017.plv_gvc",
    "wang_ply": "wang2017.ply_gvc",
    "wang_position": "wang2017.position",
    "upstreamness_exports": "upstreamness_export_weighted",
    "upstreamness_output": "upstreamness_output_weighted",
    "downstreamness_output": "downstreamness_output_weighted",
    "ict_services_content_domestic": "ict_services.domestic",
    "ict_services_content_foreign": "ict_services.foreign",
    "ict_services_exports_direct": "ict_services.direct_exports",
}
PARTNER = {
    "bm_dva": "dva_source",
    "bm_ddc": "ddc_source",
    "bm_fva": "fva_source",
    "bm_fdc": "fdc_source",
    "bm_davax": "davax",
    "bm_ref": "ref_source",
    "bm_dva_sink": "dva_sink",
    "bm_ddc_sink": "ddc_sink",
    "bm_fva_sink": "fva_sink",
    "bm_fdc_sink": "fdc_sink",
    "bm_ref_sink": "ref_sink",
    "bm_world_dva": "dva_world_sink",
    "bm_world_fva": "fva_world_sink",
}


def _reference(*names: str) -> Path:
    path = REFERENCES.joinpath(*names)
    if not path.exists():
        pytest.skip(f"the reference values are not beside the repository: {path}")
    return path


def _table(path: Path) -> InterCountryTable:
    printed = pd.read_csv(path, index_col=0)
    rows = [row for row in printed.index if row in printed.columns and row != "OUT"]
    countries = tuple(dict.fromkeys(row[:3] for row in rows))
    return InterCountryTable(
        printed.loc[rows, rows].to_numpy(float),
        printed.loc[rows, [f"{country}_HFCE" for country in countries]].to_numpy(float),
        np.array([countries.index(row[:3]) for row in rows]),
        countries,
        tuple(row[4:] for row in rows),
    )


@pytest.mark.parametrize("name", ["chain", "loop"])
def test_the_tables_that_are_known_on_paper(name):
    table = _table(_reference("value_chain", name, "table.csv"))
    expected = yaml.safe_load(_reference("value_chain", name, "expected.yml").read_text("utf-8"))
    services = np.array([industry == "S" for industry in table.industries])
    found = value_chains(table, {"ict_services": services})
    for place, country in enumerate(table.countries):
        of_country = pd.json_normalize(expected["measures"][country]).iloc[0]
        for measure, key in COUNTRY.items():
            value = np.nan if of_country[key] is None else of_country[key]
            assert found.country[measure][place] == _printed(value), (country, measure)
        exact = [float(Fraction(term)) for term in expected["kww_exact"][country]]
        terms = [found.country[f"kww_{term}"][place] for term in range(1, 10)]
        assert terms == pytest.approx(exact, rel=1e-13, abs=1e-13)
        for other, of_pair in expected["bilateral"][country].items():
            pair = place, table.countries.index(other)
            for measure, key in PARTNER.items():
                assert found.partner[measure][pair] == _printed(of_pair[key]), (pair, measure)
    [origins] = expected["value_added_origin_of_exports"].values()
    assert found.origin == pytest.approx(np.array([*origins.values()]), rel=1e-10)
    names = [f"{table.countries[home]}_{industry}" for home, industry in found.keys]
    for measure in ("upstreamness", "downstreamness"):
        assert dict(zip(names, found.industry[measure])) == pytest.approx(expected[measure])
    keys = {"wang_forward": "gvcpt_f", "wang_backward": "gvcpt_b", "wang_plv": "plv_gvc"}
    for measure, key in (keys | {"wang_ply": "ply_gvc"}).items():
        for row, name in enumerate(names):
            value = expected["wang2017_by_industry"][name].get(key)
            if value is not None:
                assert found.industry[measure][row] == _printed(value), (name, measure)


def _printed(value: float) -> object:
    """Equal to the last of twelve printed digits, and to zero or nothing exactly as said."""
    return pytest.approx(value, rel=1e-11, abs=1e-13, nan_ok=True)


def test_the_leather_table_of_r():
    folder = _reference("value_chain")
    flows = pd.read_csv(folder / "inter.csv", index_col=0)
    final = pd.read_csv(folder / "final.csv", index_col=0)
    [expected] = [
        yaml.safe_load(_reference("expected.yml").read_text("utf-8"))["value_chain_leather"]
    ]
    countries = tuple(final.columns)
    table = InterCountryTable(
        flows.to_numpy(float),
        final.to_numpy(float),
        np.array([countries.index(row.partition(".")[0]) for row in flows.index]),
        countries,
        tuple(row.partition(".")[2] for row in flows.index),
    )
    of = value_chains(table).country
    for country in ("Argentina", "Turkey"):
        place, values = countries.index(country), expected[country]
        terms = [of[f"kww_{term}"][place] for term in range(1, 10)]
        assert terms == pytest.approx(values["T"], abs=1e-8)
        found = {
            letter: of[f"iv_{name}"][place]
            for letter, name in zip("ABC", ("unctad", "kpww", "kww3"))
        }
        assert found == pytest.approx({letter: values["iv"][letter] for letter in "ABC"}, abs=1e-8)
        for measure, key in (
            *(("exports", "E"), ("dva_content", "domestic_content")),
            *(("participation_unctad", "participation_A"), ("position_unctad", "position_A")),
            *(("position_kpww", "position_B"), ("wang_forward", "forward_2017")),
            ("wang_backward", "backward_2017"),
        ):
            assert of[measure][place] == pytest.approx(values[key], abs=1e-8)
