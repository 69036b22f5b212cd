"""The economy written as the files that the sources publish: one function a layout."""

from pathlib import Path

import numpy as np
import pandas as pd

from warehouse.demonstration.economy import BASE_YEAR, Economy
from warehouse.demonstration.files import Rows, write_text, write_xls, write_xlsx, write_yaml

PUBLISHER = "SYNTHETIC demonstration data"
NOTE = (
    "SYNTHETIC demonstration data: simulated, not statistics. 演示数据，由模拟产生，不是统计资料。"
)
SAMPLE = range(BASE_YEAR, 2023)

# label, indicator, decimals; of the files that a portal export holds one of.
NATIONAL_ACCOUNTS = [
    ("地区生产总值(亿元)", "gdp", 1),
    ("第一产业增加值(亿元)", "value_added_primary", 1),
    ("第二产业增加值(亿元)", "value_added_secondary", 1),
    ("第三产业增加值(亿元)", "value_added_tertiary", 1),
    ("人均地区生产总值(元)", "gdp_per_capita", 0),
]
# label, unit, indicator, decimals; of the portal that prints neither label nor unit.
NEW_PORTAL = [
    ("技术市场成交额", "亿元", "technology_market_turnover", 2),
    ("地方财政科学技术支出", "亿元", "science_expenditure", 2),
    ("地方财政一般预算支出", "亿元", "budget_expenditure", 2),
    ("第一产业就业人员", "万人", "employment_primary", 2),
    ("第二产业就业人员", "万人", "employment_secondary", 2),
    ("第三产业就业人员", "万人", "employment_tertiary", 2),
    ("按经营单位所在地分进出口总额", "千美元", "trade_total", 0),
    ("按经营单位所在地分进口总额", "千美元", "imports_total", 0),
    ("按经营单位所在地分出口总额", "千美元", "exports_total", 0),
    ("城镇人口比重", "%", "urbanisation_rate", 2),
    ("移动互联网用户", "万户", "mobile_internet_users", 1),
    ("互联网普及率", "%", "internet_penetration", 1),
    ("长途光缆线路长度", "公里", "optical_cable_length", 0),
]
# header, label, unit, indicator, decimals
COMPILED_PROVINCIAL = [
    ("师生比", "师生比", "比值", "teacher_pupil_ratio", 4),
    ("ICT产品出口占比%", "ICT产品出口占比", "%", "ict_goods_export_share", 2),
]
COMPILED_NATIONAL = [
    ("数字服务出口占比%", "数字服务出口占比", "%", "digital_services_export_share", 2),
]
REGIONS = {
    "Eastern": ("东部地区", "Eastern Region"),
    "Central": ("中部地区", "Middle Region"),
    "Western": ("西部地区", "Western Region"),
    "Northeast": ("东北地区", "Northeast Region"),
}
ACTIVITIES = [
    ("基础研究\n\nBasic\n\nResearch", 0.06),
    ("应用研究\n\nApplied\n\nResearch", 0.12),
    ("试验发展\n\nExperimental\n\nDevelopment", 0.82),
]
# file, number and title, English title, unit, total column, indicator, parts and their shares
YEARBOOK_TABLES = [
    (
        "rd-personnel-fte",
        "1-4 各地区研究与试验发展(R&D)人员全时当量",
        "Full-time Equivalent of R&D Personnel by Region",
        ("单位：人年", "(man-year)"),
        "R&D人员\n\n全时当量\n\nTotal",
        "rd_personnel_fte",
        [("#研究人员\n\nResearchers", 0.44), *ACTIVITIES],
    ),
    (
        "rd-expenditure",
        "1-5 各地区研究与试验发展(R&D)经费内部支出",
        "Intramural Expenditure on R&D by Region",
        ("单位：万元", "(10 000 yuan)"),
        "R&D经费\n\n内部支出\n\nTotal",
        "rd_expenditure",
        ACTIVITIES,
    ),
    (
        "patent-applications-rd-institutions",
        "2-14 各地区研究与开发机构专利申请受理数",
        "Patent Applications Accepted of R&D Institutions by Region",
        ("单位：件", "(piece)"),
        "专利申请\n\n受理数\n\nTotal",
        "patent_applications_rd_institutions",
        [("#发明专利\n\nInventions", 0.77)],
    ),
]
# code, name
PARTNERS = [("502", "美国"), ("116", "日本"), ("304", "德国"), ("110", "中国香港"), ("141", "越南")]


def write_all(economy: Economy, landing: Path) -> None:
    """Write every edition below `landing`; `landing/<source>/<edition>/` are made as needed."""
    portal = landing / "nbs_portal"
    write_portal_before_census(economy, portal / "2018-06")
    write_portal_english(economy, portal / "2021-06")
    write_portal(economy, portal / "2023-06")
    write_new_portal(economy, portal / "2023-12")
    for year in SAMPLE:
        write_technology_yearbook(economy, landing / "tech_yearbook" / str(year + 1), year)
        write_customs(economy, landing / "customs" / str(year + 1), year)
    write_compilations(economy, landing / "compiled" / "2023-12")


def write_portal_before_census(economy: Economy, folder: Path) -> None:
    """GDP as it was printed before the economic census."""
    write_edition(folder, "2018-06-30", "Portal export, taken before GDP was revised.")
    table = _table(economy, economy.superseded["gdp"], range(2008, 2018), 2)
    # Unnumbered notes stand in quotation marks, as they may hold commas.
    notes = [f'"注：本表按当年价格计算,{NOTE}"']
    write_old_dialect(folder / "分省年度数据.csv", "地区生产总值(亿元)", table, notes)


def write_portal_english(economy: Economy, folder: Path) -> None:
    """Population in English, preamble and footer stripped, so that the edition declares it."""
    name = "AnnualbyProvince.csv"
    declared = {name: {"indicator": "年末常住人口", "unit": "万人"}}
    write_edition(folder, "2021-06-30", "English export without preamble.", declared)
    table = _table(economy, economy.superseded["population"], range(2008, 2021), 0)
    lines = [",".join(["Region", *map(str, table.columns)])]
    lines += [",".join(row) for row in zip(economy.provinces["name_en"], *_columns(table))]
    write_text(folder / name, lines, "ascii")


def write_portal(economy: Economy, folder: Path) -> None:
    """National accounts as CSV, consumer prices as XLS, population as XLSX."""
    write_edition(folder, "2023-06-30", "Portal exports in three formats.")
    notes = ["注：1.本表按当年价格计算。", f"　　　2.{NOTE}"]
    for number, (label, indicator, decimals) in enumerate(NATIONAL_ACCOUNTS):
        table = _table(economy, economy.series[indicator], SAMPLE, decimals)
        # The names a browser gives to files that are downloaded one after the other.
        name = f"分省年度数据 ({number}).csv" if number else "分省年度数据.csv"
        write_old_dialect(folder / name, label, table, notes)
    write_translated_xls(economy, folder / "居民消费价格指数.xls")
    write_population_xlsx(economy, folder / "年末常住人口.xlsx")


def write_old_dialect(path: Path, label: str, table: pd.DataFrame, notes: list[str]) -> None:
    """CSV of the portal before 2026: GB18030, four preamble lines, notes and source below."""
    years = list(table.columns)
    lines = ["数据库：分省年度数据", f"指标：{label}", f"时间：{years[-1]}-{years[0]}"]
    lines.append(",".join(["地区", *(f"{year}年" for year in years)]))
    lines += [",".join(row) for row in zip(table.index, *_columns(table))]
    write_text(path, [*lines, *notes, f"数据来源：{PUBLISHER}"], "gb18030")


def write_translated_xls(economy: Economy, path: Path) -> None:
    """Labels as somebody translated them: misspelt names, float years, cells with line breaks."""
    misspelt = {"Chongqing": "Chongqin", "Inner Mongolia": "Mongolia"}
    years = [float(year) for year in economy.years[::-1]]
    prices = np.round(economy.series["cpi"][:, ::-1], 1)
    rows: Rows = [
        ["Database: annual data by province\n\n"],
        ["Indicator: Consumer Price Index (previous year =100)"],
        ["Time: Last 20 years\n\n"],
        ["province", *years],
    ]
    for name, values in zip(economy.provinces["name_en"].replace(misspelt), prices):
        rows.append([name, *map(float, values)])
    rows += [[f"Note: {NOTE}\n\n"], [f"Data source: {PUBLISHER}\n\n"]]
    write_xls(path, "分省年度数据", rows)


def write_population_xlsx(economy: Economy, path: Path) -> None:
    table = _table(economy, economy.series["population"], SAMPLE, 0)
    rows = [
        ["数据库：分省年度数据"],
        ["指标：年末常住人口(万人)"],
        [f"时间：{SAMPLE[0]}-{SAMPLE[-1]}"],
        ["地区", *(f"{year}年" for year in table.columns)],
        *([name, *map(int, values)] for name, *values in zip(table.index, *_columns(table))),
        [f"注：{NOTE}"],
        [f"数据来源：{PUBLISHER}"],
    ]
    write_xlsx(path, {"分省年度数据": rows})


def write_new_portal(economy: Economy, folder: Path) -> None:
    """CSV of the portal since 2026: UTF-8 with mark, a tab before each comma, no indicator."""
    names = [f"分省年度数据_{number}.csv" for number in range(1, len(NEW_PORTAL) + 1)]
    declared = {
        name: {"indicator": label, "unit": unit}
        for name, (label, unit, *_) in zip(names, NEW_PORTAL)
    }
    write_edition(folder, "2023-12-15", "Exports without an indicator line.", declared)
    for name, (*_, indicator, decimals) in zip(names, NEW_PORTAL):
        table = _table(economy, economy.series[indicator], SAMPLE, decimals)
        # The portal announces a year before it has a value for it.
        table.insert(0, SAMPLE[-1] + 1, "")
        cells = [["地区", *(f"{year}年" for year in table.columns)]]
        cells += map(list, zip(table.index, *_columns(table)))
        lines = [
            "数据库：分省年度数据 ",
            f"时间：{SAMPLE[0]}年-{table.columns[0]}年 ",
            *("\t,".join([*row, ""]) for row in cells),
            f"注：{NOTE}",
            f"数据来源：{PUBLISHER}",
        ]
        write_text(folder / name, lines, "utf-8-sig")


def write_technology_yearbook(economy: Economy, folder: Path, year: int) -> None:
    """Three bilingual tables; the edition of a year holds the data of the year before."""
    write_edition(folder, f"{year + 1}-12-31", f"Edition {year + 1}: data for {year}.")
    for name, title, english, unit, total, indicator, parts in YEARBOOK_TABLES:
        column = economy.series[indicator][:, economy.years == year]
        counts = np.round(column * [1.0, *(share for _, share in parts)]).astype(int)
        rows = [
            *([[]] if year == 2015 else []),  # one edition starts a row lower
            [f"{title}({year}年)"],
            [f"{english} ({year})"],
            [unit[0]],
            [unit[1]],
            ["地区" if year < 2016 else "地 区", "Region", total],
            ["", "", "", *(label for label, _ in parts)],
            *_yearbook_rows(economy.provinces, counts, spaced=year >= 2016),
            [f"注：{NOTE}"],
        ]
        sheets = {"1": rows}
        if name == "rd-expenditure" and year == 2014:
            sheets["广告"] = [["更多数据请访问本站"]]
        write_xlsx(folder / f"{name}-{year}.xlsx", sheets, hidden=("广告",))


def _yearbook_rows(provinces: pd.DataFrame, counts: np.ndarray, spaced: bool) -> list[list[str]]:
    """National total, the four regions, the provinces; numbers are stored as text."""

    def row(name_zh: str, name_en: str, values: np.ndarray) -> list[str]:
        if spaced and len(name_zh) == 2:
            name_zh = " ".join(name_zh)
        return [name_zh, name_en, *map(str, values)]

    rows = [row("全国", "National Total", counts.sum(0))]
    for region, (name_zh, name_en) in REGIONS.items():
        rows.append(row(name_zh, name_en, counts[provinces["region"] == region].sum(0)))
    names = zip(provinces["name_zh"], provinces["name_en"])
    return rows + [row(*name, values) for name, values in zip(names, counts)]


def write_customs(economy: Economy, folder: Path, year: int) -> None:
    """Exports by HS8 code and place of registration; the flow stands in the file name only."""
    write_edition(folder, f"{year + 1}-01-31", f"Exports of {year} by commodity and place.")
    products, provinces = economy.products, economy.provinces
    dollars = economy.exports[:, economy.years == year].squeeze(1)
    # The smallest flows do not occur at all, as in the real records.
    place, product = np.nonzero(dollars > np.quantile(dollars, 0.015))
    value = dollars[place, product].astype(np.int64)
    partner = np.array(PARTNERS)[product % len(PARTNERS)]
    records = pd.DataFrame(
        {
            "数据年月": str(year),
            "商品编码": products["hs8"].to_numpy()[product],
            "商品名称": products["name_zh"].to_numpy()[product],
            "贸易伙伴编码": partner[:, 0],
            "贸易伙伴名称": partner[:, 1],
            "贸易方式编码": "10",
            "贸易方式名称": "一般贸易",
            "注册地编码": provinces["province_code"].str[:2].to_numpy()[place],
            "注册地名称": provinces["name_zh_full"].to_numpy()[place],
            "第一数量": _with_thousands_commas(value // (3 + 2 * product)),
            "第一计量单位": "千克",
            "第二数量": "",
            "第二计量单位": "",
            "美元": _with_thousands_commas(value),
        }
    )
    records.to_csv(folder / f"出口{year}.csv", index=False, encoding="gb18030", lineterminator="\n")


def write_compilations(economy: Economy, folder: Path) -> None:
    """What no official table prints by province: one file of provinces, one of the country."""
    contents = {
        "分省面板数据.xlsx": COMPILED_PROVINCIAL,
        "全国数据.xlsx": COMPILED_NATIONAL,
    }
    declared = {
        name: {
            "area_column": "地区",
            "year_column": "年份",
            "columns": {
                header: {"indicator": label, "unit": unit} for header, label, unit, *_ in columns
            },
        }
        for name, columns in contents.items()
    }
    write_edition(folder, "2023-12-31", "Compilations of yearbook series.", declared)
    for name, columns in contents.items():
        write_compilation(economy, folder / name, columns)


def write_compilation(economy: Economy, path: Path, columns: list[tuple]) -> None:
    """A long table, one row a year and area; the running number is a column nobody declares."""
    is_national = columns is COMPILED_NATIONAL
    areas = ["全国"] if is_national else economy.provinces["name_zh_full"]
    held = economy.national if is_national else economy.series
    series = [np.round(np.atleast_2d(held[name]), digits) for *_, name, digits in columns]
    rows = [["序号", "年份", "地区", *(header for header, *_ in columns)]]
    for year in SAMPLE:
        position = np.searchsorted(economy.years, year)
        for row, area in enumerate(areas):
            values = [float(one[row, position]) for one in series]
            rows.append([len(rows), year, area, *values])
    write_xlsx(path, {"面板数据": [*rows, [f"注：{NOTE}"]]})


def write_edition(
    folder: Path, published_on: str, comment: str, declared: dict | None = None
) -> None:
    """Make the folder of an edition, with the `_edition.yml` that its files need."""
    content = {
        "published_on": pd.Timestamp(published_on).date(),
        "publisher": PUBLISHER,
        "redistributable": True,
        "synthetic": True,
    }
    if declared:
        content["files"] = declared
    folder.mkdir(parents=True, exist_ok=True)
    write_yaml(folder / "_edition.yml", f"SYNTHETIC. {comment}", content)


def _table(economy: Economy, values: np.ndarray, years: range, decimals: int) -> pd.DataFrame:
    """Printed text: provinces (full names) in rows, years in columns, the newest first."""
    newest_first = list(years)[::-1]
    columns = np.searchsorted(economy.years, newest_first)
    text = np.char.mod(f"%.{decimals}f", values[:, columns])
    return pd.DataFrame(text, index=economy.provinces["name_zh_full"], columns=newest_first)


def _columns(table: pd.DataFrame) -> np.ndarray:
    return table.to_numpy().T


def _with_thousands_commas(numbers: np.ndarray) -> list[str]:
    return [f"{number:,}" for number in numbers.tolist()]
