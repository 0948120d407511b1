"""The API key is planted as a canary and looked for in everything that a run leaves behind."""

import gzip
from pathlib import Path

import dagster as dg
import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.definitions import defs
from tiktok_insights_tests.support.bodies import encoded, user_info, web_page, web_row
from tiktok_insights_tests.support.scripted import Reply, scripted

_CANARY = "canary-key-4f1d0c6a9b7e2d35-of-fifty-characters-or-so"

_REFUSAL = f"Invalid API key {_CANARY}."
_ECHO_ERROR = Reply(status=401, body=encoded({"message": _REFUSAL}), headers={"x-echo": _CANARY})
_ECHO_PAGE = Reply(body=encoded(dict(web_page(web_row("7420366745511658149"), total=1), echo=_CANARY)))
_ECHO_HTML = Reply(body=f"<html>{_CANARY}</html>".encode())


@pytest.mark.parametrize(
    ("replies", "succeeds"),
    [
        ([_ECHO_ERROR], False),
        ([_ECHO_PAGE], True),
        ([_ECHO_HTML], True),
        ([Reply(hangs_up=True)], True),
    ],
    ids=["refused", "a page that repeats it", "html", "no answer"],
)
def test_the_key_is_nowhere_after_a_run(
    environment: dict[str, str],
    store: ObjectStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    replies: list[Reply],
    succeeds: bool,
) -> None:
    """Not in Dagster's run storage and logs, the bucket, the terminal, or what the run gives back."""
    info = Reply(body=encoded(user_info(followers="1")))
    with scripted(*replies, info=info) as script, dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        monkeypatch.setenv("RAPIDAPI_KEY", _CANARY)
        monkeypatch.setenv("TIKTOK_API_URL", script.address)
        monkeypatch.setenv("TIKTOK_ACCOUNTS", "some.shop")
        monkeypatch.setenv("TIKTOK_REQUESTS_PER_MINUTE", "6000")
        job = defs().resolve_job_def("tiktok_pipeline")
        result = job.execute_in_process(instance=instance, raise_on_error=False)
        assert result.success is succeeds
        assert [asked.headers["x-rapidapi-key"] for asked in script.asked][:1] == [_CANARY]
        events = repr(result.all_events) + repr(instance.all_logs(result.run_id))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.suffix == ".db" for path in files)
    for path in files:
        assert _CANARY.encode() not in path.read_bytes(), path
    for listed in store.list(""):
        stored = store.get(listed.key)
        assert _CANARY not in repr(stored.metadata) + stored.body.decode("latin-1"), listed.key
    for answer in store.list("raw/followers/"):
        if answer.key.endswith(".gz"):
            assert _CANARY.encode() not in gzip.decompress(store.get(answer.key).body), answer.key
    said = capfd.readouterr()
    assert _CANARY not in events + said.out + said.err
