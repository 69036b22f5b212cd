"""Published numbers walked back: to the cells, to the bytes of the files, and up again."""

import hashlib
import json
import math
import random
import re
import shutil
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from graphlib import TopologicalSorter

import duckdb
import pytest

from warehouse.contract import cells
from warehouse.contract.home import Home
from warehouse.contract.source import SourceFile
from warehouse.explain.finding import find
from warehouse.explain.tracing import FULL_DEPTH, Node, NotFound, trace
from warehouse.intake import snapshots
from warehouse.sources import sources

SEED = 20


@pytest.fixture(scope="module", params=["demonstration", "published"])
def warehouse(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def release(warehouse):
    with opened(warehouse) as connection:
        yield connection


@pytest.fixture(scope="module")
def printed(warehouse):
    """The text of a cell, read anew from the bytes that the hash names."""
    home = Home(warehouse.home)
    landed = {
        (file.source_id, file.edition, file.file_name): file for file in snapshots.known(home)
    }

    @cache
    def cells_of(source_id: str, edition: str, file_name: str, sha256: str) -> dict[tuple, str]:
        data = (home.snapshots / sha256).read_bytes()
        assert hashlib.sha256(data).hexdigest() == sha256
        declaration = landed[source_id, edition, file_name].declaration
        reading = sources()[source_id].read(SourceFile(file_name, data, declaration))
        found = cells.complete(reading.cells, {}).to_pylist()
        texts = {(cell["sheet"], cell["cell"]): cell["text"] for cell in found}
        for piece in reading.more:
            for row in piece.rows.to_pylist() if piece.rows is not None else []:
                texts[row["sheet"], f"{row['cell_column']}{row['row_number']}"] = row["text"]
        return texts

    def text(facts: dict) -> str:
        names = ("source_id", "edition", "file_name", "snapshot_sha256")
        return cells_of(*(facts[name] for name in names))[facts["sheet"], facts["cell"]]

    return text


class Recomputed:
    """Numbers from texts: every node again from the nodes below it, and equal to what it says."""

    def __init__(self, release, printed):
        self.release, self.printed = release, printed
        self.done, self.cells = {}, 0

    def value(self, node: Node) -> float:
        if id(node) not in self.done:
            self.done[id(node)] = (getattr(self, node.kind)(node), node)
        return self.done[id(node)][0]

    def agree(self, computed: float, published: float) -> float:
        assert computed == pytest.approx(published, rel=1e-9, abs=1e-12)
        return computed

    def cell(self, node):
        facts = node.facts
        assert self.printed(facts) == facts["text"]
        self.cells += 1
        number = float(facts["text"].strip().replace(",", "").rstrip("*"))
        return number * facts["factor"] * (facts["cny_per_usd"] or 1)

    def observation(self, node):
        facts, roles = node.facts, {each.facts.get("input_role"): each for each in node.inputs}
        if facts["source_id"]:
            computed = self.value(node.inputs[0])
        elif "neighbour before" in roles:
            before, after = roles["neighbour before"], roles["neighbour after"]
            low, high = self.value(before), self.value(after)
            share = (facts["year"] - before.facts["year"]) / (
                after.facts["year"] - before.facts["year"]
            )
            computed = low + (high - low) * share
        elif "denominator" in roles:
            computed = self.value(roles["numerator"]) / self.value(roles["denominator"])
        else:
            [only] = node.inputs
            computed = self.value(only)
        return self.agree(computed, facts["value"])

    def contribution(self, node):
        facts, (observation, weight) = node.facts, node.inputs
        low, high = weight.facts["minimum"], weight.facts["maximum"]
        value = self.value(observation)
        normalised = 0 if low == high else (value - low) / (high - low)
        if weight.facts["direction"] == -1 and low != high:
            normalised = 1 - normalised
        self.agree(normalised, facts["normalised_value"])
        return self.agree(weight.facts["weight"] * normalised, facts["contribution"])

    def digital_trade(self, node):
        return self.agree(
            sum(self.value(each) for each in node.inputs), node.facts["digital_trade_index"]
        )

    def exports(self, node):
        shown = sum(self.value(each) for each in node.inputs)
        facts = node.facts
        [(total,)] = self.release.execute(
            "select sum(contribution) from marts.made_from where kind = 'exports' and key = $1",
            [
                "/".join(
                    str(facts[n])
                    for n in ("classification", "category_code", "province_code", "year")
                )
            ],
        ).fetchall()
        if not node.inputs_left_out:
            self.agree(shown, total)
        return self.agree(total, facts["export_value_cny_10k"])

    def price_level(self, node):
        chain = math.prod(self.value(each) / 100 for each in node.inputs)
        is_later = node.facts["year"] > node.facts["price_base_year"]
        return self.agree(chain if is_later else 1 / chain, node.facts["price_level"])

    def income(self, node):
        per_capita, price = (self.value(each) for each in node.inputs)
        return self.agree(per_capita / price, node.facts["income_yuan"])

    def exporter(self, node):
        facts = node.facts
        income, _ = (self.value(each) for each in node.inputs)
        return self.agree(facts["weight"] * income, facts["contribution_yuan"])

    def prody(self, node):
        values = [self.weighted(each) for each in node.inputs]
        if node.facts["variant"] != "domestic_content":
            assert sum(each.facts["weight"] for each in node.inputs) == pytest.approx(1)
        return self.agree(sum(values), node.facts["prody_yuan"])

    def weighted(self, node):
        """An exporter as it counts, or weight times a PRODY."""
        value = self.value(node)
        return value if node.kind == "exporter" else node.facts["weight"] * value

    def category(self, node):
        _, prody, *left_out = node.inputs
        value = self.value(prody)
        for exporter in left_out:
            own = self.value(exporter)
            value = (value - own) / (1 - exporter.facts["weight"])
        self.agree(value, node.facts["prody_yuan"])
        return self.agree(node.facts["share"] * value, node.facts["contribution_yuan"])

    def expy(self, node):
        exports = [self.value(each.inputs[0]) for each in node.inputs]
        for each, value in zip(node.inputs, exports, strict=True):
            self.agree(value / sum(exports), each.facts["share"])
        return self.agree(sum(self.value(each) for each in node.inputs), node.facts["expy_yuan"])

    def panel(self, node):
        values = [self.value(each) for each in node.inputs]
        computed = {
            "x / 100": lambda: values[0] / 100,
            "ln(exports / price level)": lambda: math.log(values[0] / values[1]),
            "ln(income)": lambda: math.log(values[0]),
            "(x1 + 2 x2 + 3 x3) / (x1 + x2 + x3)": lambda: (
                (values[0] + 2 * values[1] + 3 * values[2]) / sum(values)
            ),
            "sum of y/Y ln((y/l) / (Y/L))": lambda: sum(
                y / sum(values[::2]) * math.log(y / labour / (sum(values[::2]) / sum(values[1::2])))
                for y, labour in zip(values[::2], values[1::2], strict=True)
            ),
            "mean of: status X": lambda: (
                sum(each.facts["obs_status"] == "X" for each in node.inputs) / len(values)
            ),
            "mean of: interpolated here or derived from such": lambda: (
                sum(each.facts["is_imputed"] for each in node.inputs) / len(values)
            ),
        }[node.facts["formula"]]()
        return self.agree(computed, node.facts["value"])


@pytest.fixture(scope="module")
def recomputed(release, printed):
    return Recomputed(release, printed)


def opened(warehouse) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(warehouse.release / "yearbook.duckdb"), read_only=True)


def sample(release, query: str, count: int) -> list[tuple]:
    """Rows drawn with a seed: the same on every machine."""
    rows = sorted(release.execute(query).fetchall(), key=str)
    assert rows, query
    return random.Random(SEED).sample(rows, min(count, len(rows)))


def test_observations_follow_from_their_cells(release, recomputed):
    for status in "APEIDX":
        query = (
            "select indicator_id, area_code, year, value from marts.fct_observation "
            f"where obs_status = '{status}' and value is not null"
        )
        if not release.execute(query).fetchall():
            continue
        for indicator, area, year, value in sample(release, query, 12):
            node = trace(release, indicator, [area, str(year)])
            assert recomputed.value(node) == pytest.approx(value, rel=1e-9)
    assert recomputed.cells > 20


def test_every_column_of_the_panel_follows_from_its_cells(release, recomputed):
    columns = release.execute(
        "select distinct column_name from catalog.panel_column where universe = 'province'"
    ).fetchall()
    known = 0
    for (column,) in sorted(columns):
        query = (
            f'select province_code, year, "{column}" from marts.panel__province_year '
            f'where "{column}" is not null'
        )
        if not release.execute(query).fetchall():
            continue
        known += 1
        for province, year, value in sample(release, query, 1 if "expy" in column else 2):
            node = trace(release, column, [province, str(year)], FULL_DEPTH)
            computed = recomputed.value(node)
            if node.kind == "expy" and column != "expy_yuan":
                computed = math.log(computed / 10_000)
            assert computed == pytest.approx(value, rel=1e-9, abs=1e-12), column
    assert known > 15


def test_prody_follows_from_its_cells(release, recomputed):
    query = "select variant, category_code, year, prody_yuan from marts.idx_prody__category_year where prody_yuan is not null"
    for variant, category, year, value in sample(release, query, 3):
        node = trace(release, f"prody/{category}/{variant}", [str(year)], FULL_DEPTH)
        assert recomputed.value(node) == pytest.approx(value, rel=1e-9)


def test_macros_of_the_release_give_the_same_cells(release, printed):
    query = "select province_code, year, digital_trade_index from marts.idx_digital_trade__province_year where variant = 'pca' and digital_trade_index is not null"
    for province, year, value in sample(release, query, 3):
        rows = records(
            release,
            f"from marts.trace_digital_trade('{province}', {year}) where variant = 'pca'",
        )
        parts = {row["indicator_id"]: row["weight"] * row["normalised_value"] for row in rows}
        assert sum(parts.values()) == pytest.approx(value, rel=1e-9)
        printed_rows = [row for row in rows if row["text"] is not None]
        assert {row["indicator_id"] for row in printed_rows} == set(parts)
        for row in printed_rows:
            computed = row["number_printed"] * row["factor"] * (row["cny_per_usd"] or 1)
            assert computed == pytest.approx(row["input_value"], rel=1e-9)
    query = "select variant, province_code, year, expy_yuan from marts.idx_expy__province_year where expy_yuan is not null"
    for variant, province, year, value in sample(release, query, 3):
        rows = records(
            release, f"from marts.trace_expy('{province}', {year}) where variant = '{variant}'"
        )
        for classification in {row["classification"] for row in rows}:
            of_one = [row for row in rows if row["classification"] == classification]
            shares = {
                row["category_code"]: row["contribution_yuan"]
                for row in of_one
                if row["part"] == "export"
            }
            assert sum(shares.values()) == pytest.approx(of_one[0]["expy_yuan"], rel=1e-9)
            incomes = [row for row in of_one if row["part"] == "income"]
            assert {"gdp_per_capita", "cpi"} >= {row["indicator_id"] for row in incomes}
            assert all(row["text"] or row["cells"] for row in of_one if row["part"] == "export")
        assert any(row["expy_yuan"] == value for row in rows)


def records(release, query: str) -> list[dict]:
    result = release.execute(query)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def refused_without_rows(release, example: str) -> AbstractContextManager:
    """A release of files without rows of trade statistics has none to read."""
    has_rows = release.execute("from catalog.dim_table where table_name = 'raw.trade_rows'")
    if "rows_of_sums" in example and not has_rows.fetchall():
        return pytest.raises(duckdb.IOException, match="No files found")
    return nullcontext()


def finds_rows_in_the_demonstration(example: str) -> bool:
    """All but those of trade statistics and of exports of economies, which it has none of."""
    return "hs_4" not in example and "rows_of_sums" not in example


def test_every_macro_that_is_listed_answers(release, warehouse):
    release.execute("set file_search_path = $1", [str(warehouse.home)])
    listed = release.execute("select macro_name, example from catalog.macro").fetchall()
    made = release.execute(
        "select schema_name || '.' || function_name from duckdb_functions() "
        "where schema_name = 'marts'"
    ).fetchall()
    assert sorted(name for name, _ in listed) == sorted(name for (name,) in made)
    [(is_synthetic,)] = release.execute("select is_synthetic from catalog.release").fetchall()
    for _, example in listed:
        with refused_without_rows(release, example):
            rows = release.execute(example).fetchall()
            assert rows or not is_synthetic or not finds_rows_in_the_demonstration(example), example


def test_a_coefficient_leads_to_files(release):
    node = trace(release, "digital_trade_export_sophistication/baseline_two_way/dige", [], None)
    model, *columns = node.inputs
    assert (
        model.facts["nobs"]
        == release.execute(
            "select nobs from results.models where model_id = 'baseline_two_way'"
        ).fetchone()[0]
    )
    assert [column.facts["column"] for column in columns] == ["expy", "dige"]
    assert all(column.inputs for column in columns)
    files = {each.facts["source_id"] for column in columns for each in column.inputs}
    assert {"nbs_portal", "tech_yearbook"} <= files


def test_a_coefficient_leads_to_the_files_of_its_own_panel(release):
    """Whatever its rows are, provinces, economies or pairs: a row of the panel leads there too."""
    for kind, model in one_estimate_a_panel(release):
        _, *columns = trace(release, "/".join(model), []).inputs
        assert columns
        for column in columns:
            named = {(each.facts["what"], each.facts["source_id"]) for each in column.inputs}
            reached = release.execute(
                "select distinct coalesce(indicator_id, inputs.sheet), source_id "
                f"from marts.trace('{kind}', $1) as inputs left join marts.printed_cell "
                "using (source_id, snapshot_sha256, locator) where indicator_id is not null "
                "or input_kind = 'inter_country_block'",
                [f"{column.facts['column']}/{complete_row(release, kind, columns)}"],
            ).fetchall()
            assert {*reached} <= named, column.label


def one_estimate_a_panel(release) -> list[tuple[str, tuple[str, str, str]]]:
    """Kind of number, and study, model and term, of a model on each panel."""
    return release.execute(
        "select kind, min((study, model_id, term)) from results.models "
        "join results.estimates using (study, model_id) "
        "join catalog.number_kind on table_name = 'marts.' || panel "
        "where estimate is not null and key_columns like 'column_name/%' group by kind"
    ).fetchall()


def complete_row(release, kind: str, columns: list[Node]) -> str:
    """The key of a row of a panel that has all these columns."""
    [(table, keys)] = release.execute(
        "select table_name, key_columns from catalog.number_kind where kind = $1", [kind]
    ).fetchall()
    key = ", ".join(keys.split("/")[1:])
    known = " and ".join(f"{column.facts['column']} is not null" for column in columns)
    [(found,)] = release.execute(
        f"select concat_ws('/', {key}) from {table} where {known} order by {key} desc limit 1"
    ).fetchall()
    return found


def test_a_missing_number_is_its_reason(published):
    with opened(published) as release:
        assert trace(release, "expy", ["内蒙古", "2012"]).label.endswith(
            "the province reports no exports"
        )
        tibet = trace(release, "dige", ["Tibet", "2020"])
        assert "only 5 of the 6 indicators" in tibet.label
        [lacking] = tibet.inputs
        assert lacking.facts["indicator_id"] == "rd_personnel_fte"
        parts = trace(release, "fin", ["Tianjin", "2015"])
        assert "where to get it" in parts.label
        assert {each.facts["indicator_id"] for each in parts.inputs} == {"loans", "deposits"}
        [blank] = trace(release, "population_sampled", ["北京", "2020"]).inputs
        assert blank.facts["missing_reason"] == "blank in the source"


def test_the_panel_lacks_the_expy_of_the_classification_that_it_takes(published):
    named = "select distinct {} from marts.{} where {}".format
    [lacking] = published.rows(
        named("split_part(input_key, '/', 2)", "made_from", "input_kind = 'expy'")
    )
    [taken] = published.rows(
        named("expy_classification", "panel__province_year", "expy is not null")
    )
    assert lacking == taken


@pytest.mark.parametrize(
    ("name", "where", "sentence"),
    [
        ("gpd", ["Beijing", "2019"], "did you mean gdp"),
        ("gross product", ["Beijing", "2019"], "or Gross regional product"),
        ("panel/digi", ["Beijing", "2019"], "no column of the panel; did you mean dige"),
        ("gdp", ["Beijng", "2019"], "did you mean Beijing"),
        ("gdp", ["Beijing", "2050"], "no file has gdp of Beijing for 2050: there are "),
        ("gdp", ["Beijing"], "which year of gdp"),
        ("dige", ["Beijing", "2050"], "the sample has provinces, 2012 to 2022"),
        ("prody/ZZ", ["2017"], "no export category"),
        # no word is left aside: the answer would be to another question
        ("gdp", ["Beijing", "2019", "2020"], "one year at a time, not for 2019, 2020"),
        ("研究人员", ["北京", "2016", "2017"], "one year at a time, not for 2016, 2017"),
        ("prody/XVI", ["Beijing", "2017"], 'is of no single area: leave out "Beijing"'),
        ("prody/XVI", [], "trace prody/XVI 2019"),
        ("digital_trade/x/dige", [], "did you mean .*digital_trade_export_sophistication"),
    ],
)
def test_what_is_not_there_is_a_sentence_with_the_nearest_names(
    demonstration, name, where, sentence
):
    with (
        opened(demonstration) as release,
        pytest.raises(NotFound, match=sentence) as caught,
    ):
        trace(release, name, where)
    assert "\n" not in str(caught.value)


def test_what_no_indicator_stands_for_is_found_and_traced_to_its_cell(demonstration):
    with opened(demonstration) as release:
        match = next(found for found in find(release, "Researchers") if not found.indicator_id)
        [node] = trace(release, "研究人员", ["北京", "2016"]).inputs
        facts = node.facts
        [same] = trace(release, facts["file_name"], [facts["locator"]]).inputs
        named = trace(release, "#研究人员 Researchers", ["110000", "2016"])
    assert (match.indicator_id, match.source_id, match.areas) == (None, "tech_yearbook", 36)
    assert (match.first_year, match.last_year) == (2012, 2022)
    assert same == node == named.inputs[0]
    assert node.label.startswith(
        f'北 京 2016: "{facts["text"]}" 人年 in {facts["locator"]} of tech_'
    )
    assert node.label.endswith("(no indicator stands for it)")
    assert len(facts["snapshot_sha256"]) == 64 and facts["value"] == float(facts["text"])


def test_a_number_goes_by_its_whole_key_and_a_cell_by_its_place(demonstration):
    """Also where codes alone do not tell who sells from who buys, and where a cell is no series."""
    with opened(demonstration) as release:
        made = release.execute(
            "select kind, any_value(key order by key), any_value(input_key order by input_key) "
            "filter (input_kind = 'cell') from marts.made_from group by kind"
        ).fetchall()
        assert {"value_added_origin", "exports", "panel", "value_chain"} <= {
            kind for kind, *_ in made
        }
        for kind, key, _ in made:
            node = trace(release, f"{kind}/{key}", [], 1)
            assert node.kind == kind and node.inputs, key
        [cell] = [cell for kind, _, cell in made if kind == "exports"]
        facts = trace(release, f"cell/{cell}", []).facts
        file = "/".join(facts[name] for name in ("source_id", "edition", "file_name"))
        assert trace(release, file, [facts["locator"]]).facts == facts
        with pytest.raises(NotFound, match="no value stands in ZZ9 of "):
            trace(release, file, ["ZZ9"])


def test_every_value_is_printed_and_counted(demonstration):
    """What the readers took is in marts.printed_series; a file says how much of it counts."""
    printed = "select snapshot_sha256, count(*) from marts.printed_series group by all"
    assert (
        demonstration.rows(
            "select snapshot_sha256, cells_used + cells_not_used from catalog.dim_file "
            f"where role = 'taken' and source_id not in ('customs', 'icio') except {printed}"
        )
        == []
    )
    assert (
        demonstration.value(
            "select count(*) from marts.fct_observation__vintages as facts anti join marts.printed_series as printed "
            "on facts.snapshot_sha256 = printed.snapshot_sha256 and facts.locator = printed.locator "
            "and facts.indicator_id = printed.indicator_id and facts.year = printed.year"
        )
        == 0
    )
    reason = demonstration.value(
        "select reason from catalog.dim_file where file_name = 'rd-personnel-fte-2016.xlsx'"
    )
    unknown = 'under a heading that no indicator stands for, first "#研究人员 Researchers" in 1!D7'
    assert re.fullmatch(rf"used \d+ of 180 cells; \d+ {unknown}", reason)


def test_the_commands(published, yearbook):
    home = ("--home", str(published.home))
    shown = yearbook("trace", "gdp", "天津", "2017", *home).stdout
    assert '"12450.6" 亿元 in D6 of nbs_portal/2020-09/分省年度数据.csv' in shown
    assert "第四次全国经济普查" in shown
    record = json.loads(yearbook("trace", "dige", "Guangdong", "2016", *home, "--json").stdout)
    assert len(record["inputs"]) == 6
    for wanted in ("技术市场", "TECHNOLOGY  market", "tecnology market", "技术 市场"):
        found = json.loads(yearbook("find", wanted, *home, "--json").stdout)
        assert "technology_market_turnover" in [match["indicator_id"] for match in found]
    # The heading itself before an indicator that has the same name and no data
    [printed, *others] = json.loads(yearbook("find", "研究人员", *home, "--json").stdout)
    assert printed["cells"] and any(each["where_to_get"] for each in others)
    [absent, *_] = json.loads(yearbook("find", "marketisation", *home, "--json").stdout)
    assert absent["indicator_id"] == "marketisation_index"
    assert absent["where_to_get"]
    nothing = yearbook("find", "zebra", *home)
    assert nothing.returncode == 1
    assert 'nothing goes by a name like "zebra"' in nothing.stderr
    missing = yearbook("coverage", *home).stdout
    assert "missing rd_personnel_fte (index): 2019-2022 (31 provinces)" in missing
    assert "missing ip_protection (determinant): 2012-2016 Tibet" in missing
    assert f"{published.home}/landing/tech_yearbook/<edition>" in missing


def test_a_variant_and_a_kind_are_traced_because_they_exist(demonstration, tmp_path):
    """Rows in the tables are enough: a variant of EXPY, and a kind of number that nobody knew."""
    copy = tmp_path / "yearbook.duckdb"
    shutil.copy(demonstration.release / "yearbook.duckdb", copy)
    with duckdb.connect(str(copy)) as release:
        for table in ("idx_expy__province_year", "idx_expy__contributions"):
            release.execute(
                f"insert into marts.{table} select * replace ('mirrored' as variant) "
                f"from marts.{table} where variant = 'annual'"
            )
        release.execute(
            "insert into marts.made_from select * replace (replace(key, 'annual', 'mirrored') as "
            "key, if(kind = 'expy', replace(input_key, 'annual', 'mirrored'), input_key) as "
            "input_key) from marts.made_from where kind in ('expy', 'category') "
            "and key like 'annual/%'"
        )
        release.execute("create table marts.rank as select '440000' as area_code, 1.5 as rank")
        release.execute(
            "insert into catalog.number_kind by name select 'rank' as kind, 'marts.rank' as "
            "table_name, 'area_code' as key_columns, 'rank' as value_column, 'rank of {area}' as "
            "title, 'half of it' as formula"
        )
        release.execute(
            "insert into marts.made_from values ('rank', '440000', 1, 'numerator', 'observation', "
            "'gdp/440000/2019', null, null)"
        )
        assert trace(release, "rank", ["Guangdong"]).inputs[0].facts["indicator_id"] == "gdp"
        [annual, mirrored] = (
            trace(release, f"expy/{variant}", ["Guangdong", "2019"])
            for variant in ("annual", "mirrored")
        )
        assert mirrored.label == annual.label.replace("annual", "mirrored")
        assert [each.label for each in mirrored.inputs] == [each.label for each in annual.inputs]


def test_no_number_is_made_from_itself(release):
    """Taking away, again and again, what is made from nothing that is left leaves nothing."""
    made = records(release, "select distinct kind, input_kind from marts.made_from")
    kinds = {(row["kind"], row["input_kind"]) for row in made}
    of_kinds = TopologicalSorter(
        {a: {b for other, b in kinds if other == a and b != a} for a, _ in kinds}
    )
    of_kinds.prepare()  # raises CycleError
    for kind in [kind for kind, other in kinds if kind == other]:
        links = records(
            release,
            "select key, input_key from marts.made_from "
            f"where kind = '{kind}' and input_kind = '{kind}'",
        )
        graph: dict[str, set[str]] = {}
        for link in links:
            graph.setdefault(link["key"], set()).add(link["input_key"])
        TopologicalSorter(graph).prepare()


def test_panels_of_economies_and_of_pairs_lead_to_cells_and_blocks(demonstration):
    with opened(demonstration) as connection:
        roots = [
            (f"{kind}/{column}{pair}", ["Germany", "2012"][skipped:])
            for kind, table, rows, pair, skipped in (
                ("country_panel", "panel__country_year", "area_code = 'DEU'", "", 0),
                ("partner_panel", "panel__country_partner_year", PAIR, "/DEU/FRA", 1),
            )
            for column in filled(connection, table, f"{rows} and year = 2012")
        ]
        assert len(roots) > 45
        roots.append(("partner_panel/both_bri_after/POL/HUN", ["2018"]))
        for name, where in roots:
            ends = leaves(trace(connection, name, where, 4))
            assert ends and ends <= {"cell", "inter_country_block"}, name
        [cost] = connection.execute(
            "select sum(contribution) - any_value(trade_cost) from marts.panel__country_year, "
            "marts.inputs_of_country_panel('trade_cost', 'DEU', 2012) "
            "where area_code = 'DEU' and year = 2012"
        ).fetchone()
        assert abs(cost) < 1e-12
        [dva] = trace(connection, "partner_panel/value_added/DEU/FRA", ["2012"]).inputs
        assert [each.facts["area_code"] for each in dva.inputs] == ["DEU", "FRA"]


@pytest.mark.parametrize(
    ("kind", "column", "where", "ends"),
    [
        ("country_panel", "trade_cost", ["DEU", "2012"], "inter_country_block"),
        ("country_panel", "digital_infrastructure", ["DEU", "2012"], "cell"),
        ("partner_panel", "both_bri_after/POL/HUN", ["2018"], "cell"),
    ],
)
def test_sql_walks_where_the_command_walks(demonstration, kind, column, where, ends):
    """`marts.trace` goes on where only a macro knows the inputs, down to the same ends."""
    with opened(demonstration) as connection:
        tree = trace(connection, f"{kind}/{column}", where, FULL_DEPTH)
        key = "/".join([column, *where])
        walked = connection.execute(
            "select input_kind, input_key, input_value is null "
            f"from marts.trace('{kind}', '{key}') where input_kind = '{ends}'"
        ).fetchall()
    found = {input_key for _, input_key, _ in walked}
    assert found >= keys_of(tree, ends) > set()
    assert not any(lacks_value for *_, lacks_value in walked)


def test_what_is_listed_leads_to_no_kind_that_a_macro_knows_the_inputs_of(demonstration):
    """`marts.trace` asks the macros first; what they gave of a number reached later would lack."""
    by_macro = "from catalog.number_kind where input_macro is not null"
    with opened(demonstration) as connection:
        assert connection.execute(f"select count(*) {by_macro}").fetchone()[0] > 1
        leads = f"from marts.made_from where input_kind in (select kind {by_macro})"
        assert connection.execute(f"select distinct kind, input_kind {leads}").fetchall() == []


def keys_of(node: Node, kind: str) -> set[str]:
    """The keys of the numbers of a kind that are in a tree."""
    below = {key for each in node.inputs for key in keys_of(each, kind)}
    columns = {
        "cell": ("source_id", "snapshot_sha256", "locator"),
        "inter_country_block": ("area_code", "year", "table_edition"),
    }[kind]
    own = {"/".join(str(node.facts[column]) for column in columns)} if node.kind == kind else set()
    return below | own


PAIR = "exporter_code = 'DEU' and importer_code = 'FRA'"


def filled(connection: duckdb.DuckDBPyConnection, table: str, rows: str) -> list[str]:
    """The columns of numbers that a row has, and that are traced."""
    result = connection.execute(
        f"select columns(c -> c not like '%_code') from marts.{table} where {rows}"
    )
    [row] = result.fetchall()
    names = [column[0] for column in result.description]
    return [name for name, value in zip(names, row, strict=True) if isinstance(value, float)]


def leaves(node: Node) -> set[str]:
    """The kinds of numbers at the ends of a tree, but for those that are shown no deeper."""
    if node.inputs or node.inputs_left_out:
        return {kind for each in node.inputs for kind in leaves(each)}
    return {node.kind}


def test_a_trace_in_chinese_says_roles_scopes_and_formulas_in_chinese(demonstration, yearbook):
    def said(*arguments: str) -> str:
        traced = yearbook("--lang", "zh", "trace", *arguments, home=demonstration.home)
        assert traced.returncode == 0, traced.stderr
        return traced.stdout

    cost = said("trade_cost", "China", "2018", "--depth", "2")
    assert "中国与日本的贸易成本，制造业，2018" in cost and "，表的恒等式；" in cost
    assert "略去: 广东" in said("expy_leave_one_out", "Guangdong", "2019", "--depth", "2")
    formula = said("share_imputed", "Guangdong", "2019", "--depth", "1")
    assert "计算方法为 均值：本库插补或由插补值推算" in formula
