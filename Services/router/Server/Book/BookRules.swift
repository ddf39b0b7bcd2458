import Dialects
import HTTP
import RouterCore
import Secrets

/// Why a value may not stand in the book; the text never holds the value.
struct RuleError: Error, Hashable {
    let problem: String

    init(_ problem: String) {
        self.problem = problem
    }
}

/// What the texts and numbers of items may be, for edits and declarations alike.
enum BookRules {
    static let maximumNameLength = 100
    static let maximumURLLength = 2048
    static let maximumTargetLength = 256
    static let maximumKeyLength = 8192
    static let priorities = 0...1_000_000
    static let weights = 1...1_000_000

    // MARK: Names

    /// A provider's id: what stands before the slash in `provider/model`.
    static func providerID(_ text: String) throws(RuleError) {
        let bytes = Array(text.utf8)
        guard (1...64).contains(bytes.count), let first = bytes.first, isLowerOrDigit(first),
            bytes.allSatisfy({ isLowerOrDigit($0) || "-_.".utf8.contains($0) })
        else { throw RuleError("1 to 64 of a-z, 0-9, \".\", \"-\" and \"_\", a letter or digit first") }
        guard text != Provider.demo.id else { throw RuleError("the name \(text) is the built-in demo provider's") }
    }

    /// A name for people.
    static func label(_ text: String) throws(RuleError) {
        guard (1...maximumNameLength).contains(text.utf8.count), isPlain(text) else {
            throw RuleError("1 to \(maximumNameLength) bytes without control characters")
        }
    }

    /// An alias's or a chain's name: what clients send as `model`.
    static func modelName(_ text: String) throws(RuleError) {
        guard !text.contains("/") else { throw RuleError("a name with a slash would mean provider/model") }
        guard !text.hasPrefix("chain:") else { throw RuleError("\"chain:\" is put before a chain's name, not into it") }
        let bytes = Array(text.utf8)
        guard (1...maximumNameLength).contains(bytes.count), let first = bytes.first, isAlphanumeric(first),
            bytes.allSatisfy({ isAlphanumeric($0) || "._-:@+()[]".utf8.contains($0) })
        else {
            throw RuleError("1 to \(maximumNameLength) letters, digits and ._-:@+()[], a letter or digit first")
        }
    }

    /// What an alias stands for, or a step of a chain.
    static func target(_ text: String) throws(RuleError) {
        guard (1...maximumTargetLength).contains(text.utf8.count), isPlain(text), text.contains(where: { $0 != " " })
        else { throw RuleError("1 to \(maximumTargetLength) bytes: provider/model, an alias or a chain") }
    }

    static func steps(_ steps: [String]) throws(RuleError) {
        guard (1...RouterCaps.steps).contains(steps.count) else {
            throw RuleError("a chain has 1 to \(RouterCaps.steps) steps")
        }
        for step in steps { try target(step) }
    }

    /// Shares for a weighted chain.
    static func weights(_ weights: [Int], steps: [String], strategy: Chain.Strategy) throws(RuleError) {
        guard !weights.isEmpty else { return }
        guard strategy == .weighted else { throw RuleError("only a chain with the strategy weighted has weights") }
        guard weights.count == steps.count else {
            throw RuleError("\(steps.count) weights are needed, one for each step")
        }
        guard weights.allSatisfy((1...RouterCaps.weight).contains) else {
            throw RuleError("each is from 1 to \(RouterCaps.weight)")
        }
    }

    static func strategy(_ text: String) throws(RuleError) -> Chain.Strategy {
        guard let strategy = Chain.Strategy(rawValue: text) else {
            throw RuleError("expected one of \(Chain.Strategy.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return strategy
    }

    // MARK: Providers

    static func dialect(_ text: String) throws(RuleError) -> Dialect {
        guard let dialect = Dialect(rawValue: text) else {
            throw RuleError("expected one of \(Dialect.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return dialect
    }

    static func streams(_ text: String) throws(RuleError) -> StreamSupport {
        guard let streams = StreamSupport(rawValue: text) else {
            throw RuleError("expected one of \(StreamSupport.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return streams
    }

    /// An address up to and with the version segment; slashes at its end are taken off.
    static func baseURL(_ text: String) throws(RuleError) -> String {
        guard text.utf8.count <= maximumURLLength else { throw RuleError("at most \(maximumURLLength) bytes") }
        guard !text.contains("#") else { throw RuleError("the address may not have a fragment (#…)") }
        let parts: URLParts
        do throws(URLError) {
            parts = try URLParts(text)
        } catch {
            throw RuleError("expected an address such as https://llm.example/v1; \(error.problem)")
        }
        guard parts.scheme == "http" || parts.scheme == "https" else {
            throw RuleError("the scheme must be http or https")
        }
        guard parts.username == nil else {
            throw RuleError("the address may not hold a user or password; keys belong to accounts")
        }
        guard !parts.path.contains("?") else { throw RuleError("the address may not have a query (?…)") }
        guard UpstreamOrigin(url: text) != nil else { throw RuleError("no connection can be made to this address") }
        return String(text[..<(text.lastIndex { $0 != "/" }.map(text.index(after:)) ?? text.endIndex)])
    }

    /// Where connections to a base URL go.
    static func destination(ofBaseURL text: String) -> HostPort? {
        UpstreamOrigin(url: text).map { HostPort(host: $0.host, port: $0.port) }
    }

    // MARK: Accounts

    /// A provider's key: it becomes a header's value.
    static func apiKey(_ text: String) throws(RuleError) {
        guard !text.isEmpty else { throw RuleError("the key is empty") }
        guard text.utf8.count <= maximumKeyLength, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw RuleError("a key has at most \(maximumKeyLength) visible ASCII characters and no spaces")
        }
    }

    /// A key as its provider's dialect wants it: of Bedrock it may be an access key with its region, in one text.
    static func apiKey(_ text: String, of dialect: Dialect?) throws(RuleError) {
        guard dialect == .bedrock else { return }
        do throws(AmazonCredential.Problem) {
            _ = try AmazonCredential(text)
        } catch {
            throw RuleError(error.text)
        }
    }

    static func priority(_ number: Int) throws(RuleError) {
        guard priorities.contains(number) else { throw RuleError("0 to \(priorities.upperBound); lower goes first") }
    }

    static func weight(_ number: Int) throws(RuleError) {
        guard weights.contains(number) else { throw RuleError("1 to \(weights.upperBound)") }
    }

    // MARK: Characters

    private static func isPlain(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
    }

    private static func isLowerOrDigit(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isLowerOrDigit(byte) || (0x41...0x5A).contains(byte)
    }
}
