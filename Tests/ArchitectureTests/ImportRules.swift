import Testing

/// Who may import whom: the one table, from CONTRIBUTING.md.
enum ImportRules {
    /// A target's folder and the modules that its files may import.
    struct Rule: Sendable, CustomTestStringConvertible {
        let folder: String
        let allowed: Set<String>
        var testDescription: String { folder }

        init(_ folder: String, _ allowed: Set<String>) {
            self.folder = folder
            self.allowed = allowed.union(ImportRules.standard)
        }
    }

    /// What comes with the toolchain and costs nothing.
    static let standard: Set<String> = ["Swift", "Synchronization", "Glibc", "Musl", "Darwin"]

    private static let nio: Set<String> = ["NIOCore", "NIOPosix", "NIOSSL", "NIOTLS"]

    static let all: [Rule] = [
        Rule("Shared/JSON", []),
        Rule("Shared/Contracts", ["JSON"]),
        Rule(
            "Shared/HTTP",
            nio.union(["NIOHTTP1", "NIOSOCKS", "NIOHTTPCompression", "Logging", "CoreMetrics", "DequeModule"])
        ),
        Rule("Shared/PeerRPC", nio.union(["Contracts", "JSON", "Logging", "ServiceLifecycle", "DequeModule"])),
        Rule(
            "Shared/Storage",
            nio.union([
                "GRDB", "GRDBSQLite", "CSQLite", "CPostgreSQL", "Contracts", "Logging", "FoundationEssentials",
                "Foundation",
            ])
        ),
        Rule("Shared/Secrets", ["Crypto", "CryptoExtras", "FoundationEssentials", "Foundation"]),
        Rule("Shared/Observability", ["CoreMetrics", "Logging", "NIOCore", "FoundationEssentials"]),
        Rule(
            "Shared/Bootstrap",
            nio.union([
                "Observability", "PeerRPC", "Contracts", "Secrets", "Yams", "ArgumentParser", "ServiceLifecycle",
                "Logging",
                "CoreMetrics", "FoundationEssentials", "Foundation", "UnixSignals",
            ])
        ),
        Rule("Shared/Patterns", ["CPCRE2"]),
        Rule("Shared/Tokens", ["CVocabulary", "FoundationEssentials"]),
        Rule("Program", ["RouterApp", "GuardApp", "SaverApp", "MeterApp", "PortalApp", "Bootstrap"]),
        Rule("Services/guard/App", ["GuardServer", "Bootstrap", "ArgumentParser"]),
        Rule("Services/guard/Core", ["Contracts", "JSON", "Patterns", "DequeModule", "Crypto"]),
        Rule(
            "Services/guard/Server",
            nio.union([
                "GuardCore", "HTTP", "NIOHTTP1", "Contracts", "JSON", "Patterns", "PeerRPC", "Storage", "Secrets",
                "Observability",
                "Bootstrap", "Logging", "CoreMetrics", "ServiceLifecycle", "FoundationEssentials",
            ])
        ),
        Rule("Services/saver/App", ["SaverServer", "Bootstrap", "ArgumentParser"]),
        Rule("Services/saver/Core", ["Contracts", "JSON", "Patterns", "Tokens"]),
        Rule(
            "Services/saver/Server",
            nio.union([
                "SaverCore", "Contracts", "JSON", "PeerRPC", "Storage", "Secrets", "Observability", "Bootstrap",
                "Tokens", "HTTP", "NIOHTTP1", "Logging", "CoreMetrics", "ServiceLifecycle", "FoundationEssentials",
            ])
        ),
        Rule("Services/router/Dialects", ["Contracts", "JSON"]),
        Rule("Services/router/Core", ["Contracts", "JSON", "Dialects", "DequeModule"]),
        Rule(
            "Services/router/Server",
            nio.union([
                "RouterCore", "Dialects", "Contracts", "JSON", "HTTP", "PeerRPC", "Storage", "Secrets",
                "Observability", "Bootstrap", "Tokens", "Logging", "ServiceLifecycle", "NIOHTTP1", "DequeModule",
            ])
        ),
        Rule(
            "Services/router/App",
            nio.union([
                "RouterServer", "Bootstrap", "Contracts", "JSON", "HTTP", "PeerRPC", "Secrets", "Observability",
                "ArgumentParser", "Logging", "ServiceLifecycle", "NIOHTTP1", "FoundationEssentials",
            ])
        ),
        Rule("Services/portal/App", ["PortalServer", "Bootstrap", "ArgumentParser"]),
        Rule("Services/portal/Core", ["Contracts", "JSON", "DequeModule", "FoundationEssentials"]),
        Rule(
            "Services/portal/Server",
            nio.union([
                "PortalCore", "Contracts", "JSON", "PeerRPC", "Storage", "Secrets", "Observability", "Bootstrap",
                "Logging", "CoreMetrics", "ServiceLifecycle", "FoundationEssentials", "DequeModule", "Hummingbird",
                "HTTPTypes", "Mustache",
            ])
        ),
        Rule("Services/meter/App", ["MeterServer", "Bootstrap", "ArgumentParser"]),
        Rule("Services/meter/Core", ["Contracts", "JSON", "DequeModule", "FoundationEssentials"]),
        Rule(
            "Services/meter/Server",
            nio.union([
                "MeterCore", "Contracts", "JSON", "PeerRPC", "Storage", "Secrets", "Observability", "Bootstrap",
                "Logging",
                "CoreMetrics", "ServiceLifecycle", "FoundationEssentials",
            ])
        ),
    ]
}
