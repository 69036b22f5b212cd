"""From files of vendors and offices to observations: names taken apart, totals, bases kept apart."""

import datetime

import duckdb
import pytest

from warehouse.contract.home import Home
from warehouse.explain import mapping
from warehouse.intake import landing, raw, snapshots
from warehouse.store import build

WORLD_BANK = (
    "Country Name,Country Code,Indicator Name,Indicator Code,2016,2017\n"
    "Germany,DEU,GDP per capita (constant {of} US$),NY.GDP.PCAP.KD,{values}\n"
)
FILES = {
    "wind/2024-01/a.csv": (
        "指标名称,北京:GDP,GDP:天津市,中国:进出口总额:广东,河北:山西:GDP,中国:GDP,广东:深圳:GDP,GDP,河北:金融机构:本外币:各项存款余额,河北:GDP\n"
        "频率,年,年,年,年,年,年,年,年,年\n单位,亿元,亿元,亿美元,亿元,亿元,亿元,亿元,万亿元,亿元\n"
        "2020-12-31,１０,20,2,40,50,60,70,8,abc\n数据来源：Wind\n"
    ),
    "csmar/2024-01/CRE_Loan.csv": "Sgnyea,Prvcnm_id,Prvcnm,Loan01\n2020,110000,北京市,5\n2020,110000,天津市,6\n2020,130000,,7\n",
    "csmar/2024-01/CRE_Loan[DES][csv].txt": "Sgnyea [统计年度] - 没有单位\nPrvcnm_id [省份代码] - 没有单位\nPrvcnm [省份名称] - 没有单位\nLoan01 [金融机构本外币各项贷款余额] - 单位：亿元\n",
    "cnipa/2024-01/a.html": (
        "<html><h1>2020年国内外三种专利申请受理状况</h1><p>单位：件</p><table><tr><td>地区<td>合计<td>发明专利<td>发明/职务<td>增长率"
        "<tr><td>总计<td>100<td>50<td>1<td>9<tr><td>国内<td>90<td>45<td>1<td>9<tr><td>北京<td>30<td>20<td>1<td>9"
        "<tr><td>深圳<td>3<td>2<td>1<td>9<tr><td>国外<td>10<td>5<td>1<td>9<tr><td>日本<td>4<td>2<td>1<td>9</table>"
        "<h1>2020年国内发明专利申请授权状况（按地区分布）</h1><p>单位：件</p><table><tr><td>地区<td>合计"
        "<tr><td>合计<td>8<tr><td>北京<td>7</table>"
        "<h1>各地区专利情况(2020年)(件)</h1><table><tr><td>地区<td colspan=2>有效量<td>授权量<tr><td><td>新型<td>合计<td>"
        "<tr><td>北京<td>11<td>12<td>13</table></html>"
    ),
    "neri/2017/a.csv": "表2-1 各省份市场化总指数得分和排序（2008年为基期）,,\n省份,2014,2008\n北京,5,4\n西藏,-0.2,0\n",
    "neri/2021/b.csv": "中国各省份市场化总指数（2016年为基期）,\n省份,2019\n北京,9\n",
    "world_bank/2018/a.csv": WORLD_BANK.format(of=2010, values="41,40"),
    "world_bank/2021/b.csv": WORLD_BANK.format(of=2015, values="44,"),
    "compiled/2023/c.csv": "年份,省份,市场化指数\n2005,北京,3\n2019,北京,8\n",
}
# Later editions print what is known under other labels
RENAMED = {
    "wind/2025-01/b.csv": "指标名称,北京:地区产值,地区产值:天津市,中国:地区产值\n频率,年,年,年\n单位,亿元,亿元,亿元\n2020-12-31,10,20,50\n",
    "cnipa/2025-01/b.html": (
        "<html><h1>2020年专利状况</h1><p>单位：件</p><table><tr><td>地区<td>增长率<td>申请人/发明"
        "<tr><td>合计<td>9<td>45<tr><td>北京<td>9<td>20</table></html>"
    ),
    "neri/2025/c.csv": "中国各省份市场化综合总指数（2016年为基期）,\n省份,2019\n北京,9\n",
}
EDITIONS = {
    **dict.fromkeys(("wind/2025-01", "cnipa/2025-01", "neri/2025"), "published_on: 2025-01-31\n"),
    "neri/2017": "published_on: 2017-06-30\n",
    "world_bank/2018": "published_on: 2018-07-31\n",
    "world_bank/2021": "published_on: 2021-07-31\n",
    "neri/2021": "published_on: 2021-12-31\n",
    "compiled/2023": "published_on: 2023-12-31\nfiles: {c.csv: {area_column: 省份, year_column: 年份, columns: {市场化指数: {indicator: 市场化指数, unit: 点}}}}\n",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory, dbt_build) -> Home:
    home = Home(tmp_path_factory.mktemp("vendors"))
    for name, text in (FILES | RENAMED).items():
        path = home.landing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        said = EDITIONS.get(name.rpartition("/")[0], "published_on: 2024-01-31\n")
        (path.parent / "_edition.yml").write_text(said, encoding="utf-8")
    snapshots.take(home, landing.scan(home.landing))
    raw.read(home)
    build.begin(home)
    models = ("+int_observations_preferred", "+fct_observation__vintages", "+rejected_cell")
    further = ("+unmapped_label", "+data_warning", "dim_area")
    dbt_build(home, "--resource-type", "model", "seed", "--select", *models, *further)
    return home


@pytest.fixture(scope="module")
def database(home) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(build.path(home)), read_only=True)


def superseded(database) -> set[tuple]:
    return set(
        database.execute(
            "select indicator_id, year, message from catalog.data_warning "
            "where check_name = 'base_superseded'"
        ).fetchall()
    )


def test_what_another_base_leaves_out_is_said(database):
    left_out = "are left out of the series; marts.fct_observation__vintages has them"
    assert superseded(database) == {
        ("marketisation_index", 2005, f"2 series with another base, 2005 to 2019, {left_out}"),
        (
            "gdp_per_capita_constant_usd",
            2016,
            f"1 series with another base, 2016 to 2017, {left_out}",
        ),
    }


def observations(database, source_id: str) -> set[tuple]:
    return set(
        database.execute(
            "select indicator_id, area_code, year, value from intermediate.int_observations_published where source_id = ?",
            [source_id],
        ).fetchall()
    )


def rejections(database, source_id: str) -> str:
    rows = database.execute(
        "select reason from catalog.rejected_cell where source_id = ?", [source_id]
    )
    return "; ".join(reason for [reason] in rows.fetchall())


def test_a_series_names_its_area(database):
    assert observations(database, "wind") == {
        ("gdp", "110000", 2020, 10.0),
        ("gdp", "120000", 2020, 20.0),
        ("gdp", "100000", 2020, 50.0),
        ("deposits", "130000", 2020, 80000.0),
        ("trade_total", "440000", 2020, 2 * 6.8976),
        ("deposits", "130000", 2020, 80000.0),
    }
    said = rejections(database, "wind")
    assert 'the row names two areas, "山西" and "河北"' in said
    assert 'nothing names the area of "GDP"; state area: in _edition.yml' in said
    assert 'a number was expected but "abc" is printed' in said
    assert "the row is of a city" in said


def test_name_and_code_of_a_province_check_each_other(database):
    assert observations(database, "csmar") == {
        ("loans", "110000", 2020, 5.0),
        ("loans", "130000", 2020, 7.0),
    }
    assert 'names two areas, "天津市" and "110000"' in rejections(database, "csmar")


def test_patents_by_measure_and_kind(database):
    assert observations(database, "cnipa") == {
        ("patent_applications", "100000", 2020, 90.0),
        ("patent_applications_invention", "100000", 2020, 45.0),
        ("patent_applications", "110000", 2020, 30.0),
        ("patent_applications_invention", "110000", 2020, 20.0),
        ("patent_grants_invention", "100000", 2020, 8.0),
        ("patent_grants_invention", "110000", 2020, 7.0),
        ("patents_in_force_utility_model", "110000", 2020, 11.0),
        ("patents_in_force", "110000", 2020, 12.0),
        ("patent_grants", "110000", 2020, 13.0),
    }
    assert rejections(database, "cnipa") == (
        "the row is of a city: kept as printed series, it never stands for a province"
    )
    unmapped = database.execute(
        "select label from catalog.unmapped_label "
        "where source_id = 'cnipa' and edition = '2024-01' order by 1"
    ).fetchall()
    assert unmapped == [("发明/职务",), ("增长率",)]


def test_proposals_understand_what_staging_understands(home):
    """Areas in labels, keys of readers, totals: a renamed label is all that a proposal lacks."""
    found = {
        tuple(proposal.lines[0].values.values()): proposal.evidence
        for proposal in mapping.proposals(home)
    }
    assert found.keys() >= {
        ("wind", "series", "地区产值", "gdp"),
        ("cnipa", "patents_by_region", "申请人/发明", "patent_applications_invention"),
        ("neri", "marketisation", "市场化综合总指数", "marketisation_index"),
    }
    evidence = found["wind", "series", "地区产值", "gdp"]
    assert "3 of 3 values within 5 % of the known ones of gdp" in evidence


def test_one_base_serves_all_years(database):
    """Neither the older edition nor a compilation fills the years that the newest leaves out."""
    known = database.execute(
        "select on_date, area_code, year, value from intermediate.int_observations_preferred "
        "join (values (date '2017-06-30'), (date '2023-12-31')) as dates (on_date) "
        "on known_from <= on_date and (known_to is null or known_to > on_date) "
        "where indicator_id = 'marketisation_index'"
    ).fetchall()
    before, now = datetime.date(2017, 6, 30), datetime.date(2023, 12, 31)
    assert set(known) == {
        *((before, "110000", year, value) for year, value in ((2014, 5.0), (2008, 4.0))),
        *((before, "540000", year, value) for year, value in ((2014, -0.2), (2008, 0.0))),
        (now, "110000", 2019, 9.0),
    }
    assert database.execute(
        "select distinct source_id, series_vintage, cast(known_to as varchar) from intermediate.int_observations_preferred "
        "where indicator_id = 'marketisation_index' and known_to is not null order by 1"
    ).fetchall() == [("neri", "base-2008", "2021-12-31")]
    assert database.execute(
        "select count(*), count(distinct series_vintage) from marts.fct_observation__vintages where indicator_id = 'marketisation_index'"
    ).fetchone() == (7, 3)
