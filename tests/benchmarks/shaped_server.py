#!/usr/bin/env python3
"""Serves a folder of HLS through a link with a rate and a latency after a trace, to whichever player.

Usage: shaped_server.py FOLDER TRACE HLS_JS
Prints its address, then the JSON that the page posts when its playback is over. The trace begins with the first request
for the master playlist. /player.html plays /master.m3u8 with hls.js, which is served unshaped.
"""
import http.server
import json
import os
import sys
import threading
import time

PAGE = """<!doctype html><video id=v muted width=640 height=360></video><script src=/hls.js></script><script>
const video = document.getElementById('v'), began = performance.now();
let startup = null, stalls = 0, stalled = 0, since = null, bits = 0, media = 0, switches = 0, last = -1, over = false;
const fatal = [];
const close = () => { if (since !== null) { stalled += performance.now() - since; since = null; } };
function report(outcome) {
    if (over) return;
    over = true; close();
    fetch('/result', {method: 'POST', body: JSON.stringify({outcome, startup_s: startup === null ? null : startup / 1000,
        stalls, stalled_s: stalled / 1000, average_bps: media > 0 ? bits / media : null, media_s: media, switches, fatal,
        version: Hls.version})});
}
const hls = new Hls();
hls.on(Hls.Events.FRAG_CHANGED, (_, {frag}) => {
    const level = hls.levels[frag.level];
    bits += Number(level.attrs.BANDWIDTH) * frag.duration; media += frag.duration;
    if (last >= 0 && frag.level !== last) ++switches;
    last = frag.level;
});
hls.on(Hls.Events.ERROR, (_, data) => { if (data.fatal) { fatal.push(data.details); report('failed'); } });
video.addEventListener('playing', () => { if (startup === null) startup = performance.now() - began; close(); });
video.addEventListener('waiting', () => {
    if (startup === null || since !== null || video.ended || video.duration - video.currentTime < 0.2) return;
    since = performance.now(); ++stalls;
});
video.addEventListener('timeupdate', () => { if (video.readyState >= 3) close(); });
video.addEventListener('ended', () => report('ended'));
hls.loadSource('/master.m3u8'); hls.attachMedia(video);
hls.on(Hls.Events.MANIFEST_PARSED, () => video.play());
</script>"""


class Link:
    """One link for all answers: bytes pass in the order in which they are ready, at the trace's rate."""

    def __init__(self, path):
        self.steps = []  # (end, bits per second, latency)
        end, latency = 0.0, 0.0
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                fields = line.split("#")[0].split()
                if not fields:
                    continue
                end += float(fields[0])
                latency = float(fields[2]) / 1000 if len(fields) > 2 else latency
                self.steps.append((end, float(fields[1]) * 1000, latency))
        self.lock = threading.Lock()
        self.began = None
        self.free = 0.0

    def now(self):
        with self.lock:
            if self.began is None:
                self.began = time.monotonic()
            return time.monotonic() - self.began

    def step(self, at):
        at %= self.steps[-1][0]
        return next((step for step in self.steps if at < step[0]), self.steps[-1])

    def carried(self, at, bits):
        while True:
            end, bps, _ = self.step(at)
            left = max(1e-6, end - at % self.steps[-1][0])
            if bps > 0 and bits <= bps * left:
                return at + bits / bps
            bits -= bps * left
            at += left

    def passed(self, size):
        now = self.now()
        with self.lock:
            self.free = self.carried(max(self.free, now), size * 8)
            wait = self.free - now
        if wait > 0:
            time.sleep(wait)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *arguments):
        pass

    def answer(self, body, kind):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()

    def do_GET(self):
        path = self.path.split("?")[0]
        if path in ("/player.html", "/hls.js"):
            body = PAGE.encode() if path == "/player.html" else HLS_JS
            self.answer(body, "text/html" if path == "/player.html" else "text/javascript")
            self.wfile.write(body)
            return
        name = os.path.normpath(os.path.join(FOLDER, path.lstrip("/")))
        if not name.startswith(FOLDER + os.sep) or not os.path.isfile(name):
            self.send_error(404)
            return
        with open(name, "rb") as file:
            body = file.read()
        time.sleep(LINK.step(LINK.now())[2])
        try:
            self.answer(body, "application/vnd.apple.mpegurl" if name.endswith(".m3u8") else "video/mp4")
            for at in range(0, len(body), 4096):
                piece = body[at:at + 4096]
                LINK.passed(len(piece))
                self.wfile.write(piece)
        except OSError:
            self.close_connection = True  # the player gave this one up

    def do_POST(self):
        body = self.rfile.read(min(int(self.headers.get("Content-Length", "0")), 65536))
        self.answer(b"", "text/plain")
        print(json.dumps(json.loads(body)), flush=True)


FOLDER = os.path.realpath(sys.argv[1])
LINK = Link(sys.argv[2])
with open(sys.argv[3], "rb") as script:
    HLS_JS = script.read()
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
