"""What people decide about landed files: it holds for the bytes, and it can be undone."""

import pytest

from warehouse.intake import landing
from warehouse.intake.snapshots import Verdict
from warehouse.store import releases, verdicts
from warehouse.store.verdicts import NoSuchFile

TABLE = "指标：地区生产总值(亿元)\n地区,2022年\n北京市,{}\n"
NAME, COPY, OTHER = "nbs_portal/2024/a.csv", "nbs_portal/2025/b.csv", "nbs_portal/2024/c.csv"


@pytest.fixture
def landed(warehouse):
    warehouse.land(NAME, TABLE.format(-1))
    warehouse.land(COPY, TABLE.format(-1))
    warehouse.land(OTHER, TABLE.format(2))
    warehouse.refresh()
    return warehouse


def texts(warehouse) -> list[str]:
    return [cell["text"] for cell in warehouse.cells("nbs_portal")]


def test_a_withdrawn_file_is_out_of_the_world_and_its_bytes_stay(landed):
    before = landed.files(), releases.fingerprint(landed.home)
    verdicts.withdraw(landed.home, NAME, "a minus sign")
    landed.refresh()
    assert texts(landed) == ["2"]
    said = ("withdrawn", "withdrawn: a minus sign")
    assert landed.files() == {NAME: said, COPY: said, OTHER: ("taken", None)}
    assert releases.fingerprint(landed.home) != before[1]
    assert verdicts.decided(landed.home, Verdict.withdrawn) == {
        NAME: "a minus sign",
        COPY: "a minus sign",
    }
    sha256 = landing.sha256_of(landed.home.landing / NAME)
    assert landing.sha256_of(landed.home.snapshots / sha256) == sha256
    verdicts.undo(landed.home, Verdict.withdrawn, COPY)
    landed.refresh()
    assert (landed.files(), releases.fingerprint(landed.home)) == before
    assert sorted(texts(landed)) == ["-1", "2"]


def test_other_bytes_of_a_withdrawn_name_are_taken(landed):
    verdicts.withdraw(landed.home, NAME)
    landed.land(NAME, TABLE.format(1))
    landed.refresh()
    assert landed.files()[NAME] == ("taken", None)
    assert landed.files()[COPY] == ("withdrawn", f"withdrawn: {verdicts.DEFAULT_REASON}")


def test_what_cannot_be_decided_is_a_sentence(landed):
    (landed.home.landing / "nbs_portal/2024/d.csv").symlink_to("nowhere")
    landed.refresh()
    for decide, sentence in [
        (lambda: verdicts.withdraw(landed.home, "a.csv"), "a.csv is not known here: write it as"),
        (lambda: verdicts.withdraw(landed.home, "nbs_portal/2024/d.csv"), "nothing to withdraw"),
        (lambda: verdicts.undo(landed.home, Verdict.withdrawn, NAME), "not withdrawn.*`yearbook w"),
        (lambda: verdicts.undo(landed.home, Verdict.accepted, NAME), "not accepted.*`yearbook acc"),
    ]:
        with pytest.raises(NoSuchFile, match=sentence):
            decide()
