"""The house rules that a reader can rely on, held by reading the code's syntax trees."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "tiktok_insights"
TESTS = Path(__file__).parent

#: Each stage's package, upstream first; a stage knows only what stands before it.
STAGES = ("tiktok", "raw", "lake", "catalog", "staging", "warehouse", "insights")
#: Modules and packages that the stages may use.
SHARED = {
    "checks",
    "clients",
    "progress",
    "schema",
    "scratch",
    "sql_files",
    "suppression",
    "tables",
    "text",
}
#: The Glue job is a process of its own, and opens its own clients: more that its modules may use.
OF_THE_JOB = {"staging.glue.warehouse": {"settings", "resources"}}
#: The parts that may import Dagster.
DAGSTER_PARTS = {"defs", "resources", "runtime.orphaned_runs", "cli", "definitions"}
#: The modules in them that may not, since the command line opens its clients with them.
WITHOUT_DAGSTER = {"resources.opening", "resources.local_clients", "resources.local_glue", "resources.local_stack",
                  "resources.suppression_opening", "resources.watch_opening"}  # fmt: skip


def modules() -> Iterator[tuple[str, Path, ast.Module]]:
    """Every module of the package: its dotted name inside the package, its path, its tree."""
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        yield name, path, ast.parse(path.read_text(encoding="utf-8"))


def imports(tree: ast.Module) -> Iterator[str]:
    """The dotted names that a module imports, wherever the statement stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def parts_used(tree: ast.Module) -> set[str]:
    """The top-level parts of our own package that a module imports."""
    ours = (name.split(".") for name in imports(tree) if name.startswith("tiktok_insights."))
    return {words[1] for words in ours}


def test_a_stage_knows_only_what_lies_upstream_of_it() -> None:
    """No stage imports a later stage, Dagster's side, the command line or the local stack."""
    for name, path, tree in modules():
        part = name.partition(".")[0]
        if part not in STAGES:
            continue
        allowed = SHARED | set(STAGES[: STAGES.index(part) + 1]) | OF_THE_JOB.get(name, set())
        assert parts_used(tree) <= allowed, path


def test_the_assets_of_a_stage_know_only_what_lies_upstream_of_it() -> None:
    """As their stage does; a listing is the lake's, and a threshold the contract's."""
    for name, path, tree in modules():
        _, _, stage = name.partition("defs.assets.")
        if stage in STAGES:
            assert parts_used(tree) & set(STAGES) <= set(STAGES[: STAGES.index(stage) + 1]), path


def test_shared_modules_know_no_stage() -> None:
    """What all stages use depends on none of them."""
    for name, path, tree in modules():
        if name.partition(".")[0] in SHARED:
            assert parts_used(tree) <= SHARED, path


def test_the_import_graph_has_no_circle() -> None:
    """Module by module, following the imports never leads back."""
    graph = {}
    for name, _, tree in modules():
        ours = (
            found.removeprefix("tiktok_insights.") for found in imports(tree) if found.startswith("tiktok_insights.")
        )
        graph[name.removesuffix(".__init__")] = set(ours)
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join((*trail, name))
        if name in done or name not in graph:
            return
        for found in graph[name]:
            visit(found, (*trail, name))
        done.add(name)

    for name in graph:
        visit(name, ())


def test_library_code_never_imports_dagster() -> None:
    """Dagster is known to definitions, defs, the resources, orphaned runs and the command line only."""
    for name, path, tree in modules():
        if name in WITHOUT_DAGSTER or not {name, name.partition(".")[0]} & DAGSTER_PARTS:
            assert not any(found.split(".")[0].startswith("dagster") for found in imports(tree)), path


def test_opening_a_client_loads_no_dagster() -> None:
    """Nor any client: each is loaded by the function that opens it."""
    code = (
        "import sys, tiktok_insights.resources.opening\n"
        "print(sorted({'boto3', 'dagster', 'pydantic', 'snowflake.connector'} & sys.modules.keys()))\n"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)  # noqa: S603  # our own interpreter
    assert answer.stdout.strip() == "[]"


def test_only_the_settings_read_the_environment() -> None:
    """The stack only cleans an environment for its child."""
    allowed = {"settings.environment", "settings.env_file", "settings.terminal", "local.launch"}
    for name, path, tree in modules():
        used = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        if name not in allowed:
            assert not {"os.environ", "os.getenv", "os.environb"} & used, path
            assert not any(isinstance(node, ast.ImportFrom) and node.module == "os" for node in ast.walk(tree)), path


def test_the_stage_staging_knows_its_engines_by_their_name_alone() -> None:
    """DuckDB is known to the engine of one machine, which is known to whoever runs a batch unless told otherwise.

    Spark is known to its engine and to the Glue job, which no other module imports.
    """
    packages = ("tiktok_insights.staging.local.", "tiktok_insights.staging.spark.")
    for name, path, tree in modules():
        found = set(imports(tree))
        if not name.startswith("staging.spark.") and name != "staging.glue.job":
            assert "tiktok_insights.staging.glue.job" not in found, path
            assert not any(module.split(".")[0] == "pyspark" or module.startswith(packages[1]) for module in found), (
                path
            )
        if name.startswith("staging.") and not name.startswith(("staging.local.", "staging.spark.")):
            assert not {"duckdb", "tiktok_insights.clients.duckdb_engine"} & found, path
            engines = {"staging.batch": packages[0], "staging.glue.job": packages[1]}.get(name, "no engine")
            assert all(module.startswith(engines) for module in found if module.startswith(packages)), path


def test_the_engine_on_spark_imports_spark_only_to_run() -> None:
    """Its modules can be imported where the extra is not installed."""
    names = ", ".join(
        f"tiktok_insights.staging.spark.{name}"
        for name in ("engine", "id_patterns", "loading", "rows", "stages", "tasks")
    )
    code = f"import sys, {names}\nprint('pyspark' in sys.modules)\n"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)  # noqa: S603  # our own interpreter
    assert answer.stdout.strip() == "False"


#: What keeps removed people out, and with how many arguments it knows who they are.
_WITH_A_LIST = {"RawStore": 2, "RawInventory": 2, "LocalEngine": 3, "SparkEngine": 5}
#: Modules that store no answer, and the default of tests.
_WITHOUT_A_LIST = {
    "cli.plan",
    "cli.replay",
    "people.erasing.account",
    "resources.forgetting",
    "staging.batch",
    "staging.object_reading",
}


def test_whoever_stores_answers_or_stages_knows_who_was_removed() -> None:
    """Without the suppression list, they would bring people back."""
    without = {
        name
        for name, _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and len(node.args) < _WITH_A_LIST.get(node.func.id, 0)
    }
    assert without == _WITHOUT_A_LIST


def test_definition_files_are_thin() -> None:
    """No HTTP, SQL of the pipeline, boto3 or parsing in defs: a module there is under 120 lines."""
    banned = {"requests", "boto3", "botocore", "duckdb", "snowflake", "csv", "json", "gzip"}
    for name, path, tree in modules():
        if name.partition(".")[0] == "defs":
            assert not banned & {found.split(".")[0] for found in imports(tree)}, path
            assert len(path.read_text(encoding="utf-8").splitlines()) < 120, path


def texts(tree: ast.Module) -> Iterator[str]:
    """Every text of a module, also the parts of formatted ones, but for the docstrings."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {id(node.body[0].value) for node in ast.walk(tree)
                  if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)}  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def has_sql(text: str) -> bool:
    """Whether a text has the beginning of a statement, as it is written in this project."""
    return re.search(r"\b(SELECT|INSERT|UPDATE|DELETE|MERGE|CREATE|ALTER|DROP|TRUNCATE|GRANT|USE) ", text) is not None


def test_no_sql_stands_in_definition_files() -> None:
    """A stage asks the warehouse; the asset shows what it answers."""
    assert has_sql("SELECT * FROM TIKTOK_DATA")
    for name, path, tree in modules():
        if name.partition(".")[0] in {"defs", "definitions"}:
            assert not [text for text in texts(tree) if has_sql(text)], path


def test_modules_have_at_most_200_lines_and_functions_40() -> None:
    """What a reader takes in at once, blank lines apart; a longer one would need its reason here."""
    for _, path, tree in modules():
        assert sum(bool(line.strip()) for line in path.read_text(encoding="utf-8").splitlines()) <= 200, path
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                assert (node.end_lineno or 0) - node.lineno < 40, f"{path}:{node.lineno} {node.name}"


def test_every_module_opens_with_its_charter() -> None:
    """The docstring says what belongs in the module."""
    for _, path, tree in modules():
        assert ast.get_docstring(tree), path


def test_there_are_no_dumping_grounds() -> None:
    """No module is called utils, helpers, common or misc."""
    for root in (PACKAGE, TESTS):
        for path in root.rglob("*.py"):
            assert path.stem not in {"utils", "helpers", "common", "misc"}, path


def private_parts_of_dagster(text: str) -> list[str]:
    """The private modules and attributes that a text names, such as of dagster_aws."""
    return re.findall(r"\b(?:dagster\w*|dg)(?:\.\w+)*\._\w[\w.]*", text)


#: Methods that change the list, dict, set or deque on which they are called.
_CHANGING = {
    "add", "append", "appendleft", "clear", "difference_update", "discard", "extend", "insert", "intersection_update",
    "pop", "popitem", "popleft", "remove", "reverse", "setdefault", "sort", "symmetric_difference_update", "update",
}  # fmt: skip

#: State of others that we cannot but change, and why.
NOT_OURS = {
    "settings.environment: os.environ": "the process's environment: the only way to tell Dagster of its home",
    "settings.env_file: os.environ": ".env wins over it, also in the processes that Dagster starts",
    "local.aws.s3_store: s3_backends.bucket_accounts": "moto looks up there which account owns a bucket",
    "resources.local_clients: CONFIG_MANAGER._slices": "Snowflake's connector reads its files before its parameters",
}


def module_names(tree: ast.Module) -> set[str]:
    """The names that a module binds when it is imported, its imports included."""
    names = {node.id for node in top_level(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    imported = [node for node in top_level(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    return names | {alias.asname or alias.name for node in imported for alias in node.names}


def top_level(node: ast.AST) -> Iterator[ast.AST]:
    """Everything below a node but the insides of functions and classes."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield child
            yield from top_level(child)


def changed_names(node: ast.AST) -> Iterator[str]:
    """The names of the containers that one statement or expression changes in place."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGING:
        yield ast.unparse(node.func.value)
    elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
        yield ast.unparse(node.value)


def hidden_state(tree: ast.Module) -> list[str]:
    """What functions of a module change of the state that modules keep: each name with its line."""
    names = module_names(tree)
    found = []
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        inside = list(ast.walk(function))
        own = {node.id for node in inside if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        own |= {node.arg for node in inside if isinstance(node, ast.arg)}
        shared = {name for node in inside if isinstance(node, ast.Global) for name in node.names}
        found += [f"global {name}" for name in shared]
        for node in inside:
            changed = {name for name in changed_names(node) if name.partition(".")[0] in names - own}
            found += [f"{name}, line {getattr(node, 'lineno', 0)}" for name in changed]
    return sorted(set(found))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("_seen = []\ndef f(x): _seen.append(x)", ["_seen, line 2"]),
        ("_seen: dict[str, int] = {}\ndef f(x): _seen[x] = 1", ["_seen, line 2"]),
        ("_seen = {}\nclass C:\n    def f(self): del _seen[self]", ["_seen, line 3"]),
        ("_seen = [0]\ndef f(): _seen[0] += 1", ["_seen, line 2"]),
        ("if True:\n    _seen = set()\nf = lambda x: _seen.add(x)", ["_seen, line 3"]),
        ("from ours import SEEN\ndef f(x): SEEN.update(x)", ["SEEN, line 2"]),
        ("from ours import other\ndef f(x): other.seen.append(x)", ["other.seen, line 2"]),
        ("_count = 0\ndef f():\n    global _count\n    _count += 1", ["global _count"]),
        ("NAMES = ['a']\nNAMES.append('b')\ndef f(): return NAMES[0]", []),
        ("seen = []\ndef f():\n    seen = []\n    seen.append(1)", []),
        ("seen = []\ndef f(seen): seen.append(1)", []),
        ("class C:\n    def f(self): self.seen.append(1)", []),
    ],
)
def test_hidden_state_is_found(text: str, expected: list[str]) -> None:
    """What a function changes of its module, or of another one; not what is its own, nor what an import does."""
    assert hidden_state(ast.parse(text)) == expected


def test_no_module_keeps_state_that_functions_change() -> None:
    """What functions share is passed to them: two runs in one process know nothing of each other."""
    found = {f"{name}: {state.partition(',')[0]}" for name, _, tree in modules() for state in hidden_state(tree)}
    assert found == NOT_OURS.keys()


def test_no_private_part_of_dagster_is_used() -> None:
    """Names with an underscore are Dagster's own business: not imported, not reached, not named in a text."""
    assert private_parts_of_dagster('"dagster._core.storage"') == ["dagster._core.storage"]
    for _, path, tree in modules():
        reached = (ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute))
        for text in (*imports(tree), *reached, *texts(tree)):
            assert not private_parts_of_dagster(text), f"{path}: {text}"
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("dagster"):
                assert not [alias.name for alias in node.names if alias.name.startswith("_")], path
    for path in PACKAGE.rglob("*.yaml"):
        assert not private_parts_of_dagster(path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize("module", ["tiktok_insights.definitions", "tiktok_insights.cli"])
def test_importing_the_package_starts_and_reads_nothing(module: str, tmp_path: Path) -> None:
    """An import makes no file and opens no connection, though there is a home that could be made."""
    code = (
        "import socket\n"
        "def refuse(*_, **__): raise AssertionError('a connection at import')\n"
        "socket.socket.connect = refuse\n"
        f"import {module}\n"
        "print('imported')\n"
    )
    answer = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "TIKTOK_INSIGHTS_HOME": str(tmp_path / "home"), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert answer.stdout.strip() == "imported", answer.stderr
    assert list(tmp_path.iterdir()) == []


def pins(lock: str) -> dict[str, str]:
    """The versions that a lock names, by package."""
    text = (PACKAGE.parent / lock).read_text(encoding="utf-8")
    lines = [line.split()[0] for line in text.splitlines() if "==" in line and not line.startswith((" ", "#"))]
    return dict(line.split("==") for line in lines)


@pytest.mark.parametrize(
    ("lock", "at_least"),
    [
        ("requirements.lock", 100),
        ("requirements-glue.lock", 30),
        ("requirements-glue-6.lock", 1),
        ("requirements-deploy.lock", 50),
        ("requirements-orchestrator.lock", 80),
    ],
)
def test_no_address_of_a_registry_stands_in_a_lock(lock: str, at_least: int) -> None:
    """The lock names versions and hashes; where they are fetched from is the user's own setting."""
    text = (PACKAGE.parent / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert "index-url" not in text
    assert len(pins(lock)) > at_least
    assert text.count("--hash=sha256:") >= len(pins(lock))


def test_the_jobs_lock_changes_no_version_of_the_main_one() -> None:
    """`make test-spark` installs beside what is there, and the job runs with what the pipeline is tested with."""
    main, job = pins("requirements.lock"), pins("requirements-glue.lock")
    assert job.keys() - main.keys() == {"pyspark", "py4j"}
    assert {name: main.get(name, pin) for name, pin in job.items()} == job
