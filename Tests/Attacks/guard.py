"""A guard of its own, asked over its socket."""
import json
import os
import socket
import subprocess
import time

PART = 20


class Guard:
    """Starts `keirouter-guard` with a home of its own and ends it again."""

    def __init__(self, program, home):
        self.log = open(os.path.join(home, "guard.log"), "wb")
        environment = dict(os.environ, HOME=home)
        self.process = subprocess.Popen([program], env=environment, cwd=home, stdout=self.log, stderr=self.log)
        self.count = 0
        self.socket = self.connect(home)
        self.answers = self.socket.makefile("rb")

    def connect(self, home, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            for folder, _, names in os.walk(home):
                for name in names:
                    if "guard" not in name or not name.endswith(".sock"):
                        continue
                    link = socket.socket(socket.AF_UNIX)
                    try:
                        link.connect(os.path.join(folder, name))
                        return link
                    except OSError:
                        link.close()
            time.sleep(0.05)
        self.close()
        raise RuntimeError("the guard did not start: see " + self.log.name)

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()

    def call(self, method, parameters):
        self.count += 1
        body = {"jsonrpc": "2.0", "id": self.count, "method": method, "params": parameters}
        data = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        self.socket.sendall(b"Content-Length: %d\r\n\r\n" % len(data) + data)
        while True:
            answer = self.frame()
            if answer.get("id") != self.count:
                continue
            if "error" not in answer:
                return answer["result"]
            if answer["error"].get("data", {}).get("reason") != "loading":
                raise RuntimeError(answer["error"])
            time.sleep(0.1)
            return self.call(method, parameters)

    def frame(self):
        length = 0
        while line := self.answers.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if length == 0:
            raise RuntimeError("the guard closed the connection")
        return json.loads(self.answers.read(length))

    def flagged(self, texts):
        """For each text whether an injection is found in it, as the last user turn."""
        result = []
        for start in range(0, len(texts), PART):
            part = texts[start:start + PART]
            segments = [{"id": i, "role": "user", "kind": "text", "text": text} for i, text in enumerate(part)]
            answer = self.call("guard.v1.Guard/Inspect", {
                "request_id": "attacks", "direction": "inbound", "scope": {"tenant": "default"}, "trial": True,
                "segments": segments,
            })
            found = {f.get("segment", 0) for f in answer.get("findings", []) if f["detector"] == "injection"}
            result += [i in found for i in range(len(part))]
        return result
