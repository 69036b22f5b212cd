"""What leaves a home: the wide table of the release, panels as files of other programs."""

import pandas as pd
import pyreadstat
import pytest


@pytest.fixture(scope="module")
def export(demonstration, yearbook):
    """`yearbook export` of the demonstration, which says on every line that it is one."""

    def run(*arguments: str, status: int = 0) -> str:
        done = yearbook("export", *arguments, "--home", str(demonstration.home))
        assert done.returncode == status, done.stderr
        assert all(line.startswith("SYNTHETIC · ") for line in done.stderr.splitlines())
        return done.stderr

    return run


def test_the_wide_table_has_every_value_of_every_indicator(demonstration):
    indicators = [
        name
        for (name,) in demonstration.rows(
            "select indicator_id from catalog.dim_indicator order by 1"
        )
    ]
    columns = ["area_code", "year", *indicators]
    described = demonstration.rows(
        "select column_name from duckdb_columns() where table_name = 'indicators__area_year' order by column_index"
    )
    assert [name for (name,) in described] == columns
    differing = demonstration.value(
        "select count(*) from (unpivot marts.indicators__area_year on * exclude (area_code, year) "
        "into name indicator_id value value) full join (from marts.fct_observation where value is not null) as facts "
        "using (area_code, year, indicator_id, value) where facts.unit is null or value is null"
    )
    assert differing == 0
    assert demonstration.value("select count(gdp) from marts.indicators__area_year") == 15 * 31


def test_a_column_is_in_the_unit_of_its_areas_and_never_in_two(demonstration, export, tmp_path):
    """Incomes of provinces are in yuan, those of economies in dollars, under one name."""
    file = tmp_path / "income.dta"
    asked = ("--indicators", "ln_income", "--to", str(file))
    for level, unit in (("province", "log of yuan"), ("country", "log of US dollars")):
        export(*asked, "--areas", level)
        rows, about = pyreadstat.read_dta(file)
        assert about.column_names_to_labels["ln_income"] == f"Income per capita (log) [{unit}]"
        assert len(rows) == demonstration.value(
            f"select count(ln_income) from marts.panel__{level}_year"
        )
    assert "no row of IRQ: " in export(*asked, "--areas", "Germany,Iraq")
    said = export(*asked, "--areas", "Guangdong,Germany", status=1)
    assert "ln_income is in log of US dollars for some of these areas and in log of yuan" in said
    assert "--areas province or --areas country" in said


def test_a_panel_for_stata_is_what_the_release_says(demonstration, export, tmp_path):
    file = tmp_path / "panel.dta"
    said = export(
        "--indicators",
        "gdp,常住人口,dige,expy,theil",
        "--areas",
        "province",
        "--years",
        "2010-2024",
        "--to",
        str(file),
    )
    assert "403 rows of 5 variables" in said
    rows, about = pyreadstat.read_dta(file)
    assert "SYNTHETIC" in about.file_label and rows["release"].str.startswith("SYNTHETIC-").all()
    assert about.column_names_to_labels["dige"] == "Digital trade index [index]"
    expected = pd.DataFrame(
        demonstration.rows(
            "select area_code, wide.year, gdp, population, dige, expy, panel.theil "
            "from marts.indicators__area_year as wide join catalog.dim_area using (area_code) "
            "left join marts.panel__province_year as panel on area_code = province_code and wide.year = panel.year "
            "where level = 'province' and wide.year >= 2010 order by all"
        ),
        columns=["area_code", "year", "gdp", "population", "dige", "expy", "theil"],
    )
    pd.testing.assert_frame_equal(
        rows[list(expected)], expected, check_dtype=False, check_exact=True
    )


def test_values_as_of_a_date_are_those_that_were_known(demonstration, export, tmp_path):
    file = tmp_path / "then.csv"
    export(
        "--indicators",
        "gdp,dige",
        "--areas",
        "天津,Beijing",
        "--long",
        "--as-of",
        "2018-12-31",
        "--lang",
        "zh",
        "--to",
        str(file),
    )
    rows = pd.read_csv(file, dtype={"area_code": str})
    gdp = rows[rows["variable"] == "gdp"].sort_values(["area_code", "year"])
    assert list(zip(gdp["area_code"], gdp["year"], gdp["value"])) == demonstration.rows(
        "select area_code, year, value from marts.observations_as_of('2018-12-31') "
        "where indicator_id = 'gdp' and area_code in ('110000', '120000') order by all"
    )
    assert set(gdp["label"]) == {"地区生产总值 [亿元]"} and set(gdp["obs_status"]) == {"A"}
    then = "SELECT dige FROM marts.panel_as_of('2018-12-31') where (province_code, year) = ('120000', 2016)"
    index = rows[
        (rows["variable"] == "dige") & (rows["area_code"] == "120000") & (rows["year"] == 2016)
    ]
    assert index["value"].item() == pytest.approx(demonstration.value(then), rel=1e-15)
    assert "as known on 2018-12-31" in rows["release"][0]


def test_a_file_in_chinese_has_publishers_formulas_and_reasons_in_chinese(export, tmp_path):
    file = tmp_path / "panel.csv"
    asked = ("--indicators", "gdp,dige,budget_expenditure", "--areas", "Beijing", "--long")
    export(*asked, "--lang", "zh", "--to", str(file))
    assert [*pd.read_csv(file)["missing_reason"].dropna().unique()] == ["来源中为空白"]
    sources = pd.read_csv(tmp_path / "panel.sources.csv").set_index("variable")["source"]
    assert sources["gdp"] == "国家数据 分省年度数据, 国家统计局"
    assert sources["dige"] == "本库计算: 指数"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--indicators", "gpd"], '"gpd" is no indicator and no column of a panel; did you mean gdp'),
        (["--indicators", "gdp", "--areas", "Bejing"], '"Bejing" is no area and no level of areas; did you mean Beijing'),
        (["--indicators", "gdp", "--years", "2020-2010"], '"2020-2010" ends before it begins: write 2010-2020'),
        (["--indicators", "gdp", "--years", "1900"], "no file has a value of gdp for these areas and years"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_a_sentence(export, tmp_path, arguments, sentence):
    said = export(*arguments, "--to", str(tmp_path / "panel.dta"), status=1)
    assert sentence in said and said.count("\n") == 1
    assert not (tmp_path / "panel.dta").exists()


def test_tables_for_papers_are_those_of_the_release(demonstration, export, tmp_path):
    said = export(
        "--tables",
        "table_3,digital_trade_export_sophistication/table_5",
        "--digits",
        "4",
        "--lang",
        "zh",
        "--to",
        str(tmp_path),
    )
    assert "4 tables in 20 files" in said
    study = "digital_trade_export_sophistication"
    text = (tmp_path / f"{study}__table_3.md").read_text(encoding="utf-8").replace("\\*", "")
    slopes = demonstration.rows(
        "select estimate, std_error from results.estimates join results.models using (study, model_id) "
        "where study = $1 and table_number = 3 and term = 'dige' order by column_number",
        study,
    )
    assert "| 数字贸易指数 | " + " | ".join(f"{slope:.4f}" for slope, _ in slopes) + " |" in text
    assert "|  | " + " | ".join(f"({error:.4f})" for _, error in slopes) + " |" in text
    assert "表3 基准回归" in text and "双向固定效应，控制变量" in text and "SYNTHETIC" in text
    heads = (tmp_path / f"{study}__table_5.md").read_text(encoding="utf-8").splitlines()
    [heads] = [line for line in heads if "以产业结构为中介" in line]
    assert [head.strip().split(": ")[-1] for head in heads.split("|")[2:5]] == [
        "总效应",
        "中介变量",
        "直接效应",
    ]


def test_no_table_of_such_a_name_is_a_sentence(export, tmp_path):
    said = export("--tables", "tabel_3", "--to", str(tmp_path / "out"), status=1)
    assert '"tabel_3" is no table and no study; did you mean table_3' in said
    assert not (tmp_path / "out").exists()
