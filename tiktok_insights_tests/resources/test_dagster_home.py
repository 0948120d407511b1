"""Dagster's home: made once, never overwritten, and noted where Dagster's own commands look."""

from pathlib import Path

from tiktok_insights.resources import dagster_home


def test_a_home_is_made_with_settings(tmp_path: Path) -> None:
    """The folder has a dagster.yaml that keeps Dagster from calling home."""
    home = dagster_home.prepare(tmp_path / "dagster")
    assert "telemetry:\n  enabled: false" in (home / "dagster.yaml").read_text(encoding="utf-8")


def test_settings_that_are_there_stay(tmp_path: Path) -> None:
    """A user's own dagster.yaml is left as it is."""
    (tmp_path / "dagster.yaml").write_text("# mine\n", encoding="utf-8")
    dagster_home.prepare(tmp_path)
    assert (tmp_path / "dagster.yaml").read_text(encoding="utf-8") == "# mine\n"


def test_the_env_file_gets_one_line_and_keeps_the_others(tmp_path: Path) -> None:
    """DAGSTER_HOME is written, replaced when the folder has moved, and only the owner may read the file."""
    env_file = tmp_path / ".env"
    env_file.write_text("RAPIDAPI_KEY=mine\nDAGSTER_HOME=/elsewhere\n", encoding="utf-8")
    dagster_home.point_env_file(env_file, tmp_path / "dagster")
    dagster_home.point_env_file(env_file, tmp_path / "dagster")
    assert env_file.read_text(encoding="utf-8") == f"RAPIDAPI_KEY=mine\nDAGSTER_HOME={tmp_path / 'dagster'}\n"
    assert env_file.stat().st_mode & 0o077 == 0
