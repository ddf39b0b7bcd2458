// swift-tools-version: 6.2
import PackageDescription

/// What every target of the house is compiled with; CONTRIBUTING.md says why.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
    // The tests run with the checks of exclusive access; the release does not pay for them again on every request.
    .unsafeFlags(["-enforce-exclusivity=unchecked", "-cross-module-optimization"], .when(configuration: .release)),
]

// MARK: Third-party products

extension Target.Dependency {
    static let nioCore: Self = .product(name: "NIOCore", package: "swift-nio")
    static let nioPosix: Self = .product(name: "NIOPosix", package: "swift-nio")
    static let nioHTTP1: Self = .product(name: "NIOHTTP1", package: "swift-nio")
    static let nioEmbedded: Self = .product(name: "NIOEmbedded", package: "swift-nio")
    static let nioSSL: Self = .product(name: "NIOSSL", package: "swift-nio-ssl")
    static let nioSOCKS: Self = .product(name: "NIOSOCKS", package: "swift-nio-extras")
    static let nioHTTPCompression: Self = .product(name: "NIOHTTPCompression", package: "swift-nio-extras")
    static let logging: Self = .product(name: "Logging", package: "swift-log")
    static let coreMetrics: Self = .product(name: "CoreMetrics", package: "swift-metrics")
    static let lifecycle: Self = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let argumentParser: Self = .product(name: "ArgumentParser", package: "swift-argument-parser")
    static let crypto: Self = .product(name: "Crypto", package: "swift-crypto")
    static let cryptoExtras: Self = .product(name: "CryptoExtras", package: "swift-crypto")
    static let grdb: Self = .product(name: "GRDB", package: "GRDB.swift")
    static let sqlite: Self = .product(name: "GRDBSQLite", package: "GRDB.swift")
    static let yams: Self = .product(name: "Yams", package: "Yams")
    static let hummingbird: Self = .product(name: "Hummingbird", package: "hummingbird")
    static let mustache: Self = .product(name: "Mustache", package: "swift-mustache")
    static let deques: Self = .product(name: "DequeModule", package: "swift-collections")
}

func module(_ name: String, _ path: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: path, exclude: documents(path), swiftSettings: house)
}

func program(_ name: String, _ path: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, path: path, swiftSettings: house)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], fixtures: Bool = false) -> Target {
    .testTarget(
        name: name,
        dependencies: dependencies,
        path: "Tests/\(name)",
        exclude: fixtures ? ["Fixtures"] : [],
        swiftSettings: house
    )
}

/// Files beside the sources that are not sources.
func documents(_ path: String) -> [String] { [] }

func library(_ name: String, _ path: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(name: name, path: path, pkgConfig: pkgConfig, providers: [.apt([apt]), .brew([apt])])
}

// MARK: Targets, leaves first

let shared: [Target] = [
    module("JSON", "Shared/JSON"),
    module("Contracts", "Shared/Contracts", ["JSON"]),
    library("CPCRE2", "Shared/C/PCRE2", pkgConfig: "libpcre2-8", apt: "libpcre2-dev"),
    module("Patterns", "Shared/Patterns", ["CPCRE2"]),
    // The vocabulary as bytes of the program itself: mapped by the loader, shared between processes, read where it is touched.
    .target(
        name: "CVocabulary",
        path: "Shared/C/Vocabulary",
        exclude: ["data"],
        cSettings: [.headerSearchPath("data")]
    ),
    module("Tokens", "Shared/Tokens", ["CVocabulary"]),
    module(
        "HTTP",
        "Shared/HTTP",
        [.nioCore, .nioPosix, .nioHTTP1, .nioSSL, .nioSOCKS, .nioHTTPCompression, .logging, .coreMetrics, .deques]
    ),
    module(
        "PeerRPC",
        "Shared/PeerRPC",
        ["Contracts", "JSON", .nioCore, .nioPosix, .nioSSL, .logging, .lifecycle, .deques]
    ),
    // libpq's interface without the library, which is opened when a database on PostgreSQL is.
    .target(name: "CPostgreSQL", path: "Shared/C/PostgreSQL"),
    library("CSQLite", "Shared/C/SQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
    module(
        "Storage",
        "Shared/Storage",
        ["Contracts", "CPostgreSQL", "CSQLite", .grdb, .sqlite, .nioCore, .nioPosix, .logging]
    ),
    module("Secrets", "Shared/Secrets", [.crypto, .cryptoExtras]),
    module("Observability", "Shared/Observability", [.coreMetrics, .logging, .nioCore]),
    module(
        "Bootstrap",
        "Shared/Bootstrap",
        [
            "Observability", "PeerRPC", "Contracts", "Secrets", .nioCore, .nioPosix, .logging, .coreMetrics, .yams,
            .argumentParser, .lifecycle,
        ]
    ),
    module(
        "TestSupport",
        "Shared/TestSupport",
        ["JSON", "HTTP", "PeerRPC", "Contracts", .nioCore, .nioPosix, .nioHTTP1, .nioSSL, .logging]
    ),
]

let meter: [Target] = [
    module("MeterCore", "Services/meter/Core", ["Contracts", "JSON", .deques]),
    module(
        "MeterServer",
        "Services/meter/Server",
        [
            "MeterCore", "Contracts", "JSON", "PeerRPC", "Storage", "Secrets", "Observability", "Bootstrap", .nioCore,
            .nioPosix, .logging, .lifecycle,
        ]
    ),
    module("MeterApp", "Services/meter/App", ["MeterServer", "Bootstrap", .argumentParser]),
]

let guardTargets: [Target] = [
    .target(
        name: "GuardCore",
        dependencies: ["Contracts", "JSON", "Patterns", .crypto],
        path: "Services/guard/Core",
        resources: [.embedInCode("Catalogues")],
        swiftSettings: house
    ),
    module(
        "GuardServer",
        "Services/guard/Server",
        [
            "GuardCore", "Contracts", "JSON", "Patterns", "PeerRPC", "Storage", "Secrets", "Observability", "Bootstrap",
            .nioCore, .nioPosix, .logging, .lifecycle, "HTTP", .nioHTTP1,
        ]
    ),
    module("GuardApp", "Services/guard/App", ["GuardServer", "Bootstrap", .argumentParser]),
]

let saverTargets: [Target] = [
    module("SaverCore", "Services/saver/Core", ["Contracts", "JSON", "Patterns", "Tokens"]),
    module(
        "SaverServer",
        "Services/saver/Server",
        [
            "SaverCore", "Contracts", "JSON", "PeerRPC", "Storage", "Secrets", "Observability", "Bootstrap", "Tokens",
            "HTTP", .nioCore, .nioPosix, .nioHTTP1, .logging, .lifecycle,
        ]
    ),
    module("SaverApp", "Services/saver/App", ["SaverServer", "Bootstrap", .argumentParser]),
]

let portal: [Target] = [
    module("PortalCore", "Services/portal/Core", ["Contracts", "JSON", .deques]),
    .target(
        name: "PortalServer",
        dependencies: [
            "PortalCore", "Contracts", "JSON", "PeerRPC", "Storage", "Secrets", "Observability", "Bootstrap",
            .hummingbird,
            .mustache, .nioCore, .nioPosix, .logging, .lifecycle, .deques,
        ],
        path: "Services/portal/Server",
        resources: [.embedInCode("Resources/Templates"), .embedInCode("Resources/Static")],
        swiftSettings: house
    ),
    module("PortalApp", "Services/portal/App", ["PortalServer", "Bootstrap", .argumentParser]),
]

let router: [Target] = [
    module("Dialects", "Services/router/Dialects", ["Contracts", "JSON"]),
    module("RouterCore", "Services/router/Core", ["Contracts", "JSON", "Dialects", .deques]),
    module(
        "RouterServer",
        "Services/router/Server",
        [
            "RouterCore", "Dialects", "Contracts", "JSON", "HTTP", "PeerRPC", "Storage", "Secrets", "Observability",
            "Bootstrap", "Tokens", .nioCore, .nioPosix, .nioHTTP1, .logging, .lifecycle, .deques,
        ]
    ),
    module(
        "RouterApp",
        "Services/router/App",
        [
            "RouterServer", "Bootstrap", "Contracts", "JSON", "HTTP", "PeerRPC", "Secrets", "Observability",
            .argumentParser,
            .nioCore, .nioPosix, .nioHTTP1, .logging, .lifecycle,
        ]
    ),
]

/// The programs in one file, so that their processes share the code that is mapped.
let programs: [Target] = [
    program("KeiRouter", "Program", ["RouterApp", "GuardApp", "SaverApp", "MeterApp", "PortalApp", "Bootstrap"])
]

let suites: [Target] = [
    tests("JSONTests", ["JSON"], fixtures: true),
    tests("ContractsTests", ["Contracts", "JSON"]),
    tests("HTTPTests", ["HTTP", "TestSupport", .nioCore, .nioPosix, .nioHTTP1, .nioEmbedded, .nioSSL], fixtures: true),
    tests(
        "PeerRPCTests",
        ["PeerRPC", "Contracts", "JSON", "TestSupport", .nioCore, .nioPosix, .nioSSL],
        fixtures: true
    ),
    tests("StorageTests", ["Storage", "TestSupport"]),
    tests("SecretsTests", ["Secrets"]),
    tests("ObservabilityTests", ["Observability", .coreMetrics, .logging]),
    tests("BootstrapTests", ["Bootstrap", .logging]),
    tests("DialectsTests", ["Dialects", "JSON", "TestSupport"], fixtures: true),
    tests("ConformanceTests", ["Dialects", "HTTP", "JSON", "TestSupport", .nioCore], fixtures: true),
    tests("RouterCoreTests", ["RouterCore", "Dialects", "Contracts", "JSON"]),
    tests(
        "RouterServerTests",
        [
            "RouterServer", "RouterCore", "Dialects", "Contracts", "JSON", "HTTP", "PeerRPC", "Storage", "Secrets",
            "Bootstrap", "TestSupport", "Observability", .crypto, .cryptoExtras, .nioCore, .nioPosix,
            .nioHTTP1, .nioSSL, .logging,
        ],
        fixtures: true
    ),
    tests("RouterAppTests", ["RouterApp", "Bootstrap", "Contracts", "JSON", "TestSupport"]),
    tests("MeterCoreTests", ["MeterCore", "Contracts"]),
    tests(
        "MeterServerTests",
        [
            "MeterServer", "MeterCore", "Contracts", "Storage", "Secrets", "TestSupport", "PeerRPC", "Observability",
            .nioCore, .nioPosix,
        ]
    ),
    tests("PatternsTests", ["Patterns"]),
    tests("TokensTests", ["Tokens"], fixtures: true),
    tests("GuardCoreTests", ["GuardCore", "Patterns", "Contracts", "JSON"], fixtures: true),
    tests(
        "GuardServerTests",
        [
            "GuardServer", "GuardCore", "Contracts", "JSON", "Storage", "Secrets", "Bootstrap", "TestSupport",
            "Observability", "PeerRPC", "HTTP",
            .nioCore, .nioPosix, .logging,
        ]
    ),
    tests("SaverCoreTests", ["SaverCore", "Tokens", "Contracts", "JSON"], fixtures: true),
    tests(
        "SaverServerTests",
        [
            "SaverServer", "SaverCore", "Contracts", "JSON", "Storage", "Bootstrap", "TestSupport", "PeerRPC", .nioCore,
            .nioPosix, .logging,
        ]
    ),
    tests("PortalCoreTests", ["PortalCore", "Contracts", "JSON"]),
    tests(
        "PortalServerTests",
        [
            "PortalServer", "PortalCore", "Contracts", "JSON", "Storage", "Secrets", "Bootstrap", "TestSupport",
            "PeerRPC",
            .hummingbird, .product(name: "HummingbirdTesting", package: "hummingbird"), .mustache, .nioCore, .nioPosix,
            .logging,
        ]
    ),
    tests("ArchitectureTests", []),
    tests(
        "IntegrationTests",
        [
            "TestSupport", "KeiRouter", "HTTP", "JSON", "Contracts", "PeerRPC", .nioCore, .nioPosix,
            .nioHTTP1, .logging,
        ]
    ),
]

/// Benchmark programs, for `make bench` alone.
let benchmarks: [Target] =
    Context.environment["KEIROUTER_BENCHMARKS"] == nil
    ? []
    : [
        program(
            "PeerBenchmarks",
            "Tests/Benchmarks/PeerBenchmarks",
            ["JSON", "HTTP", "PeerRPC", "Contracts", .nioCore, .nioPosix, .logging]
        ),
        program("GuardBenchmarks", "Tests/Benchmarks/GuardBenchmarks", ["GuardCore", "Patterns", "Contracts"]),
        program("SaverBenchmarks", "Tests/Benchmarks/SaverBenchmarks", ["SaverCore", "Tokens"]),
    ]

var targets = shared + meter + guardTargets + saverTargets + portal + router + programs + suites + benchmarks

// While one module is being worked on: `KEIROUTER_FOCUS=JSONTests,HTTP swift test` loads these targets and what they need, no more.
if let focus = Context.environment["KEIROUTER_FOCUS"] {
    var wanted = Set(focus.split(separator: ",").map(String.init))
    var size = 0
    while size != wanted.count {
        size = wanted.count
        for target in targets where wanted.contains(target.name) {
            for case .byNameItem(let name, _) in target.dependencies { wanted.insert(name) }
        }
    }
    targets = targets.filter { wanted.contains($0.name) }
}
let names = Set(targets.map(\.name))

let package = Package(
    name: "KeiRouter",
    platforms: [.macOS(.v15)],
    products: names.contains("KeiRouter") ? [.executable(name: "keirouter", targets: ["KeiRouter"])] : [],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
    ],
    targets: targets
)
