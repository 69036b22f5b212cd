"""What each check of a table claims, and who owns the table."""

import pytest

from orchestration import dbt_manifest
from orchestration.claims import claim
from orchestration.keys import owner, tags


@pytest.fixture(scope="module")
def tests() -> dict[str, dict]:
    nodes = dbt_manifest.described()["nodes"].values()
    return {node["name"]: node for node in nodes if node["resource_type"] == "test"}


def test_every_test_claims_something_in_a_sentence(tests):
    said = {name: claim(test) for name, test in tests.items()}
    assert [name for name, text in said.items() if not text.endswith(".") or "{" in text] == []
    # One that says its name again claims nothing
    assert [name for name, text in said.items() if name.replace("_", " ") in text.lower()] == []


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "intervals_do_not_overlap_hs_chapters_code",
            "A code stands for one thing at a time: its rows hold in years that do not overlap, and "
            "end after they begin.",
        ),
        (
            "no_value_is_in_doubt",
            "There is nothing that a careful reader would want to know of a value: what there is "
            "stands in catalog.data_warning, with the check that says so, and stops no release.",
        ),
        (
            "codes_are_known_countries_area_code__area_code__ref_dim_area_",
            "Every area_code stands in dim_area, which defines it.",
        ),
        (
            "panel_lies_in_published_ranges",
            "The ranges that the published study reports for its variables (its table 2, with the "
            "labels in the order of its table 3): a value outside is a reason to look, not an error.",
        ),
    ],
)
def test_a_claim_is_about_its_use(tests, name, sentence):
    assert claim(tests[name]) == sentence


@pytest.mark.parametrize(
    ("table", "team", "reader"),
    [
        ("raw.nbs_portal", "team:warehouse", "the_warehouse"),
        ("staging.stg_cells", "team:dbt_project", "the_warehouse"),
        ("marts.fct_observation", "team:dbt_project", "analysts"),
        ("results.estimates", "team:analytics", "analysts"),
        ("catalog.release", "team:orchestration", "analysts"),
    ],
)
def test_a_table_is_owned_by_the_folder_that_makes_it(table, team, reader):
    assert owner(table) == team and tags(table) == {"read_by": reader}
