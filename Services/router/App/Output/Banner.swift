package import JSON

/// What `keirouter start` says when it serves.
package struct Banner: Sendable {
    package let address: String
    /// The key that this start made, shown this once.
    package let key: String?
    /// Where the dashboard is; `nil` when nobody knows.
    package let dashboard: String?
    private let invocation: Invocation

    package init(address: String, key: String?, dashboard: String? = nil, invocation: Invocation) {
        self.address = Self.reachable(address)
        self.key = key
        self.dashboard = dashboard
        self.invocation = invocation
    }

    package var text: String {
        guard let key else {
            return """
                KeiRouter answers at \(address)/v1
                \(dashboardLine)
                  another key   \(invocation("bootstrap --key-name NAME"))
                  what runs     \(invocation("status"))
                  what is found \(invocation("guard try FILE"))
                  what is saved \(invocation("saver try FILE"))

                """
        }
        return """
            KeiRouter answers at \(address)/v1
            \(dashboardLine)
            Your API key, shown this once:

              \(key)

            It works at once with the built-in demo model, which is local and free:

              curl \(address)/v1/chat/completions \\
                -H "Authorization: Bearer \(key)" \\
                -H "Content-Type: application/json" \\
                -d '{"model":"demo/echo","messages":[{"role":"user","content":"Hello"}]}'

            Next, an account at a provider: \(invocation("accounts add openai --label main"))

            """
    }

    private var dashboardLine: String {
        dashboard.map { "dashboard: \($0)\n" } ?? ""
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("address", address)
            fields.string("base_url", "\(address)/v1")
            fields.string("key", key)
            fields.string("dashboard", dashboard)
        }
    }

    /// An address that a client on this machine can use: "any address" is none.
    package static func reachable(_ address: String) -> String {
        for (any, loopback) in [("://0.0.0.0:", "://127.0.0.1:"), ("://[::]:", "://[::1]:")]
        where address.contains(any) {
            return address.replacing(any, with: loopback)
        }
        return address
    }
}
