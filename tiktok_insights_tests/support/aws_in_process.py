"""AWS in the test's own process, so that a test can stand between it and whoever asks."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

#: A WSGI application in front of AWS.
Door = TypeVar("Door", bound=Callable[..., Any])


@contextmanager
def aws_in_process(
    folder: Path,
    variables: Callable[[str], Mapping[str, str]],
    make_door: Callable[["WSGIApplication"], Door],
    minute_seconds: float = 60.0,
) -> Iterator[tuple[str, Door]]:
    """Serve an empty AWS behind a door; give its URL, and the door. Its files are in the folder.

    `variables` are those of the Glue jobs that it runs, by its URL. moto holds everything in its modules: what an
    earlier test of this process left there is dropped.
    """
    from moto.core.base_backend import BackendDict
    from moto.core.model_instances import reset_model_data

    from tiktok_insights.local.aws.server import AwsState, create_aws_app
    from tiktok_insights.local.glue.service import LocalGlue
    from tiktok_insights.local.serving import LOOPBACK, WsgiServer, listen, port_of

    BackendDict.reset()
    reset_model_data()
    listener = listen(None)
    url = f"http://{LOOPBACK}:{port_of(listener)}"
    state = AwsState(folder)
    glue = LocalGlue(folder / "glue", state.services, variables(url), minute_seconds)
    door = make_door(create_aws_app(state, glue))
    server = WsgiServer("aws_in_process", door, listener)
    try:
        yield url, door
    finally:
        glue.close()
        server.stop()
