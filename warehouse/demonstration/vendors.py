"""What vendors and offices print in layouts of their own: Wind, CSMAR, the patent office, NERI."""

import datetime
from pathlib import Path

import numpy as np

from warehouse.demonstration.economy import Economy
from warehouse.demonstration.files import Rows, write_text, write_xlsx
from warehouse.demonstration.layouts import NOTE, PUBLISHER, SAMPLE, write_edition

EDITION = "2023-12"
PUBLISHED_ON = "2023-12-31"
# heading, share of all grants
KINDS = [("发明", 0.17), ("实用新型", 0.68)]


def write_all(economy: Economy, landing: Path) -> None:
    """Write one edition of each of the four sources below `landing`."""
    for source_id, comment, write in (
        ("wind", "Deposits as series of a database.", write_series),
        ("csmar", "Loans as a table of fields.", write_fields),
        ("cnipa", "Patents granted, one web page a year.", write_patent_pages),
        ("neri", "Marketisation index with its base year.", write_index),
    ):
        folder = landing / source_id / EDITION
        write_edition(folder, PUBLISHED_ON, comment)
        write(economy, folder)


def write_series(economy: Economy, folder: Path) -> None:
    """A series a province, dated at the ends of years; the province stands in the name."""
    names = [f"{name}:金融机构:本外币:存款余额" for name in economy.provinces["name_zh"]]
    facts = {
        "指标名称": names,
        "频率": ["年"] * len(names),
        "单位": ["亿元"] * len(names),
        "指标ID": [f"S{number:07}" for number in range(len(names))],
        "来源": [PUBLISHER] * len(names),
        "更新时间": [PUBLISHED_ON] * len(names),
    }
    dates = [
        [datetime.date(year, 12, 31), *values]
        for year, values in zip(SAMPLE, _values(economy, "deposits", 2).T.tolist())
    ]
    rows = [*([label, *texts] for label, texts in facts.items()), *dates]
    write_xlsx(folder / "宏观数据.xlsx", {"sheet1": [*rows, [f"数据来源：Wind（{NOTE}）"]]})


def write_fields(economy: Economy, folder: Path) -> None:
    """Codes, labels and units of the fields, then one row a province and year, all as text."""
    provinces = zip(economy.provinces["province_code"], economy.provinces["name_zh_full"])
    rows: Rows = [
        ["Sgnyea", "Prvcnm_id", "Prvcnm", "Loans"],
        ["统计年度", "省份代码", "省份名称", "金融机构本外币各项贷款余额"],
        ["没有单位", "没有单位", "没有单位", "亿元"],
    ]
    for (code, name), values in zip(provinces, _values(economy, "loans", 2).tolist()):
        rows += [[str(year), code, name, repr(value)] for year, value in zip(SAMPLE, values)]
    write_xlsx(folder / "CRE_Loan.xlsx", {"CRE_Loan": [*rows, [f"注：{NOTE}"]]})


def write_patent_pages(economy: Economy, folder: Path) -> None:
    """Merged headings, thousands commas, the year in the title, patentees abroad below the rest."""
    for year, total in zip(SAMPLE, _values(economy, "patent_grants", 0).T.astype(int)):
        parts = [np.round(total * share).astype(int) for _, share in KINDS]
        counts = np.column_stack([total, *parts, total - sum(parts)])
        abroad = counts.sum(0) // 20
        named = [
            ("总 计", counts.sum(0) + abroad),
            ("国内合计", counts.sum(0)),
            *zip(economy.provinces["name_zh"], counts),
            ("国 外", abroad),
            ("日本", abroad // 2),
        ]
        title = f"{year}年国内外三种专利授权状况"
        lines = [
            f"<html><head><meta charset='gb2312'><title>{title}</title></head><body>",
            f"<h1>{title}</h1><p>单位：件</p><table border='1'>",
            "<tr><td rowspan='2'>地&nbsp;&nbsp;区</td><td rowspan='2'>合计</td>",
            "<td colspan='3'>其中</td></tr>",
            "<tr><td>发明</td><td>实用新型</td><td>外观设计</td></tr>",
            *(_page_row(name, values) for name, values in named),
            f"</table><p>注：{NOTE}</p></body></html>",
        ]
        write_text(folder / f"专利授权{year}.htm", lines, "gb18030")


def _page_row(name: str, counts: np.ndarray) -> str:
    cells = "".join(f"<td>{count:,}</td>" for count in counts.tolist())
    return f"<tr><td>{name}</td>{cells}</tr>"


def write_index(economy: Economy, folder: Path) -> None:
    """Provinces by years; the title names the base year, without which no number can be read."""
    values = _values(economy, "marketisation_index", 3).tolist()
    rows: Rows = [
        ["各省份市场化总指数（2016年为基期）"],
        ["省份", *(f"{year}年" for year in SAMPLE)],
        *([name, *row] for name, row in zip(economy.provinces["name_zh"], values)),
        [f"注：{NOTE}"],
    ]
    write_xlsx(folder / "市场化指数.xlsx", {"市场化总指数": rows})


def _values(economy: Economy, indicator: str, decimals: int) -> np.ndarray:
    """Printed values, provinces by the years of the sample."""
    return np.round(economy.series[indicator][:, np.searchsorted(economy.years, SAMPLE)], decimals)
