"""What the audit finds in the estimates that the project's own study is compared with."""

from analytics.published_audit import published_audit
from analytics.specification import load_studies
from analytics.tables import PUBLISHED_AUDIT


def test_stars_that_a_printed_error_rules_out_are_found():
    [study] = [
        each for each in load_studies() if each.study == "digital_trade_export_sophistication"
    ]
    found = published_audit(study)
    assert list(found.columns) == list(PUBLISHED_AUDIT.columns)
    [lag] = found[found["term"] == "L1.expy"].to_dict("records")
    # 0.118 / 0.123 = 0.96: two-sided p of a third, and three stars
    assert (lag["table_number"], lag["column_number"], lag["severity"]) == ("8", "4", "impossible")
    assert lag["printed"] == "0.118 (0.123) ***" and "0.33" in lag["implied"]
