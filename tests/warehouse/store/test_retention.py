"""Which releases are kept, and what policy.yml may say."""

import os

import pytest

from warehouse.contract import policy
from warehouse.contract.errors import WarehouseError
from warehouse.contract.files import write_sealed
from warehouse.contract.home import Home
from warehouse.store import retention

# In the order in which they were made
MADE = {
    "2019-06-30-a": "2019-06-30",
    "2019-12-31-b": "2019-12-31",
    "2020-06-30-c": "2020-06-30",
    "as-of-2020-01-01-d": "2019-12-31",
    "2020-12-31-e": "2020-12-31",
    "2020-12-31-f": "2020-12-31",
}


@pytest.fixture
def home(tmp_path) -> Home:
    home = Home(tmp_path)
    for number, (name, published_on) in enumerate(MADE.items()):
        facts = home.releases / name / "release.json"
        facts.parent.mkdir(parents=True)
        as_of = "2020-01-01" if name.startswith("as-of") else None
        said = {"newest_published_on": published_on, "as_of": as_of}
        write_sealed(facts, {"name": name, "fingerprint": name, **said, "sha256": {}})
        os.utime(facts, (number, number))
    (home.releases / "current").symlink_to("2020-12-31-e")
    return home


@pytest.mark.parametrize(
    ("keep", "yearly", "gone"),
    [
        (6, False, ""),
        (2, False, "abcd"),  # the current one stays, made before the last or not
        (1, False, "abcd"),
        (1, True, "acd"),  # b is the last of 2019, since d is as of a date
    ],
)
def test_what_nothing_asks_to_keep_goes(home, keep, yearly, gone):
    kept = policy.Releases(keep=keep, yearly=yearly)
    names = retention.superfluous(home, kept)
    assert "".join(name[-1] for name in names) == gone
    retention.remove(home, names)
    assert {path.name for path in home.releases.iterdir()} == {*MADE, "current"} - {*names}


def test_what_is_pinned_stays(home):
    only_last = policy.Releases(keep=1, yearly=False)
    assert retention.pin(home, "2019-06-30-a", "表 3") == "2019-06-30-a"
    assert retention.pin(home, "current", "Table 4") == "2020-12-31-e"
    assert retention.pins(home) == {"2019-06-30-a": "表 3", "2020-12-31-e": "Table 4"}
    assert "2019-06-30-a" not in retention.superfluous(home, only_last)
    retention.unpin(home, "2019-06-30-a")
    assert "2019-06-30-a" in retention.superfluous(home, only_last)
    with pytest.raises(WarehouseError, match=r"2019-06-30-a is not pinned"):
        retention.unpin(home, "2019-06-30-a")
    pin = home.root / "pins" / "2020-12-31-e.json"
    pin.write_text(pin.read_text().replace("4", "5"))
    with pytest.raises(WarehouseError, match=r"2020-12-31-e\.json is not what was written"):
        retention.superfluous(home, only_last)
    for name in ("2018", "../pins", "."):
        with pytest.raises(WarehouseError, match=r"has no release \S+: it has 2019-06-30-a, "):
            retention.pin(home, name, "nothing")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("releases: {keep: 0}", "`releases.keep` is 0; expected 1 or more"),
        ("releases: {last: 3}", "`releases.last` is not a known key: use keep, yearly"),
        ("backup: {}", "`backup` is not a known key: use releases, history, drafts, alerts"),
        ("alerts: {command: mail}", "`alerts.command` is mail; expected a list"),
        ("drafts: {days: 1}\ndrafts: {days: 2}", "`drafts` stands in line 1 already"),
        ("releases: 3", "`releases` should hold keys and values"),
        ("- 1", "expected lines such as `releases: {keep: 10}`"),
        ("releases: [", "is not valid YAML at line 1: a bracket is not closed"),
        (
            "releases: {keep: 2024-02-30}",
            "at line 1: `2024-02-30` is a date or a number that cannot",
        ),
        ("releases: {keep: .inf}", "`releases.keep` is .inf; expected a whole number"),
    ],
)
def test_a_wrong_policy_is_a_sentence(tmp_path, text, said):
    home = Home(tmp_path)
    assert policy.read(home).releases.keep == 10
    (tmp_path / "policy.yml").write_text(text)
    with pytest.raises(WarehouseError) as raised:
        policy.read(home)
    assert str(raised.value).startswith(f"{tmp_path}/policy.yml")
    assert said in str(raised.value) and "\n" not in str(raised.value)
