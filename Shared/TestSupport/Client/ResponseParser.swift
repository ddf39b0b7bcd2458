/// Reads a response from raw bytes as they come, forgiving nothing that matters to a comparison.
struct ResponseParser {
    private enum State {
        case head
        case body(left: Int)
        case chunkSize
        case chunk(left: Int)
        case chunkEnd
        case trailers
        case untilClose
        case done
    }

    private var pending: [UInt8] = []
    private var state = State.head
    private(set) var response = RawResponse()

    var isDone: Bool {
        if case .done = state { return true }
        return false
    }

    mutating func append(_ bytes: some Collection<UInt8>, at instant: ContinuousClock.Instant) throws(RawHTTPError) {
        pending += bytes
        while try step(instant) {}
    }

    /// The connection was closed.
    mutating func close(at instant: ContinuousClock.Instant) {
        response.isClosed = true
        if case .untilClose = state { finish(instant) }
    }

    private mutating func finish(_ instant: ContinuousClock.Instant) {
        state = .done
        response.isComplete = true
        response.endedAt = instant
        response.extra = pending
    }

    /// Takes one part out of the pending bytes; `false` when more are needed.
    private mutating func step(_ instant: ContinuousClock.Instant) throws(RawHTTPError) -> Bool {
        switch state {
        case .head: return try readHead(instant)
        case .body(let left):
            let count = take(left, instant)
            guard count == left else {
                state = .body(left: left - count)
                return false
            }
            finish(instant)
            return false
        case .chunkSize:
            guard let line = line() else { return false }
            let digits = line.prefix { $0 != UInt8(ascii: ";") }
            guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16) else {
                throw RawHTTPError("bad chunk size: \(String(decoding: line, as: UTF8.self))")
            }
            state = size == 0 ? .trailers : .chunk(left: size)
            return true
        case .chunk(let left):
            let count = take(left, instant)
            state = count == left ? .chunkEnd : .chunk(left: left - count)
            return count == left
        case .chunkEnd:
            guard let line = line() else { return false }
            guard line.isEmpty else { throw RawHTTPError("bytes behind a chunk") }
            state = .chunkSize
            return true
        case .trailers:
            guard let line = line() else { return false }
            if line.isEmpty { finish(instant) }
            return !line.isEmpty
        case .untilClose:
            _ = take(pending.count, instant)
            return false
        case .done:
            response.extra = pending
            return false
        }
    }

    private mutating func readHead(_ instant: ContinuousClock.Instant) throws(RawHTTPError) -> Bool {
        guard let end = ByteSearch.first(pending, "\r\n\r\n") else { return false }
        let lines = String(decoding: pending[..<end], as: UTF8.self).split(separator: "\r\n")
        pending.removeFirst(end + 4)
        let words = (lines.first ?? "").split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
            throw RawHTTPError("no status line: \(lines.first ?? "")")
        }
        if (100..<200).contains(status) { return true }
        response.status = status
        response.headAt = instant
        response.headers = lines.dropFirst().map { line in
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            return HeaderField(String(line[..<colon]), String(line[colon...].dropFirst().drop { $0 == " " }))
        }
        if response.headers.first("transfer-encoding")?.lowercased() == "chunked" {
            state = .chunkSize
        } else if let text = response.headers.first("content-length") {
            guard let length = Int(text) else { throw RawHTTPError("bad content-length: \(text)") }
            state = .body(left: length)
        } else if status == 204 || status == 304 {
            finish(instant)
            return false
        } else {
            state = .untilClose
        }
        return true
    }

    private mutating func take(_ count: Int, _ instant: ContinuousClock.Instant) -> Int {
        let taken = min(count, pending.count)
        guard taken > 0 else { return 0 }
        if response.bodyAt == nil { response.bodyAt = instant }
        response.body += pending.prefix(taken)
        pending.removeFirst(taken)
        return taken
    }

    private mutating func line() -> [UInt8]? {
        guard let end = ByteSearch.first(pending, "\r\n") else { return nil }
        defer { pending.removeFirst(end + 2) }
        return Array(pending[..<end])
    }
}
