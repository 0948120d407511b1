"""Dagster's home: made once, kept up to date until somebody edits it, and noted where Dagster's own commands look."""

from pathlib import Path

from tiktok_insights.runtime import dagster_home

_FIRST_EDITION = """\
# Dagster's own settings, copied to DAGSTER_HOME when that is made. Edit the copy.
telemetry:
  enabled: false
python_logs:
  # What the stages say; Dagster's own events are in the UI anyway.
  python_log_level: INFO
retention:
  schedule:
    purge_after_days: 90
  sensor:
    purge_after_days:
      skipped: 7
      failure: 30
      success: -1
"""


def test_a_home_is_made_with_settings(tmp_path: Path) -> None:
    """The folder has a dagster.yaml that keeps Dagster from calling home."""
    home = dagster_home.prepare(tmp_path / "dagster")
    assert "telemetry:\n  enabled: false" in (home / "dagster.yaml").read_text(encoding="utf-8")


def test_settings_that_are_there_stay(tmp_path: Path) -> None:
    """A user's own dagster.yaml is left as it is."""
    (tmp_path / "dagster.yaml").write_text("# mine\n", encoding="utf-8")
    dagster_home.prepare(tmp_path)
    assert (tmp_path / "dagster.yaml").read_text(encoding="utf-8") == "# mine\n"


def test_settings_of_an_earlier_version_that_nobody_edited_become_todays(tmp_path: Path) -> None:
    """An update brings its settings along; one added line makes the file the user's."""
    settings = tmp_path / "dagster.yaml"
    settings.write_text(_FIRST_EDITION, encoding="utf-8")
    dagster_home.prepare(tmp_path)
    assert dagster_home.sha256(settings) == dagster_home.EDITIONS[-1]
    settings.write_text(_FIRST_EDITION + "# mine\n", encoding="utf-8")
    dagster_home.prepare(tmp_path)
    assert settings.read_text(encoding="utf-8") == _FIRST_EDITION + "# mine\n"
    assert list(tmp_path.iterdir()) == [settings]


def test_todays_settings_are_the_last_edition(tmp_path: Path) -> None:
    """Whoever changes runtime/dagster.yaml adds its SHA-256 to EDITIONS, or homes would keep the old one forever."""
    assert dagster_home.sha256(dagster_home.prepare(tmp_path) / "dagster.yaml") == dagster_home.EDITIONS[-1]
    assert len(set(dagster_home.EDITIONS)) == len(dagster_home.EDITIONS)


def test_the_env_file_gets_one_line_and_keeps_the_others(tmp_path: Path) -> None:
    """Every older DAGSTER_HOME is replaced, a link stays one, and only the owner may read the file."""
    (tmp_path / "keys").write_text("RAPIDAPI_KEY=mine\nDAGSTER_HOME=/elsewhere\n export DAGSTER_HOME = '/x'\n")
    env_file = tmp_path / ".env"
    env_file.symlink_to(tmp_path / "keys")
    for _ in range(2):
        dagster_home.point_env_file(env_file, tmp_path / "dagster")
        assert env_file.read_text(encoding="utf-8") == 'RAPIDAPI_KEY=mine\nDAGSTER_HOME="${PWD}/dagster"\n'
    assert env_file.is_symlink()
    assert env_file.stat().st_mode & 0o077 == 0
    assert {path.name for path in tmp_path.iterdir()} == {".env", "keys"}
