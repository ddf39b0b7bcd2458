import Contracts
import JSON
import Testing

@Suite("Service errors")
struct ServiceErrorTests {
    @Test("every code crosses the wire with all that drives the caller", arguments: ServiceError.Code.known)
    func roundTrip(code: ServiceError.Code) throws {
        let error = ServiceError(
            code,
            reason: "rate_limited",
            message: "Too many requests.",
            origin: .store,
            retry: .same(afterMilliseconds: 1_200),
            details: ["limit": "20", "window": "1m"],
            cause: WireError(path: "x", problem: "stays here")
        )
        let text = String(decoding: encode(error), as: UTF8.self)
        let read = try decode(ServiceError.self, text)
        #expect(read.code == code)
        #expect(read.reason == "rate_limited")
        #expect(read.message == "Too many requests.")
        #expect(read.origin == .store)
        #expect(read.retry == .same(afterMilliseconds: 1_200))
        #expect(read.details == ["limit": "20", "window": "1m"])
        #expect(read.cause == nil)
        #expect(!text.contains("stays here"))
        #expect(code.status != "UNKNOWN" || code == .unknown)
    }

    @Test(
        "retry and origin cross the wire",
        arguments: [
            ServiceError.Retry.no, .same(afterMilliseconds: nil), .same(afterMilliseconds: 5), .next, .ifReused,
        ],
        ServiceError.Origin.allCases
    )
    func drives(retry: ServiceError.Retry, origin: ServiceError.Origin) throws {
        let error = ServiceError(.unavailable, reason: "x", message: "", origin: origin, retry: retry)
        let read = try decode(ServiceError.self, String(decoding: encode(error), as: UTF8.self))
        #expect(read.retry == retry)
        #expect(read.origin == origin)
    }

    @Test("the wire form is the one of rpc.md")
    func wireForm() {
        let error = ServiceError(
            .resourceExhausted,
            reason: "budget_exhausted",
            message: "Nothing left.",
            origin: .gateway,
            retry: .same(afterMilliseconds: 1_200),
            details: ["b": "2", "a": "1"]
        )
        #expect(
            String(decoding: encode(error), as: UTF8.self) == #"{"code":-32008,"message":"Nothing left.","#
                + #""data":{"status":"RESOURCE_EXHAUSTED","reason":"budget_exhausted","origin":"gateway","#
                + #""retry":"same","retry_after_ms":1200,"details":{"a":"1","b":"2"}}}"#
        )
    }

    @Test("its schema has exactly its members")
    func schema() throws {
        let error = ServiceError(
            .aborted,
            reason: "x",
            message: "y",
            retry: .same(afterMilliseconds: 1),
            details: ["a": "b"]
        )
        let document = try JSONDocument(encode(error))
        #expect(ServiceError.schema.disagreements(with: document.root) == [])
    }

    @Test("gRPC's statuses have their numbers")
    func numbers() {
        #expect(ServiceError.Code.cancelled.rawValue == -32_001)
        #expect(ServiceError.Code.resourceExhausted.rawValue == -32_008)
        #expect(ServiceError.Code.unauthenticated.rawValue == -32_016)
        #expect(Set(ServiceError.Code.known).count == 21)
        #expect(Set(ServiceError.Code.known.map(\.status)).count == 16)
    }

    @Test("an error of a foreign server reads with safe defaults")
    func foreign() throws {
        let read = try decode(ServiceError.self, #"{"code":-32601,"message":"Method not found"}"#)
        #expect(read.code == .methodNotFound)
        #expect(read.reason == "unimplemented")
        #expect(read.origin == .peer)
        #expect(read.retry == .no)
        #expect(read.details == [:])
    }

    @Test("what a newer peer says is read as far as it is known")
    func newer() throws {
        let read = try decode(
            ServiceError.self,
            #"{"code":-32099,"message":"m","data":{"status":"NEW","origin":"moon","retry":"later","details":{"a":"1","b":2}}}"#
        )
        #expect(read.code.rawValue == -32_099)
        #expect(read.code.status == "UNKNOWN")
        #expect(read.origin == .peer)
        #expect(read.retry == .no)
        #expect(read.details == ["a": "1"])
    }

    @Test(
        "odd data never breaks an error",
        arguments: ["null", "7", "[]", #"{"details":[]}"#, #"{"retry":7}"#, #"{"reason":null}"#]
    )
    func oddData(data: String) throws {
        let read = try decode(ServiceError.self, #"{"code":-32014,"message":"m","data":\#(data)}"#)
        #expect(read.code == .unavailable)
        #expect(read.reason == "unavailable")
    }

    @Test("a negative wait is none")
    func negativeWait() throws {
        let text = #"{"code":-32014,"message":"m","data":{"retry":"same","retry_after_ms":-9}}"#
        #expect(try decode(ServiceError.self, text).retry == .same(afterMilliseconds: 0))
    }

    @Test("an error without a code names it")
    func withoutCode() throws {
        #expect(try complaint(ServiceError.self, #"{"message":"m"}"#) == WireError(path: "code", problem: "missing"))
    }
}
