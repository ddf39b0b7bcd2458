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
    static let maximumSettingLength = 128

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

    static func connector(_ text: String) throws(RuleError) -> Connector? {
        guard !text.isEmpty else { return nil }
        guard let connector = Connector(rawValue: text) else {
            throw RuleError("expected one of \(Connector.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return connector
    }

    /// Refuses a connector that its provider's dialect does not go with.
    static func connector(_ connector: Connector?, of dialect: Dialect) throws(RuleError) {
        switch connector {
        case .azure where dialect != .openAIChat: throw RuleError("the connector azure goes with the dialect openai")
        case .vertex where dialect != .gemini && dialect != .anthropicMessages:
            throw RuleError("the connector vertex goes with the dialects gemini and anthropic")
        default: break
        }
    }

    /// An address up to and with the version segment, which may have places that accounts fill; slashes at its end are
    /// taken off.
    static func baseURL(_ text: String) throws(RuleError) -> String {
        let filled = AddressTemplate.filled(text) { text.hasPrefix("{\($0)}") ? "https://x.example" : "x" }
        _ = try address(filled ?? text)
        return String(text[..<(text.lastIndex { $0 != "/" }.map(text.index(after:)) ?? text.endIndex)])
    }

    /// An address of a provider; slashes at its end are taken off.
    static func address(_ text: String) throws(RuleError) -> String {
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
        // A place in a host's name may stand for many hosts, and none of them is named here.
        let filled = AddressTemplate.filled(text) { _ in "{" }
        return filled.flatMap { UpstreamOrigin(url: $0) }.map { HostPort(host: $0.host, port: $0.port) }
    }

    // MARK: Accounts

    /// What may be a key somewhere: it becomes a header's value, unless it is the JSON of a service account.
    static func apiKey(_ text: String) throws(RuleError) {
        guard !text.isEmpty else { throw RuleError("the key is empty") }
        guard text.utf8.count <= maximumKeyLength else {
            throw RuleError("a key has at most \(maximumKeyLength) bytes")
        }
        guard !ServiceAccountJSON.isMeant(by: text) else { return }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw RuleError("a key has visible ASCII characters alone and no spaces")
        }
    }

    /// A key as its provider wants it: of Bedrock it may be an access key with its region, in one text; of Vertex AI it is the
    /// JSON of a service account.
    static func apiKey(_ text: String, of provider: Provider?) throws(RuleError) {
        if provider?.connector == .vertex {
            _ = try ServiceAccountJSON.read(text)
            return
        }
        guard !ServiceAccountJSON.isMeant(by: text) else {
            throw RuleError("only providers with the connector vertex take the JSON of a service account")
        }
        guard provider?.dialects.contains(.bedrock) ?? false else { return }
        do throws(AmazonCredential.Problem) {
            _ = try AmazonCredential(text)
        } catch {
            throw RuleError(error.text)
        }
    }

    /// What an account sets for its provider, complete with what its key says.
    ///
    /// - Returns: The settings to keep, addresses without slashes at their end.
    static func settings(
        _ settings: [String: String],
        key: String?,
        of provider: Provider
    ) throws(RuleError) -> [String: String] {
        let known = Dictionary(provider.settings.map { ($0.name, $0) }) { first, _ in first }
        var kept: [String: String] = [:]
        for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
            guard let setting = known[name] else {
                let names = known.keys.sorted().joined(separator: ", ")
                throw RuleError(
                    "provider \(provider.id) has no setting \"\(name.prefix(64))\"; "
                        + (names.isEmpty ? "it has none" : "it has: \(names)")
                )
            }
            do throws(RuleError) {
                kept[name] = try self.setting(value, setting)
            } catch {
                throw RuleError("\(name): \(error.problem)")
            }
        }
        let filled = AccountSettings.filled(kept, key: key, of: provider)
        for setting in provider.settings where setting.isRequired && filled[setting.name] == nil {
            throw RuleError("provider \(provider.id) needs the setting \(setting.name)")
        }
        if let problem = AccountSettings.contradiction(kept, key: key, of: provider) { throw RuleError(problem) }
        return kept
    }

    private static func setting(_ text: String, _ setting: AccountSetting) throws(RuleError) -> String {
        switch setting.kind {
        case .address: return try address(text)
        case .name:
            // It becomes a part of a host's name or a step of a path, and can be no more than that.
            guard (1...maximumSettingLength).contains(text.utf8.count),
                text.utf8.allSatisfy({ isAlphanumeric($0) || "._-".utf8.contains($0) }),
                text.utf8.contains(where: isAlphanumeric)
            else { throw RuleError("1 to \(maximumSettingLength) letters, digits and ._-") }
            return text
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
