/// What a gateway for tests is started with; secrets reach it through its environment, never through the file.
package struct GatewaySetup: Sendable {
    package struct Provider: Sendable {
        package var id: String
        package var dialect: MockDialect
        package var baseURL: String
        /// One account each; which of them goes first is the router's business.
        package var credentials: [String]

        package init(_ id: String, _ dialect: MockDialect, _ mock: MockProvider, credentials: [String]) {
            self.init(id, dialect, baseURL: mock.baseURL, credentials: credentials)
        }

        package init(_ id: String, _ dialect: MockDialect, baseURL: String, credentials: [String]) {
            self.id = id
            self.dialect = dialect
            self.baseURL = baseURL
            self.credentials = credentials
        }
    }

    package struct Key: Sendable {
        package var name: String
        package var secret: String
        package var plan: String?

        package init(_ name: String, _ secret: String, plan: String? = nil) {
            self.name = name
            self.secret = secret
            self.plan = plan
        }
    }

    package var providers: [Provider]
    package var keys: [Key]
    /// Members of `declare.plans`, as YAML flow mappings.
    package var plans: [String] = []
    /// Members of `declare.prices`, likewise.
    package var prices: [String] = []
    /// Members of `declare.chains`, likewise.
    package var chains: [String] = []
    /// Members of `declare.guardrails` and of `declare.savers`, likewise.
    package var guardrails: [String] = []
    package var savers: [String] = []
    /// Top-level settings, one line of YAML each.
    package var settings: [String] = []
    package var logLevel = "info"
    package var environment: [String: String] = [:]
    /// The setting `storage.url`, which the environment gives; `nil` for a file per service.
    package var storage: String?

    package init(providers: [Provider], keys: [Key]) {
        self.providers = providers
        self.keys = keys
    }

    /// A key of a test's choosing, unlike any other.
    package static func secret(_ name: String) -> String {
        let plain = name.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        return "kr_test_" + plain + "_" + String(repeating: "0", count: max(4, 48 - plain.utf8.count))
    }

    // MARK: File and environment

    /// The configuration file.
    package func text(port: Int) -> String {
        var lines = [
            "server: { host: 127.0.0.1, port: \(port)\(server) }", "log: { level: \(logLevel), format: text }",
        ]
        lines += settings.filter { !$0.hasPrefix("server:") }
        lines.append("declare:")
        lines += list(
            "providers",
            providers.map { provider in
                "{ id: \(provider.id), name: \(provider.id), dialect: \(provider.dialect), base_url: \"\(provider.baseURL)\" }"
            }
        )
        lines += list("accounts", accounts())
        lines += list("chains", chains)
        lines += list("prices", prices)
        lines += list("plans", plans)
        lines += list("guardrails", guardrails)
        lines += list("savers", savers)
        lines += list(
            "keys",
            keys.enumerated().map { number, key in
                let plan = key.plan.map { ", plan: \($0)" } ?? ""
                return "{ name: \(key.name), key: \"${TEST_KEY_\(number)}\"\(plan) }"
            }
        )
        return lines.joined(separator: "\n") + "\n"
    }

    /// Members of `server`, given as a setting `server: a: b, c: d`.
    private var server: String {
        settings.first { $0.hasPrefix("server:") }.map { ", " + $0.dropFirst("server:".count) } ?? ""
    }

    private func accounts() -> [String] {
        var lines: [String] = []
        for (place, provider) in providers.enumerated() {
            for number in provider.credentials.indices {
                lines.append(
                    "{ provider: \(provider.id), label: a\(number), api_key: \"${TEST_CREDENTIAL_\(place)_\(number)}\" }"
                )
            }
        }
        return lines
    }

    private func list(_ name: String, _ members: [String]) -> [String] {
        members.isEmpty ? [] : ["  \(name):"] + members.map { "    - \($0)" }
    }

    /// The environment that the file refers to.
    package var variables: [String: String] {
        var variables = ChildProcess.plainEnvironment.merging(environment) { _, own in own }
        for (place, provider) in providers.enumerated() {
            for (number, credential) in provider.credentials.enumerated() {
                variables["TEST_CREDENTIAL_\(place)_\(number)"] = credential
            }
        }
        for (number, key) in keys.enumerated() { variables["TEST_KEY_\(number)"] = key.secret }
        if let storage { variables["KEIROUTER_STORAGE__URL"] = storage }
        return variables
    }
}
