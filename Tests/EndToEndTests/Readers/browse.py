"""Opens a page in headless Chromium and does what standard input says, through the DevTools protocol on a pipe.

Standard input holds a JSON list of steps, each an object with one key:
  {"size": [width, height, isPhone]}   {"scheme": "dark"}      {"evaluate": "JavaScript expression"}
  {"key": "ArrowRight"}                {"click": [x, y]}       {"wait": seconds}       {"picture": "file.png"}
Prints a JSON object: the values of the expressions, errors of the page, and requests that left it.
"""
import base64
import json
import os
import subprocess
import sys
import tempfile
import time


class Browser:
    def __init__(self, folder):
        to_browser, self.writing = os.pipe()
        self.reading, from_browser = os.pipe()

        def place():
            # Numbers 3 and 4 may be in use by the other ends: move those away first.
            ends = [os.dup2(to_browser, 100), os.dup2(from_browser, 101)]
            os.dup2(ends[0], 3)
            os.dup2(ends[1], 4)

        self.process = subprocess.Popen(
            ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--no-first-run", "--disable-extensions", "--hide-scrollbars", "--remote-debugging-pipe",
             f"--user-data-dir={folder}", "about:blank"],
            close_fds=False, preexec_fn=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.buffer = b""
        self.number = 0
        self.session = None
        self.errors = []
        self.requests = []

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.writing, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.next_message()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]

    def next_message(self):
        while b"\0" not in self.buffer:
            data = os.read(self.reading, 1 << 16)
            if not data:
                raise RuntimeError("the browser has ended")
            self.buffer += data
        head, self.buffer = self.buffer.split(b"\0", 1)
        message = json.loads(head)
        self.note(message)
        return message

    def note(self, message):
        method, parameters = message.get("method"), message.get("params", {})
        if method == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get("description", details["text"]))
        elif method == "Log.entryAdded" and parameters["entry"]["level"] == "error":
            self.errors.append(parameters["entry"]["text"])
        elif method == "Runtime.consoleAPICalled" and parameters["type"] == "error":
            self.errors.append(str(parameters["args"]))
        elif method == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"][:200])

    def open(self, path):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Log", "Network"]:
            self.call(f"{domain}.enable")
        self.call("Page.navigate", url="file://" + os.path.abspath(path))
        for _ in range(100):
            if self.evaluate("document.readyState") == "complete":
                return
            time.sleep(0.05)
        raise RuntimeError("the page did not load")

    def evaluate(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def do(self, step):
        (what, value), = step.items()
        if what == "size":
            width, height, is_phone = value
            self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                      deviceScaleFactor=2 if is_phone else 1, mobile=is_phone)
        elif what == "scheme":
            self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": value}])
        elif what == "key":
            text = {"text": value} if len(value) == 1 else {}
            code = {" ": "Space"}.get(value, value)
            self.call("Input.dispatchKeyEvent", type="keyDown", key=value, code=code, **text)
            self.call("Input.dispatchKeyEvent", type="keyUp", key=value, code=code)
        elif what == "click":
            for kind in ["mousePressed", "mouseReleased"]:
                self.call("Input.dispatchMouseEvent", type=kind, x=value[0], y=value[1], button="left",
                          buttons=1 if kind == "mousePressed" else 0, clickCount=1)
        elif what == "wait":
            time.sleep(value)
        elif what == "picture":
            with open(value, "wb") as file:
                file.write(base64.b64decode(self.call("Page.captureScreenshot")["data"]))
        elif what == "evaluate":
            return self.evaluate(value)
        else:
            raise RuntimeError(f"unknown step {what}")
        return None


def main():
    steps = json.load(sys.stdin)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = Browser(folder)
        try:
            browser.open(sys.argv[1])
            values = [browser.do(step) for step in steps]
        finally:
            browser.process.kill()
            browser.process.wait()
    print(json.dumps({
        "values": [value for step, value in zip(steps, values) if "evaluate" in step],
        "errors": browser.errors,
        "requests": [url for url in browser.requests if not url.startswith(("file:", "data:"))],
    }))


main()
