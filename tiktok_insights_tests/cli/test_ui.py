"""`tiktok-insights ui`: what it says when it cannot begin."""

import socket

from click.testing import CliRunner

from tiktok_insights.cli import main


def test_a_taken_port_is_named_with_the_remedy(environment: dict[str, str]) -> None:
    """No second UI on another port than the one that was asked for."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = CliRunner().invoke(main, ["ui", "--port", str(port)])
    assert answer.exit_code == 1
    assert f"Port {port} on 127.0.0.1 cannot be used" in answer.output
    assert "--port" in answer.output
