"""What of Glue's definitions moto lacks: jobs and connections that change, and connections with their type."""

from typing import Any

import pytest

from tiktok_insights_tests.local.glue.jobs import Jobs


def test_an_update_replaces_a_job(jobs: Jobs) -> None:
    """What it says is so, what it leaves out has its default, and runs see the new definition."""
    name = jobs.make("print('old')", Description="old", NumberOfWorkers=5, WorkerType="G.1X")
    before = jobs.glue.get_job(JobName=name)["Job"]
    place = jobs.put("new.py", b"print('new')")
    update: Any = {"Role": "other", "Command": {"Name": "pythonshell", "ScriptLocation": place}, "Timeout": 7}
    assert jobs.glue.update_job(JobName=name, JobUpdate=update)["JobName"] == name
    after: Any = jobs.glue.get_job(JobName=name)["Job"]
    assert {key: after[key] for key in update} == update
    assert after["CreatedOn"] == before["CreatedOn"]
    assert not {"Description", "NumberOfWorkers"} & after.keys()
    run = jobs.ended(name, jobs.start(name))
    assert (run["Timeout"], jobs.lines(run["Id"])) == (7, ["new"])
    with pytest.raises(jobs.glue.exceptions.EntityNotFoundException):
        jobs.glue.update_job(JobName="unknown", JobUpdate=update)


def test_a_connection_has_what_it_was_given(jobs: Jobs) -> None:
    """Its type among it; an update replaces it, and passwords are hidden on request."""
    glue, name, missing = jobs.glue, f"connection-{jobs.bucket}", jobs.glue.exceptions.EntityNotFoundException
    authentication = {"AuthenticationType": "BASIC", "SecretArn": "arn:aws:secretsmanager:us-east-1:1:secret:s"}
    first: Any = {
        "Name": name,
        "ConnectionType": "SNOWFLAKE",
        "ConnectionProperties": {"HOST": "one", "PASSWORD": "canary"},
        "AuthenticationConfiguration": authentication,
    }
    glue.create_connection(ConnectionInput=first)
    found: Any = glue.get_connection(Name=name)["Connection"]
    assert {key: found[key] for key in first} == first
    hidden = glue.get_connection(Name=name, HidePassword=True)["Connection"]
    assert hidden["ConnectionProperties"] == {"HOST": "one"}
    second: Any = {"Name": name, "ConnectionType": "SNOWFLAKE", "ConnectionProperties": {"HOST": "two"}}
    glue.update_connection(Name=name, ConnectionInput=second)
    changed: Any = glue.get_connection(Name=name)["Connection"]
    assert {key: changed[key] for key in second} == second
    assert changed["CreationTime"] == found["CreationTime"]
    assert "AuthenticationConfiguration" not in changed
    glue.delete_connection(ConnectionName=name)
    with pytest.raises(missing):
        glue.get_connection(Name=name)
    with pytest.raises(missing):
        glue.update_connection(Name=name, ConnectionInput=second)
    with pytest.raises(missing):
        glue.delete_connection(ConnectionName=name)


def test_a_table_is_updated_only_in_the_version_that_is_asked_for(jobs: Jobs) -> None:
    """Another one is refused, and leaves the table as it was; without a version, any is right."""
    glue, database = jobs.glue, f"db_{jobs.bucket}"
    glue.create_database(DatabaseInput={"Name": database})
    glue.create_table(DatabaseName=database, TableInput={"Name": "t", "Description": "first"})
    version = glue.get_table(DatabaseName=database, Name="t")["Table"]["VersionId"]
    second: Any = {"Name": "t", "Description": "second"}
    with pytest.raises(glue.exceptions.ConcurrentModificationException):
        glue.update_table(DatabaseName=database, TableInput=second, VersionId="999")
    assert glue.get_table(DatabaseName=database, Name="t")["Table"]["Description"] == "first"
    glue.update_table(DatabaseName=database, TableInput=second, VersionId=version)
    assert glue.get_table(DatabaseName=database, Name="t")["Table"]["Description"] == "second"
    glue.update_table(DatabaseName=database, TableInput={"Name": "t", "Description": "third"})
    assert glue.get_table(DatabaseName=database, Name="t")["Table"]["Description"] == "third"
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.update_table(DatabaseName=database, TableInput={"Name": "unknown"})


def test_a_retry_of_an_unknown_run_starts_nothing(jobs: Jobs) -> None:
    """The doctor's request for permission to start a run."""
    name = jobs.make("print('not to be run')")
    with pytest.raises(jobs.glue.exceptions.EntityNotFoundException):
        jobs.glue.start_job_run(JobName=name, JobRunId="unknown")
    assert jobs.glue.get_job_runs(JobName=name)["JobRuns"] == []
