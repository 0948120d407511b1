"""The definitions as Dagster loads them: complete, described, and safe in every launch path.

What the jobs do when they run belongs in test_job_runs.py.
"""

import itertools
import json
import re

import dagster as dg
import pytest
from dagster import AssetKey
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tiktok_insights.definitions import defs
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights_tests.test_architecture import modules, texts

STAGES = {
    "raw_followers": "raw",
    "followers_csv": "lake",
    "tiktok_user_data": "catalog",
    "staged_tiktok_data": "staging",
    "tiktok_data": "warehouse",
}
MARTS = [mart.name for mart in all_marts()]


@pytest.fixture
def loaded(environment: dict[str, str]) -> dg.Definitions:
    """The definitions, loaded in the test's environment."""
    return defs()


def test_the_stages_stand_in_their_groups_and_in_one_line(loaded: dg.Definitions) -> None:
    """Five assets, each downstream of the one before, the marts of the last, then the dashboard and the report."""
    graph = loaded.resolve_asset_graph()
    groups = {key.to_user_string(): graph.get(key).group_name for key in graph.get_all_asset_keys()}
    in_power_bi = ["semantic_model/TikTokInsights", "report/TikTokInsights"]
    others = dict.fromkeys([*MARTS, "dashboard", "load_report", *in_power_bi], "insights")
    others |= {"verification": "warehouse"}
    assert groups == STAGES | others
    for last in ("dashboard", "load_report"):
        assert graph.get(AssetKey(last)).parent_keys == set(map(AssetKey, MARTS))
        assert not graph.get(AssetKey(last)).child_keys
    for mart in MARTS:
        assert graph.get(AssetKey(mart)).parent_keys == {AssetKey("tiktok_data")}
    names = list(STAGES)
    for upstream, downstream in itertools.pairwise(names):
        assert graph.get(AssetKey(downstream)).parent_keys == {AssetKey(upstream)}


@pytest.mark.parametrize("name", [*STAGES, *MARTS, "dashboard", "load_report"])
def test_an_asset_says_what_it_is(loaded: dg.Definitions, name: str) -> None:
    """Description with the grain, owner, kinds, and where there are columns a schema with types and meanings."""
    node = loaded.resolve_asset_graph().get(AssetKey(name))
    assert node.description
    assert any(
        word in node.description.lower() for word in ("one row per", "one row:", "one object per", "one html file")
    )
    assert node.owners == ["team:tiktok-insights"]
    assert node.kinds
    if name != "load_report":
        assert {"dagster/uri", "dagster/table_name"} & node.metadata.keys(), "where it is is known before the first run"
    assert node.code_version
    if name not in ("raw_followers", "dashboard"):
        schema: dg.TableSchema = node.metadata["dagster/column_schema"]
        assert all(column.description for column in schema.columns)
        # A CSV has texts only; so has what Glue says of it.
        assert len({column.type for column in schema.columns}) > (name not in ("followers_csv", "tiktok_user_data"))


def test_each_check_is_a_sentence_and_the_audit_blocks(loaded: dg.Definitions) -> None:
    """Every check says more than its name; the audit's checks block, and so do those on the table, but the warnings."""
    graph = loaded.resolve_asset_graph()
    nodes = {key: graph.get(key) for key in graph.asset_check_keys}
    for key, node in nodes.items():
        assert node.description
        assert set(node.description.lower().rstrip(".").split()) - set(key.name.split("_")), key
    blocking = {key.name for key, node in nodes.items() if node.blocking}
    staging = {key.name for key in nodes if key.asset_key == AssetKey("staged_tiktok_data")}
    assert staging - blocking == {
        "every_id_has_one_handle_within_an_object",
        "no_csv_is_skipped",
        "every_pending_object_is_readable",
    }
    assert {key.name for key in nodes if key.asset_key == AssetKey("tiktok_data")} - blocking == {
        "every_account_is_fresh",
        "no_object_is_refused",
        "no_object_has_removed_people",
        "no_list_lost_many_users",
        "no_snapshot_lost_many_counts",
    }


def test_a_checks_name_is_that_of_its_function_and_no_text(loaded: dg.Definitions) -> None:
    """So it is written once in the package, and a rename cannot miss a place."""
    names = {key.name for key in loaded.resolve_asset_graph().asset_check_keys}
    for _, path, tree in modules():
        assert not [text for text in texts(tree) if names & set(re.findall(r"\w+", text))], path


def test_markdown_swallows_nothing_of_a_description(loaded: dg.Definitions) -> None:
    """The UI renders descriptions: a `<word>` outside code would be a tag, which no browser shows."""
    graph = loaded.resolve_asset_graph()
    described: list[str | None] = [graph.get(key).description for key in graph.get_all_asset_keys()]
    described += [graph.get(key).description for key in graph.asset_check_keys]
    others = (*(loaded.jobs or ()), *(loaded.sensors or ()), *(loaded.schedules or ()))
    described += [item.description for item in others]
    assert len(described) > 40
    for text in filter(None, described):
        assert not any(token.type.startswith("html") for token in tokens_of(text)), text


def tokens_of(markdown: str) -> list[Token]:
    """What a text consists of, also within its paragraphs."""
    found = MarkdownIt("commonmark").parse(markdown)
    return [*found, *(inner for token in found for inner in token.children or ())]


def test_the_launchpad_explains_each_setting(loaded: dg.Definitions) -> None:
    """Each field of the run config has a default and a help text."""
    for name in ("raw_followers", "followers_csv", "staged_tiktok_data"):
        schema = loaded.resolve_assets_def(name).op.config_schema.config_type
        for field_name, field in schema.fields.items():  # type: ignore[union-attr]
            assert field.description, f"{name}.{field_name}"
            assert field.default_provided, f"{name}.{field_name}"


def test_jobs_and_schedule_are_there(loaded: dg.Definitions) -> None:
    """The main job has all stages, the second begins at the catalog, and the schedule runs the main job."""
    steps = {
        name: set(loaded.resolve_job_def(name).graph.node_dict) for name in ("tiktok_pipeline", "load_pending_objects")
    }
    assert set(STAGES) <= steps["tiktok_pipeline"]
    assert set(STAGES) & steps["load_pending_objects"] == {"tiktok_user_data", "staged_tiktok_data", "tiktok_data"}
    schedule = loaded.resolve_schedule_def("daily_schedule")
    assert (schedule.job_name, schedule.cron_schedule, schedule.execution_timezone) == (
        "tiktok_pipeline", "0 5 * * *", "UTC",
    )  # fmt: skip
    weekly = loaded.resolve_schedule_def("weekly_verification")
    assert (weekly.job_name, weekly.cron_schedule) == ("verify", "0 9 * * 0")
    assert weekly.default_status is dg.DefaultScheduleStatus.STOPPED
    assert set(loaded.resolve_job_def("verify").graph.node_dict) == {"verification"}


def test_no_run_keeps_its_place_in_the_pool_for_ever(loaded: dg.Definitions) -> None:
    """Every job says after how many seconds Dagster ends it: at most a day."""
    for name in ("tiktok_pipeline", "load_pending_objects", "retry_refused_objects", "replay_snapshots"):
        assert "verification" not in loaded.resolve_job_def(name).graph.node_dict
        assert "load_report" in loaded.resolve_job_def(name).graph.node_dict
        assert 3_600 <= int(loaded.resolve_job_def(name).tags["dagster/max_runtime"]) <= 86_400, name


def test_the_replay_begins_at_the_lake_and_needs_no_settings(loaded: dg.Definitions) -> None:
    """Whoever starts replay_snapshots without any config replays; stage raw, which asks the API, is not in it."""
    job = loaded.resolve_job_def("replay_snapshots")
    assert set(STAGES) & set(job.graph.node_dict) == set(STAGES) - {"raw_followers"}
    assert job.run_config == {"ops": {"followers_csv": {"config": {"replay": True}}}}


def test_no_secret_is_part_of_the_definitions(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys in the environment do not show in the resources' config, where the UI would print them."""
    monkeypatch.setenv("RAPIDAPI_KEY", "canary-of-the-api")
    monkeypatch.setenv("SNOWFLAKE_PRIVATE_KEY", "canary-of-the-warehouse")
    monkeypatch.setenv("TIKTOK_PSEUDONYM_KEY", "canary-of-the-names")
    monkeypatch.setenv("AZURE_POWERBI_API_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("ALERT_SLACK_URL", "https://hooks.slack.com/canary-of-slack")
    monkeypatch.setenv("ALERT_WEBHOOK_URL", "https://example.com/canary-of-the-webhook")
    monkeypatch.setenv("AZURE_POWERBI_CLIENT_SECRET", "canary-of-power-bi")
    loaded = defs()
    ours = [item for item in (loaded.resources or {}).values() if isinstance(item, dg.ConfigurableResource)]
    shown = [resource.model_dump_json() for resource in ours]
    assert len(shown) == 9
    assert "canary" not in json.dumps(shown)
    assert "canary" not in repr(loaded.resources)


def test_columns_that_identify_a_person_are_tagged(loaded: dg.Definitions) -> None:
    """In the CSV, in Glue, in the warehouse and in the marts."""
    graph = loaded.resolve_asset_graph()
    tagged = {
        name: [c.name for c in graph.get(AssetKey(name)).metadata["dagster/column_schema"].columns if c.tags]
        for name in ("followers_csv", "tiktok_user_data", "tiktok_data", "followers_by_user", "user_totals")
    }
    in_csv = ["Tiktok_id", "uniqueId", "nickname", "avatarLarger", "avatarMedium", "avatarThumb"]
    assert tagged == {
        "followers_csv": in_csv,
        "tiktok_user_data": [name.lower() for name in in_csv],
        "tiktok_data": ["TIKTOK_ID", "USER_NAME", "NICK_NAME"],
        "followers_by_user": ["TIKTOK_ID", "USER_NAME", "NICK_NAME"],
        "user_totals": [],
    }


def test_freshness_is_watched_at_both_ends(loaded: dg.Definitions) -> None:
    """Of what is extracted, and of the table that people read."""
    graph = loaded.resolve_asset_graph()
    watched = {key.to_user_string() for key in graph.get_all_asset_keys() if graph.get(key).freshness_policy}
    assert watched == {"raw_followers", "tiktok_data"}
