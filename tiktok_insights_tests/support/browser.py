"""A headless Chromium that tests drive, over the pipe of its developer tools: no port, no library.

What it did on a page is remembered: requests, errors in the console, broken rules of the page's policy. What a test
expects of the page belongs in the test.
"""

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    "--headless",
    "--no-sandbox",  # a container's root may not make one
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
#: What a page may ask for by itself.
_ITSELF = ("file:", "data:", "about:")


#: Chromium reads commands from descriptor 3 and answers on 4: puts the two pipes there, and becomes the browser.
_PUT_PIPES = """
import fcntl, os, sys
pipes = [fcntl.fcntl(int(pipe), fcntl.F_DUPFD, 10) for pipe in sys.argv[1:3]]
for pipe, place in zip(pipes, (3, 4)):
    os.dup2(pipe, place)
os.execv(sys.argv[3], sys.argv[3:])
"""


_NEXT_FRAME = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


class BrowserError(AssertionError):
    """There is no browser, or it refused a command."""


@dataclass
class Browser:
    """A browser with one page."""

    process: "subprocess.Popen[bytes]"
    commands: int
    answers: int
    session: str = ""
    last: int = 0
    rest: bytes = b""
    #: Addresses asked for, other than of the file itself.
    requests: list[str] = field(default_factory=list)
    #: Errors and broken rules in the console.
    errors: list[str] = field(default_factory=list)

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """Send a command, and wait for its answer."""
        self.last += 1
        message: dict[str, object] = {"id": self.last, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        while (answer := self._next()).get("id") != self.last:
            self._remember(answer)
        if "error" in answer:
            msg = f"{method}: {answer['error']['message']}"
            raise BrowserError(msg)
        result: dict[str, Any] = answer["result"]
        return result

    def size(self, width: int, height: int = 900) -> None:
        """Make the page so wide and high; a narrow one is a phone's."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 640
        )

    def prefer(self, scheme: str) -> None:
        """Prefer the light or the dark theme, as a system does."""
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def scripts(self, *, run: bool) -> None:
        """Let the page's scripts run, or not."""
        self.call("Emulation.setScriptExecutionDisabled", value=not run)

    def open(self, path: Path, address: str = "") -> None:
        """Open a file, from the beginning, and wait until it is drawn."""
        self.requests.clear()
        self.errors.clear()
        self.call("Page.navigate", url="about:blank")
        self.call("Page.navigate", url=path.as_uri() + address)
        while not self.evaluate("document.readyState === 'complete' && location.protocol === 'file:'"):
            pass

    def go(self, address: str) -> None:
        """Change what stands after # in the address, as a link does, and wait until the page has answered."""
        self.evaluate(f"location.hash = {json.dumps(address)}; {_NEXT_FRAME}")

    def evaluate(self, expression: str) -> Any:  # what the page answers
        """The value of an expression of the page; an error in it is one here."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise BrowserError(answer["exceptionDetails"].get("exception", {}).get("description", "error"))
        return answer["result"].get("value")

    def press(self, key: str) -> None:
        """Press a key and let it go."""
        codes: Mapping[str, int] = {"Tab": 9, "Enter": 13, "ArrowLeft": 37, "ArrowRight": 39, " ": 32, "Escape": 27}
        text = {"Enter": "\r", " ": " "}.get(key, "")
        code = {"windowsVirtualKeyCode": codes[key], "key": key, "code": {" ": "Space"}.get(key, key)}
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **code)
        self.call("Input.dispatchKeyEvent", type="keyUp", **code)

    def picture(self) -> bytes:
        """The whole page as a PNG."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        return base64.b64decode(shot["data"])

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self.rest:
            more = os.read(self.answers, 1 << 20)
            if not more:
                msg = "The browser has ended."
                raise BrowserError(msg)
            self.rest += more
        message, _, self.rest = self.rest.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found

    def _remember(self, event: dict[str, Any]) -> None:
        told = event.get("params", {})
        if event.get("method") == "Network.requestWillBeSent":
            url = told["request"]["url"]
            if not url.startswith(_ITSELF):
                self.requests.append(url)
        elif event.get("method") == "Log.entryAdded" and told["entry"]["level"] == "error":
            self.errors.append(told["entry"]["text"])
        elif event.get("method") == "Runtime.exceptionThrown":
            self.errors.append(str(told["exceptionDetails"]))
        elif event.get("method") == "Audits.issueAdded" and told["issue"]["code"] == "ContentSecurityPolicyIssue":
            self.errors.append(str(told["issue"]["details"]))


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Run a browser with a profile that nobody has used. Raises BrowserError when none is installed."""
    path = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if path is None:
        msg = "No browser found. Install Chromium; on Debian: apt-get install chromium"
        raise BrowserError(msg)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        their_in, our_out = os.pipe()
        our_in, their_out = os.pipe()
        command = [path, *_FLAGS, f"--user-data-dir={profile}", "about:blank"]
        process = subprocess.Popen(  # noqa: S603  # a browser from the PATH, and fixed words
            [sys.executable, "-c", _PUT_PIPES, str(their_in), str(their_out), *command],
            pass_fds=(their_in, their_out),
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # a headless browser complains of what it has not
        )
        os.close(their_in)
        os.close(their_out)
        browser = Browser(process, our_out, our_in)
        try:
            _attach(browser)
            yield browser
            browser.session = ""
            browser.call("Browser.close")
        finally:
            process.kill()
            process.wait()
            os.close(our_out)
            os.close(our_in)


def _attach(browser: Browser) -> None:
    targets = browser.call("Target.getTargets")["targetInfos"]
    page = next(target["targetId"] for target in targets if target["type"] == "page")
    browser.session = browser.call("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
    for domain in ("Page", "Runtime", "Log", "Network", "Audits"):
        browser.call(f"{domain}.enable")
