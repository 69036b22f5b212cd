"""A home's judgement: what joins the seeds, and what is refused, with place and mend."""

import csv
from pathlib import Path

import pytest

from warehouse.contract.cells import cell_record, complete, table
from warehouse.contract.home import Home
from warehouse.contract.judgement import KINDS
from warehouse.intake import judgement
from warehouse.store import releases

INDICATOR = "indicator_id,name_en,unit\nev_output,Electric vehicles made,10 thousand vehicles\n"
DERIVATION = "indicator_id,numerator_id,denominator_id,obs_status,proxy_level\n"
CORRECTION = (
    "source_id,indicator_id,area_code,year,first_edition,last_edition,expected,corrected,reason,evidence\n"
    "compiled,gdp,110000,2019,"
)
UNIT = "unit_key,unit,factor\n千 辆,10 thousand vehicles,0.1\n"


@pytest.fixture
def home(tmp_path: Path):
    def write(**tables: str | bytes) -> Home:
        for name, text in tables.items():
            content = text if isinstance(text, bytes) else text.encode()
            path = tmp_path / "judgement" / f"{name}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return Home(tmp_path)

    return write


def test_lines_join_by_the_keys_of_their_labels_and_the_project_says_nothing_twice(home):
    alias = "source_id,table_id,label_key,indicator_id\n"
    found = judgement.read(
        home(
            indicators=INDICATOR.encode("utf-8-sig"),
            units=f"{UNIT}亿元,100 million yuan,1.0\n",
            indicator_aliases=f"{alias}nbs_portal,provincial_annual,新能源 汽车产量 Vehicles,ev_output\n",
        )
    )
    assert [(line["unit_key"], line["factor"]) for line in found["units"]] == [("千辆", "0.1")]
    # a compilation may declare an indicator by its name, too
    assert [
        (line["source_id"], line["label_key"], line["indicator_id"])
        for line in found["indicator_aliases"]
    ] == [
        ("nbs_portal", "新能源汽车产量", "ev_output"),
        ("compiled", "ev_output", "ev_output"),
        ("compiled", "electricvehiclesmade", "ev_output"),
    ]


def test_areas_and_units_have_the_keys_that_cells_have(home):
    area, unit = "1、兵团（注1）", "【单位：千 辆】"
    found = judgement.read(
        home(
            indicators=INDICATOR,
            area_aliases=f"source_id,area_key,area_code\n*,{area},650000\n",
            units=f"unit_key,unit,factor\n{unit},10 thousand vehicles,0.1\n",
        )
    )
    own = (found["area_aliases"][0]["area_key"], found["units"][0]["unit_key"])
    record = cell_record(0, 0, "value", "7", area_label=area, unit_label=unit)
    read = complete(table([record], None), {}).to_pylist()[0]
    assert own == (read["area_key"], read["unit_key"]) == ("兵团", "千辆")


def test_a_name_that_two_indicators_share_declares_neither(home):
    one = INDICATOR.replace("10 thousand vehicles", "items")
    other = one.splitlines()[1].replace("ev_output", "ev_output_again")
    found = judgement.read(home(indicators=f"{one}{other}\n"))
    assert [line["label_key"] for line in found["indicator_aliases"]] == [
        "ev_output",
        "ev_output_again",
    ]


@pytest.mark.parametrize(
    ("tables", "sentence"),
    [
        (
            {"indicators": "indicator_id,name_en,unit\nyear,Year,tonnes\n"},
            'indicators.csv, line 2: `indicator_id` is "year"; write lower-case letters, digits and underscores',
        ),
        ({"units": UNIT.encode("gbk")}, "units.csv: is not text in UTF-8; save it as UTF-8"),
        ({"units": "unit_key,unit\n"}, "units.csv, line 1: the column `factor` is missing; add it"),
        (
            {"units": UNIT.replace("factor", "faktor")},
            'units.csv, line 1: "faktor" is no column of this table; did you mean "factor"?',
        ),
        (
            {"units": f"{UNIT}吨,tonnes,-1\n"},
            'units.csv, line 3: `factor` is "-1"; write a number above 0',
        ),
        (
            {"units": f"{UNIT}千吨,thousand, tonnes,1\n"},
            "units.csv, line 3: has more cells than headings; put text with a comma into quotes",
        ),
        (
            {"units": f"{UNIT}千辆,10 thousand vehicles,1\n"},
            'units.csv, line 3: `factor` of 千辆,10 thousand vehicles is "1", but "0.1" in ',
        ),
        (
            {"units": f"{UNIT}千辆,10 thousand vehicles,0.10\n"},
            "units.csv, line 3: repeats what ",
        ),
        (
            {"units": "unit_key,unit,factor\n亿元,100 million yuan,10\n"},
            'units.csv, line 2: `factor` of 亿元,100 million yuan is "10", but "1" in seeds/units.csv, line 2',
        ),
        (
            {"area_aliases": "source_id,area_key,area_code\ncompiled,北京,120000\n"},
            'area_aliases.csv, line 2: `area_code` of compiled,北京 is "120000", but "110000" in seeds/',
        ),
        (
            {"indicators": INDICATOR.replace("10 thousand vehicles", "vehicels")},
            'indicators.csv, line 2: `unit` is "vehicels", which units.csv lacks; add it there first',
        ),
        (
            {"indicators": "indicator_id,name_en,unit,direction\nx,X,ratio,2\n"},
            'indicators.csv, line 2: `direction` is "2"; write 1, -1 or nothing',
        ),
        (
            {"indicators": "indicator_id,name_en,unit\nregion,Region,ratio\n"},
            "indicators.csv, line 2: `region` is a column of the panel; choose another indicator_id",
        ),
        (
            {
                "indicator_aliases": "source_id,table_id,label_key,indicator_id\n"
                "nbs_portal,provincial_annual,x,patent_grant\n"
            },
            'indicator_aliases.csv, line 2: `indicator_id` is "patent_grant", which indicators.csv lacks; '
            'did you mean "patent_grants"?',
        ),
        (
            {
                "indicator_aliases": "source_id,table_id,label_key,indicator_id\n"
                "wind,provincial_annual,x,gdp\n"
            },
            'indicator_aliases.csv, line 2: `table_id` is "provincial_annual", which table_aliases.csv for '
            "wind lacks; add it there first",
        ),
        (
            {"indicators": "indicator_id,name_en,unit,lowest,highest\nx,X,ratio,5,1\n"},
            'indicators.csv, line 2: `highest` is "1"; write a number that is not below lowest',
        ),
        (
            {"derivations": f"{DERIVATION}internet_penetration,deposits + loan,gdp,X,2\n"},
            'derivations.csv, line 2: `numerator_id` is "loan", which indicators.csv lacks; did you mean "loans"?',
        ),
        (
            {"derivations": f"{DERIVATION}internet_penetration,loans,loans + loans,X,2\n"},
            'derivations.csv, line 2: `denominator_id` is "loans + loans"; write another indicator, or the sum',
        ),
        (
            {"corrections": f"{CORRECTION}2020-09,2020-08,1,2,r,e\n"},
            'corrections.csv, line 2: `last_edition` is "2020-08"; write an edition such as 2020-09 that is not',
        ),
        (
            {"corrections": f"{CORRECTION}2020年9月,,1,2,r,e\n"},
            'corrections.csv, line 2: `first_edition` is "2020年9月"; write an edition such as 2020 or',
        ),
        (
            {"mine/units": UNIT},
            "mine: nothing in this folder is read; put tables into ",
        ),
        (
            {"studies/mine/units": UNIT},
            "studies/mine: nothing in this folder is read; put tables into ",
        ),
        (
            {"indicator": INDICATOR},
            "indicator.csv: is no table of a home's judgement; did you mean \"i",
        ),
    ],
)
def test_a_fault_is_one_sentence_with_its_place_and_the_mend(home, tables, sentence):
    with pytest.raises(judgement.WrongJudgement) as refusal:
        judgement.read(home(**tables))
    [line] = str(refusal.value).splitlines()
    assert f"judgement/{sentence}" in line


def test_a_misspelt_folder_of_judgement_is_named(home):
    home(units=UNIT).judgement.rename(home().root / "Judgment")
    with pytest.raises(judgement.WrongJudgement, match="Judgment: nothing in this folder is read"):
        judgement.read(home())


def test_a_derivation_may_be_of_sums_and_blank_headings_say_nothing(home):
    lines = f"{DERIVATION}internet_penetration,deposits+loans,gdp,X,2\n".replace("\n", ",,\n")
    place = home(derivations=lines)
    assert judgement.read(place)["derivations"][0]["numerator_id"] == "deposits + loans"
    proxy = {"indicator_id": "cpi", "numerator_id": "gdp", "obs_status": "X", "proxy_level": "3"}
    judgement.add(place, [("derivations", proxy)])
    [heading, *_] = (place.judgement / "derivations.csv").read_text(encoding="utf-8").splitlines()
    assert f"{heading}\n" == DERIVATION


def test_what_is_added_stands_below_what_was_there_or_nothing_does(home):
    place = home(indicators=INDICATOR, units=UNIT)
    unit = {"unit_key": "万只", "unit": "10 thousand", "factor": "1"}
    dollars = {"unit_key": "万 美元", "unit": "yuan", "factor": "10000", "currency": "USD"}
    judgement.add(place, [("units", unit), ("units", unit), ("units", dollars)])
    judgement.add(place, [("units", unit)])
    path = place.judgement / "units.csv"
    assert path.read_text(encoding="utf-8").splitlines() == [
        "unit_key,unit,factor,currency",
        "千 辆,10 thousand vehicles,0.1,",
        "万只,10 thousand,1,",
        "万 美元,yuan,10000,USD",
    ]
    before = path.read_bytes()
    with pytest.raises(judgement.WrongJudgement):
        judgement.add(
            place, [("units", unit | {"unit_key": "亿只"}), ("derivations", {"indicator_id": "x"})]
        )
    assert path.read_bytes() == before and not (place.judgement / "derivations.csv").exists()


def test_the_tables_are_the_seeds_and_the_seeds_hold_nothing_twice():
    for name, kind in KINDS.items():
        with (judgement.SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            heading = next(csv.reader(stream))
        assert set(heading) <= set(kind.model_fields)
        faults = []
        lines = list(judgement._project_lines(name))
        judgement._new(name, [], lines, faults.append)
        assert faults == []


def test_judgement_and_studies_are_part_of_the_fingerprint(home):
    place = home()
    seen = {releases.fingerprint(place)}
    seen.add(releases.fingerprint(home(units=UNIT)))
    seen.add(releases.fingerprint(home(units=UNIT.replace("0.1", "0.01"))))
    (place.judgement / "studies").mkdir()
    (place.judgement / "studies" / "cars.yml").write_text("study: cars\n")
    seen.add(releases.fingerprint(place))
    (place.judgement / "notes.txt~").write_text("of no account")
    assert len(seen | {releases.fingerprint(place)}) == 4


def test_a_fault_of_a_line_is_told_once_and_not_by_those_that_name_it(home):
    line = "indicator_id,name_en,unit,is_rebased\ngreen,Green index,points,"
    alias = (
        "source_id,table_id,label_key,indicator_id\nnbs_portal,provincial_annual,绿色指数,green\n"
    )
    with pytest.raises(judgement.WrongJudgement) as refused:
        judgement.read(home(indicators=f"{line}yes\n", indicator_aliases=alias))
    assert str(refused.value).endswith(
        'line 2: `is_rebased` is "yes"; write true, false or nothing'
    )
    assert len(judgement.read(home(indicators=f"{line}TRUE\n"))["indicators"]) == 1
