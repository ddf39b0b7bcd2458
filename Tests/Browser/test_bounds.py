"""Many and slow readers: what one page may take, and that requests do not feel it."""

import http.client
import json
import socket
import time

from conftest import new_context


def cookie(house):
    return "; ".join(f"{c['name']}={c['value']}" for c in house.states["operator"]["cookies"])


def open_stream(house, receive=None):
    """A connection that asked for the stream; its head is read, nothing else is."""
    stream = socket.socket()
    if receive:
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
    stream.settimeout(10)
    stream.connect(("127.0.0.1", house.gateway.port))
    stream.sendall((f"GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:{house.gateway.port}\r\n"
                    f"Cookie: {cookie(house)}\r\nAccept: text/event-stream\r\n\r\n").encode())
    head = b""
    while b"\r\n\r\n" not in head:
        piece = stream.recv(1)
        assert piece, head
        head += piece
    return stream, int(head.split(b" ")[1])


def median_ms(house, count=15):
    times = []
    for _ in range(count):
        started = time.monotonic()
        house.gateway.chat(house.key, "demo/echo", "beside")
        times.append((time.monotonic() - started) * 1000)
    return sorted(times)[count // 2]


def test_two_hundred_pages(house):
    """64 streams are open at most; the others hear why and when to come back, and requests go on."""
    alone = median_ms(house)
    streams, refused = [], []
    try:
        for _ in range(200):
            stream, status = open_stream(house)
            if status == 200:
                streams.append(stream)
            else:
                refused.append((status, stream))
        assert len(streams) <= 64 and len(streams) >= 55, len(streams)
        assert {status for status, _ in refused} == {503}
        beside = median_ms(house)
        print(f"{len(streams)} live, {len(refused)} refused; a request took {alone:.0f} ms alone, {beside:.0f} ms beside")
        # A debug build on two busy cores: what is held is that nothing waits for the streams.
        assert beside < max(500, 20 * alone)
        connection = http.client.HTTPConnection("127.0.0.1", house.gateway.port, timeout=10)
        connection.request("GET", "/api/events", headers={"Cookie": cookie(house)})
        answer = connection.getresponse()
        problem = json.loads(answer.read())
        assert answer.status == 503 and answer.getheader("retry-after")
        assert problem["reason"] == "too_many_listeners" and "close some" in problem["detail"]
        connection.request("GET", "/requests", headers={"Cookie": cookie(house), "Accept": "text/html"})
        assert connection.getresponse().status == 200
        connection.close()
    finally:
        for stream in streams + [stream for _, stream in refused]:
            stream.close()
    # Places are free again once their pages are gone.
    end = time.monotonic() + 20
    while True:
        stream, status = open_stream(house)
        stream.close()
        if status == 200:
            break
        assert time.monotonic() < end, "no place came free"
        time.sleep(0.2)


def test_a_page_that_does_not_read(house):
    """A reader that stops holds up nobody; when it reads again it has every event, or is told to load anew."""
    slow, status = open_stream(house, receive=4096)
    assert status == 200
    quick, status = open_stream(house)
    assert status == 200
    try:
        time.sleep(0.7)
        for index in range(150):
            house.gateway.chat(house.key, "demo/echo", f"flood {index}")
        quick.settimeout(10)
        text, end = b"", time.monotonic() + 15
        while text.count(b"event: usage") < 140 and b"resync" not in text:
            assert time.monotonic() < end, text.count(b"event: usage")
            text += quick.recv(65536)
        slow.settimeout(10)
        text, end = b"", time.monotonic() + 15
        while text.count(b"event: usage") < 140 and b"event: resync" not in text:
            assert time.monotonic() < end, text.count(b"event: usage")
            text += slow.recv(65536)
    finally:
        slow.close()
        quick.close()
