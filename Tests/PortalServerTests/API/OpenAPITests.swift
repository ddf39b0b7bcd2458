import Contracts
import Foundation
import JSON
import PortalCore
import PortalServer
import TestSupport
import Testing

@Suite("Description of the API")
struct OpenAPITests {
    /// Methods of the services that the API does not offer: what routers call, and streams.
    private static let notOffered: Set<String> = [
        "meter.v1.Meter/Admit", "meter.v1.Meter/Grant", "meter.v1.Meter/Renew", "meter.v1.Meter/Settle",
        "meter.v1.Meter/Changes", "meter.v1.Meter/Rates",
        "meter.v1.Meter/Identify", "meter.v1.Admin/Watch", "router.v1.Admin/Watch",
        "guard.v1.Admin/Watch",
        "saver.v1.Admin/Watch", "router.v1.Embeddings/Embed", "guard.v1.Guard/Scan", "guard.v1.Guard/Policies",
        "saver.v1.Saver/Settings",
        // Offered with the pages that have a place for them.
        "router.v1.Admin/RefreshModels", "router.v1.Admin/PutAccounts",
    ]
    /// Methods that are not of the pattern List, Get, Put, Delete.
    private static let named: [String: String] = [
        "meter.v1.Admin/Summarize": "getSummary", "router.v1.Admin/TestAccount": "testAccount",
        "router.v1.Admin/TestCredential": "testCredential", "guard.v1.Guard/Inspect": "tryGuard",
        "saver.v1.Saver/Compress": "trySaver", "meter.v1.Admin/ListUsage": "listUsage",
        "meter.v1.Admin/GetUsage": "getUsage", "router.v1.Admin/ListHealth": "listHealth",
    ]

    @Test("every method of every service's administration is offered and described")
    func complete() async throws {
        try await withPortal { portal in
            let document = try await document(portal)
            var ids: Set<String> = []
            for (_, path) in try #require(document["paths"]).members {
                for (_, operation) in path.members {
                    let id = try #require(operation["operationId"]?.string)
                    #expect(ids.insert(id).inserted, "\(id) twice")
                    #expect(operation["responses"]?.members.contains { $0.name.string?.hasPrefix("2") == true } == true)
                    #expect(operation["responses"]?["401"] != nil)
                }
            }
            let services: [ServiceDescription] = [.meter, .router, .guardService, .saver]
            for method in services.flatMap(\.methods) where !Self.notOffered.contains(method.name) {
                let end = try #require(method.name.split(separator: "/").last).description
                let id = Self.named[method.name] ?? end.prefix(1).lowercased() + end.dropFirst()
                #expect(ids.contains(id), "\(method.name) is not offered as \(id)")
            }
        }
    }

    @Test("every path that is described answers, and asks for a session first")
    func answered() async throws {
        try await withPortal { portal in
            let document = try await document(portal)
            for (name, path) in try #require(document["paths"]).members {
                let target = String(try #require(name.string).map { $0 == "{" || $0 == "}" ? "x" : $0 })
                for (verb, _) in path.members {
                    let method = try #require(verb.string).uppercased()
                    var nobody = Browser(portal)
                    try await nobody.get("/login")
                    let response = try await nobody.api(method, target, json: method == "GET" ? nil : "{}")
                    #expect(response.status == 401 || response.status == 403, "\(method) \(target) \(response.status)")
                }
            }
        }
    }

    @Test("every reference leads somewhere")
    func references() async throws {
        try await withPortal { portal in
            let document = try await document(portal)
            var count = 0
            for reference in Self.references(in: document) {
                var place = document
                for part in reference.dropFirst(2).split(separator: "/") {
                    place = try #require(place[String(part)], "\(reference)")
                }
                count += 1
            }
            #expect(count > 100)
        }
    }

    @Test("the OpenAPI validator finds nothing", .enabled(if: OpenAPITests.hasValidator))
    func validator() async throws {
        try await withPortal { portal in
            let bytes = try await document(portal)
            let path = try portal.folder.write(String(decoding: bytes.raw, as: UTF8.self), to: "openapi.json")
            let (status, output) = try Self.python(["-m", "openapi_spec_validator", path])
            #expect(status == 0, "\(output.suffix(2000))")
        }
    }

    private func document(_ portal: PortalUnderTest) async throws -> JSONCursor {
        var admin = Browser(portal)
        try await admin.claim()
        let response = try await admin.api("GET", "/api/openapi.json")
        #expect(response.status == 200)
        return try #require(response.json)
    }

    private static func references(in value: JSONCursor) -> [String] {
        if let reference = value["$ref"]?.string { return [reference] }
        return value.members.flatMap { references(in: $0.value) } + value.elements.flatMap(references)
    }

    private static var hasValidator: Bool {
        (try? python(["-c", "import openapi_spec_validator"]))?.0 == 0
    }

    private static func python(_ arguments: [String]) throws -> (Int32, String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
