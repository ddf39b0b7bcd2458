import Logging
import Observability
import Synchronization
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Keeps what was written, one entry per call.
final class MemorySink: LogSink {
    private let storage = Mutex<[[UInt8]]>([])

    func write(_ line: [UInt8]) {
        storage.withLock { $0.append(line) }
    }

    var lines: [String] { storage.withLock { $0.map { String(decoding: $0, as: UTF8.self) } } }
}

@Suite("Log lines")
struct LineLogHandlerTests {
    private let sink = MemorySink()

    private func logger(
        _ format: LogFormat,
        redact: @escaping @Sendable (String) -> String = { $0 },
        control: LogLevelControl = LogLevelControl(.trace),
        provider: Logger.MetadataProvider? = nil
    ) -> Logger {
        let sink = sink
        return Logger(label: "meter") { label in
            LineLogHandler(
                label: label,
                format: format,
                control: control,
                redact: redact,
                sink: sink,
                metadataProvider: provider,
                clock: { 1_769_904_000_123_456 }
            )
        }
    }

    @Test("a text line has time, level, logger, message and sorted metadata")
    func text() {
        logger(.text).info("key created", metadata: ["b": "two words", "a": "1", "c": "x=y", "d": ""])
        #expect(
            sink.lines == [
                "2026-02-01T00:00:00.123Z info meter: key created a=1 b=\"two words\" c=\"x=y\" d=\"\"\n"
            ]
        )
    }

    @Test("a JSON line is one object; names of ours are not shadowed")
    func json() throws {
        logger(.json).warning("odd", metadata: ["message": "forged", "n": "\(7)", "list": ["a", "b"]])
        #expect(
            sink.lines == [
                #"{"time":"2026-02-01T00:00:00.123Z","level":"warning","logger":"meter","message":"odd","#
                    + #""list":"[\"a\", \"b\"]","metadata.message":"forged","n":"7"}"# + "\n"
            ]
        )
    }

    @Test("no control character reaches the sink", arguments: LogFormat.allCases)
    func injection(format: LogFormat) throws {
        let hostile = (0...0x2F).compactMap { Unicode.Scalar(UInt32($0)) } + ["\u{7F}", "\u{85}", "\u{9B}", "\u{2028}"]
        let text = String(String.UnicodeScalarView(hostile)) + "\u{202E}\u{2066}\"\\ é 😀"
        logger(format).info("\(text)", metadata: ["\(text)": "\(text)"])
        let line = try #require(sink.lines.first)
        #expect(sink.lines.count == 1)
        #expect(line.hasSuffix("\n"))
        for scalar in line.dropLast().unicodeScalars {
            #expect(scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value))
            #expect(![0x2028, 0x202E, 0x2066].contains(scalar.value))
        }
        #expect(line.contains("é 😀"))
        #expect(line.contains("\\u001b"))
        if format == .json {
            let object = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
            #expect(object["message"] == text)
            #expect(object[text] == text)
        }
    }

    @Test("what is longer than 8 KiB is cut at a character", arguments: LogFormat.allCases)
    func cut(format: LogFormat) throws {
        let long = "x" + String(repeating: "é", count: 10_000)
        logger(format).info("\(long)", metadata: ["k": "\(long)"])
        let line = try #require(sink.lines.first)
        #expect(line.utf8.count < 2 * (8 << 10) + 300)
        #expect(line.contains("…(+11810 bytes)"))
        #expect(!line.unicodeScalars.contains("\u{FFFD}"))
    }

    @Test("message, keys and values pass through the redaction, also where a cut would hide a secret")
    func redaction() throws {
        let padding = String(repeating: "p", count: (8 << 10) - 5)
        let logger = logger(.text, redact: { $0.replacing("kr_secret", with: "[redacted]") })
        logger.info("got kr_secret", metadata: ["kr_secret": "kr_secret", "cut": "\(padding)kr_secret"])
        let line = try #require(sink.lines.first)
        #expect(line.contains("got [redacted]"))
        #expect(line.contains("[redacted]=[redacted]") || line.contains("[redacted]=\"[redacted]=[redacted]\""))
        #expect(!line.contains("kr_"))
    }

    @Test("the redaction sees a value beside its key")
    func redactionByKey() throws {
        let logger = logger(.json, redact: { $0.hasPrefix("password=") ? "password=[redacted]" : $0 })
        logger.info("m", metadata: ["password": "hunter2", "user": "ann"])
        let line = try #require(sink.lines.first)
        #expect(line.contains(#""password":"[redacted]","user":"ann""#))
    }

    @Test("the level changes while the program runs, and one logger may have its own")
    func levels() {
        let control = LogLevelControl(.warning)
        let shared = logger(.text, control: control)
        var own = logger(.text, control: control)
        shared.info("one")
        #expect(sink.lines.isEmpty)
        control.level = .debug
        shared.debug("two")
        #expect(sink.lines.count == 1)
        own.logLevel = .error
        own.warning("three")
        shared.warning("four")
        #expect(sink.lines.count == 2)
        #expect(shared.logLevel == .debug)
        #expect(own.logLevel == .error)
    }

    @Test("an error is written beside the message")
    func errors() throws {
        struct Broken: Error, CustomStringConvertible { let description = "no\nroute" }
        logger(.text).error("failed", error: Broken())
        #expect(try #require(sink.lines.first).hasSuffix("failed error=\"no\\nroute\"\n"))
    }

    @Test("metadata of the call wins over the provider's, which wins over the logger's")
    func precedence() throws {
        var logger = logger(.text, provider: Logger.MetadataProvider { ["a": "provider", "b": "provider"] })
        logger[metadataKey: "a"] = "logger"
        logger[metadataKey: "b"] = "logger"
        logger[metadataKey: "c"] = "logger"
        logger.info("m", metadata: ["a": "call"])
        #expect(try #require(sink.lines.first).hasSuffix("m a=call b=provider c=logger\n"))
    }

    @Test("lines of a request carry its identifiers")
    func requestIdentifiers() throws {
        let trace = try #require(TraceContext.parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"))
        let logger = logger(.text, provider: .currentRequest)
        CurrentRequest.$current.withValue(CurrentRequest(id: "req_1", trace: trace)) { logger.info("m") }
        logger.info("n")
        #expect(
            try #require(sink.lines.first).hasSuffix(
                "m keirouter.request.id=req_1 span_id=b7ad6b7169203331 trace_id=0af7651916cd43dd8448eb211c80319c\n"
            )
        )
        #expect(sink.lines.last?.hasSuffix(": n\n") == true)
    }

    @Test("lines of many tasks stay whole on one descriptor")
    func wholeLines() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "keirouter-log-\(RequestID.make())").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let descriptor = open(path, O_CREAT | O_WRONLY | O_APPEND, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let logger = Logger(label: "l") { label in
            LineLogHandler(
                label: label,
                format: .text,
                level: .info,
                redact: { $0 },
                sink: DescriptorSink(descriptor: descriptor)
            )
        }
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask { for _ in 0..<200 { logger.info("m", metadata: ["t": "\(task)"]) } }
            }
        }
        let lines = try String(decoding: Data(contentsOf: URL(filePath: path)), as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 1600)
        #expect(lines.allSatisfy { $0.contains(" info l: m t=") && $0.utf8.count == 38 })
    }
}
