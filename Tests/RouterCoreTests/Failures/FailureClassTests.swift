import Dialects
import RouterCore
import Testing

@Suite("Failure classes")
struct FailureClassTests {
    struct Rule: Sendable, CustomTestStringConvertible {
        let kind: FailureKind
        let action: FailureClass.Action
        let scope: FailureClass.Pause.Scope?
        let counts: Bool
        var testDescription: String { kind.rawValue }
    }

    static let rules = [
        Rule(kind: .rateLimited, action: .nextAccount, scope: .account, counts: false),
        Rule(kind: .quotaExhausted, action: .nextAccount, scope: .account, counts: false),
        Rule(kind: .authentication, action: .nextAccount, scope: .account, counts: false),
        Rule(kind: .modelNotFound, action: .nextAccount, scope: .model, counts: false),
        Rule(kind: .contextTooLong, action: .nextTarget, scope: nil, counts: false),
        Rule(kind: .requestTooLarge, action: .nextTarget, scope: nil, counts: false),
        Rule(kind: .contentPolicy, action: .stop, scope: nil, counts: false),
        Rule(kind: .badRequest, action: .stop, scope: nil, counts: false),
        Rule(kind: .overloaded, action: .nextAccount, scope: .model, counts: true),
        Rule(kind: .serverError, action: .nextAccount, scope: .model, counts: true),
        Rule(kind: .timeout, action: .nextAccount, scope: .model, counts: true),
        Rule(kind: .transport, action: .nextAccount, scope: .model, counts: true),
        Rule(kind: .malformed, action: .nextAccount, scope: .model, counts: true),
        Rule(kind: .truncated, action: .nextAccount, scope: .model, counts: true),
    ]

    @Test("each kind of failure has its consequence", arguments: rules)
    func consequences(rule: Rule) {
        let failure = Samples.failure(rule.kind)
        #expect(failure.action == rule.action)
        #expect(failure.pause?.scope == rule.scope)
        #expect(failure.countsAsProviderFailure == rule.counts)
        #expect(failure.reason == rule.kind.rawValue)
    }

    @Test("the table has every kind")
    func completeness() {
        #expect(Set(Self.rules.map(\.kind)) == Set(FailureKind.allCases))
    }

    @Test("pauses are as long as the rules say")
    func lengths() {
        #expect(Samples.failure(.rateLimited, retryAfter: .seconds(17)).pause?.length == .exactly(.seconds(17)))
        #expect(Samples.failure(.rateLimited).pause?.length == .growing(from: .seconds(2), limit: .seconds(300)))
        #expect(Samples.failure(.authentication).pause?.length == .fixed(.seconds(300)))
        #expect(Samples.failure(.quotaExhausted).pause?.length == .fixed(.seconds(1800)))
        #expect(Samples.failure(.quotaExhausted, retryAfter: .seconds(7200)).pause?.length == .fixed(.seconds(7200)))
        #expect(Samples.failure(.serverError).pause?.length == .growing(from: .seconds(30), limit: .seconds(300)))
        #expect(Samples.failure(.overloaded, retryAfter: .seconds(5)).pause?.length == .exactly(.seconds(5)))
        let forever = Samples.failure(.rateLimited, retryAfter: .seconds(1_000_000_000))
        #expect(forever.pause?.length == .exactly(FailureClass.longestRetryAfter))
    }

    @Test("the provider's word holds, our guess gives way")
    func givingWay() {
        for rule in Self.rules {
            guard let pause = Samples.failure(rule.kind).pause else { continue }
            let isWord = [.rateLimited, .quotaExhausted, .authentication].contains(rule.kind)
            #expect(pause.givesWay == !isWord, "\(rule.kind)")
        }
    }

    @Test(
        "a transport failure leaves the account alone, a policy's refusal and the client's leaving nobody",
        arguments: TransportFailure.allCases
    )
    func transport(failure: TransportFailure) {
        let consequence = FailureClass(failure)
        #expect(consequence.reason == failure.rawValue)
        switch failure {
        case .cancelled:
            #expect(consequence.action == .stop)
            #expect(consequence.pause == nil)
            #expect(!consequence.countsAsProviderFailure)
        case .refusedByPolicy:
            #expect(consequence.action == .nextTarget)
            #expect(consequence.pause == nil)
            #expect(!consequence.countsAsProviderFailure)
        case .tooLarge:
            #expect(consequence.action == .nextTarget)
        case .proxiesDown:
            #expect(consequence.action == .nextAccount)
            #expect(consequence.pause?.scope == .account)
            #expect(!consequence.countsAsProviderFailure)
        default:
            #expect(consequence.action == .nextAccount)
            #expect(consequence.pause?.scope == .account)
            #expect(consequence.countsAsProviderFailure)
        }
    }

    @Test("a body at fault goes to the client as it is, in its own dialect only")
    func passing() {
        let body = Array(#"{"error":{"message":"bad role","type":"invalid_request_error"}}"#.utf8)
        #expect(FailureClass(status: 400, body: body, dialect: .openAIChat).passesBody)
        #expect(!FailureClass(status: 400, body: body, dialect: .anthropicMessages).passesBody)
        #expect(!FailureClass(status: 401, body: body, dialect: .openAIChat).passesBody)
        #expect(!FailureClass(status: 400, body: Array("<html>".utf8), dialect: .openAIChat).passesBody)
    }

    static let waits: [(text: String, wait: Duration?)] = [
        ("17", .seconds(17)), ("0", .zero), (" 3", .seconds(3)), ("1.5", .milliseconds(1500)), ("-3", nil),
        ("soon", nil),
        ("", nil), ("nan", nil), ("1e99", .seconds(86_400)), ("99999999999999999999", .seconds(86_400)),
        ("Thu, 01 Jan 1970 00:01:10 GMT", .seconds(70)), ("Sun, 06 Nov 1994 08:49:37 GMT", .seconds(86_400)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", .zero), ("Thu, 01 Foo 1970 00:01:10 GMT", nil),
        ("Thu, 01 Jan 1970 25:01:10 GMT", nil), ("Thu, 01 Jan 1970 00:01:10 CET", nil),
    ]

    @Test("Retry-After is read as seconds and as a date", arguments: waits)
    func retryAfter(text: String, wait: Duration?) {
        #expect(RetryAfter.parse(text, now: 0) == wait)
    }

    @Test("dates are right over leap days")
    func dates() {
        // 2024-02-29T12:00:00Z
        #expect(RetryAfter.parse("Thu, 29 Feb 2024 12:00:00 GMT", now: 1_709_207_990) == .seconds(10))
        #expect(RetryAfter.parse("Fri, 01 Mar 2024 00:00:00 GMT", now: 1_709_251_195) == .seconds(5))
    }

    @Test("the longest of the headers counts")
    func headers() {
        func read(_ headers: [String: String]) -> Duration? { RetryAfter.read(now: 0) { headers[$0] } }
        #expect(read([:]) == nil)
        #expect(read(["retry-after": "2"]) == .seconds(2))
        #expect(read(["retry-after-ms": "2500"]) == .milliseconds(2500))
        #expect(read(["retry-after-ms": "2500", "retry-after": "2"]) == .milliseconds(2500))
        #expect(read(["retry-after-ms": "bad", "retry-after": "2"]) == .seconds(2))
    }
}
