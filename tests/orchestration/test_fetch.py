"""`yearbook fetch`: the command that reaches the network, here a server on 127.0.0.1."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

SDMX = "REF_AREA,MEASURE,TIME_PERIOD,OBS_VALUE\nCHN,STRI,2021,0.3\n"


@pytest.fixture
def site():
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(SDMX.encode())

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_fetch_lands_an_edition_and_says_where(clone, tmp_path, site):
    asked = ["fetch", "oecd", "--home", str(tmp_path), "--from", "2020", "--to", "2021"]
    done = clone.yearbook(*asked, "--base-url", site)
    assert (done.status, done.stdout) == (0, ""), done.stderr
    [edition] = (tmp_path / "landing" / "oecd").iterdir()
    assert f"in {edition}; now run `yearbook refresh`" in done.stderr
    assert (edition / "DF_STRI_DIGITAL_2020-2021.csv").read_text() == SDMX
    assert f"published_on: {edition.name}" in (edition / "_edition.yml").read_text()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["customs"], "customs has no fetcher: nbs_portal, oecd,"),
        (["nbs"], "nbs is no source: nbs_portal, oecd,"),
        (["oecd", "--base-url", "data.example"], "data.example is no address of a server"),
        (["oecd", "--from", "2022", "--to", "2020"], "the years 2022 to 2020 are none"),
    ],
)
def test_what_cannot_be_fetched_is_a_sentence(clone, tmp_path, arguments, sentence):
    done = clone.yearbook("fetch", *arguments, "--home", str(tmp_path))
    assert (done.status, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith(f"yearbook: {sentence}")
    assert not list(tmp_path.iterdir())


def test_nothing_real_joins_a_demonstration(clone, tmp_path, site):
    edition = tmp_path / "landing" / "nbs_portal" / "2020"
    edition.mkdir(parents=True)
    (edition / "_edition.yml").write_text("published_on: 2020-06-30\nsynthetic: true\n")
    (edition / "a.csv").write_text("地区,2019年\n北京市,1\n", encoding="utf-8")
    done = clone.yearbook("fetch", "oecd", "--home", str(tmp_path), "--base-url", site)
    assert (done.status, done.stdout) == (1, "")
    assert "is a demonstration, which real data must not join" in done.stderr
    assert not (tmp_path / "landing" / "oecd").exists()
