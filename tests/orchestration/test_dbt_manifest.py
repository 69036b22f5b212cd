"""dbt reads its project once a state of the code, for every home; who only looks writes nothing."""

import shutil
import subprocess
import sys

import pytest

from orchestration import dbt_manifest

FILES = ["manifest.json", "partial_parse.msgpack", "ready.marshal", "sha256.json"]
KEEP = "from orchestration import dbt_manifest; dbt_manifest.keep()"
LOOK = """
import os, signal, sys
os.environ["HOME"] = os.environ["YEARBOOK_HOME"] = sys.argv[1]
from orchestration import dbt_command, dbt_manifest
if sys.argv[2] == "kept":  # and whoever has dbt read the project dies
    dbt_manifest.invoke = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
import orchestration.definitions
"""
READ_ONLY = """
import os, sys
os.environ["XDG_CACHE_HOME"] = sys.argv[1]
os.access = lambda _, mode, **__: mode != os.W_OK
from orchestration import dbt_manifest
dbt_manifest.keep()
print(dbt_manifest._kept())
"""


@pytest.fixture
def not_read(clone):
    """The clone as if dbt had never read its project."""
    shutil.rmtree(clone.root / "dbt_project" / "target", ignore_errors=True)
    return clone


@pytest.mark.parametrize("manifest", ["kept", "not kept"])
def test_importing_the_definitions_writes_nothing(not_read, tmp_path, manifest):
    if manifest == "kept":
        assert not_read.python(KEEP).status == 0
    before = _files(not_read.root)
    looked = not_read.python(LOOK, str(tmp_path), manifest)
    assert looked.status == 0, looked.stderr
    assert _files(not_read.root) == before
    assert not list(tmp_path.iterdir())


def test_two_processes_at_once_keep_one_manifest(not_read):
    first, second = (
        subprocess.Popen([sys.executable, "-c", KEEP], cwd=not_read.root, env=not_read.environment)
        for _ in range(2)
    )
    assert (first.wait(), second.wait()) == (0, 0)
    [kept] = (not_read.root / "dbt_project" / "target" / "manifests").glob("[0-9a-f]*")
    assert {file.name for file in kept.iterdir()} == {*FILES}


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_manifest_is_made_anew(clone, name):
    assert clone.python(KEEP).status == 0
    [kept] = (clone.root / "dbt_project" / "target" / "manifests").glob("[0-9a-f]*")
    content = (kept / name).read_bytes()
    (kept / name).write_bytes(content[:100] + b"x" + content[101:])
    done = clone.python(KEEP + "; print(dbt_manifest.damaged())")
    assert (done.status, done.stdout) == (0, "[]\n"), done.stderr


def test_what_one_command_compiles_is_not_in_the_manifest_of_the_next():
    node = "model.yearbook.int_file_faults"
    dbt_manifest.parsed().nodes[node].compiled = True
    assert not dbt_manifest.parsed().nodes[node].compiled


def test_where_the_project_is_read_only_the_users_cache_keeps_it(not_read, tmp_path):
    kept = not_read.python(READ_ONLY, str(tmp_path))
    assert kept.stdout.startswith(f"{tmp_path}/yearbook/manifests/"), kept.stderr
    assert not (not_read.root / "dbt_project" / "target").exists()


def _files(root) -> set[str]:
    return {str(file) for file in root.rglob("*") if "__pycache__" not in file.parts}


def test_of_macros_those_stay_that_something_calls():
    every, kept = dbt_manifest.parsed(), dbt_manifest.without_idle_macros(dbt_manifest.parsed())
    callers = (*kept.nodes.values(), *kept.macros.values())
    called = {macro for caller in callers for macro in caller.depends_on.macros}
    assert called <= kept.macros.keys() < every.macros.keys()
    assert len(kept.macros) < len(every.macros) / 2


def test_what_is_ready_is_what_dbt_would_make_itself():
    from dbt.contracts.project import Project
    from dbt_common.clients.jinja import get_environment

    ready, environment = dbt_manifest.ready(), get_environment()
    texts = {node.raw_code for node in dbt_manifest.parsed().nodes.values()}
    assert texts <= ready.templates.keys()
    schema, anew = Project.json_schema(), {text: environment.compile(text) for text in texts}
    assert anew == {text: ready.templates[text] for text in texts}
    with ready.at_hand():
        assert all(environment.compile(text) is ready.templates[text] for text in texts)
        assert get_environment(native=True).compile("{{ x }}") != environment.compile("{{ x }}")
        assert Project.json_schema() == schema
        assert Project.json_schema() is not schema
    assert Project.json_schema() is schema
    assert all(environment.compile(text) is not code for text, code in anew.items())
