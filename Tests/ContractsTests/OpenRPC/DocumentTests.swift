import Contracts
import Foundation
import JSON
import Testing

@Suite("OpenRPC documents")
struct DocumentTests {
    static let services = MessageTests.services

    /// The documents of the repository.
    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "docs/rpc")

    @Test("docs/rpc holds what the services answer (KEIROUTER_RENDER=1 rewrites it)", arguments: services)
    func committed(service: ServiceDescription) throws {
        let file = Self.folder.appending(path: "\(service.name).json")
        let rendered = Data(OpenRPC.document(for: service))
        if ProcessInfo.processInfo.environment["KEIROUTER_RENDER"] == "1" {
            try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
            try rendered.write(to: file)
        }
        let committed = try? Data(contentsOf: file)
        #expect(committed == rendered, "docs/rpc/\(service.name).json is not what the types say")
    }

    @Test("docs/rpc holds no other document")
    func noStrays() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter {
            $0.hasSuffix(".json")
        }
        #expect(Set(files).subtracting(Self.services.map { "\($0.name).json" }) == [])
    }

    @Test("rendering twice gives the same bytes", arguments: services)
    func deterministic(service: ServiceDescription) {
        #expect(OpenRPC.document(for: service) == OpenRPC.document(for: service))
    }

    @Test("a document has what OpenRPC 1.3 requires", arguments: services)
    func required(service: ServiceDescription) throws {
        let document = try JSONDocument(OpenRPC.document(for: service))
        #expect(document.root["openrpc"]?.string == "1.3.2")
        #expect(document.root["info"]?["title"]?.string?.isEmpty == false)
        #expect(document.root["info"]?["version"]?.string?.isEmpty == false)
        let methods = try #require(document.root["methods"])
        #expect(methods.count == service.methods.count)
        for (method, description) in zip(methods.elements, service.methods) {
            #expect(method["name"]?.string == description.name)
            #expect(method["result"]?["name"]?.string?.isEmpty == false)
            #expect(method["result"]?["schema"]?.kind == .object)
            let parameters = try #require(method["params"])
            #expect(
                parameters.elements.map { $0["name"]?.string } == description.parameters.object?.members.map(\.name)
            )
            #expect(parameters.elements.allSatisfy { $0["schema"]?.kind == .object })
        }
    }

    @Test("every reference leads to a definition, and every definition is referred to", arguments: services)
    func references(service: ServiceDescription) throws {
        let document = try JSONDocument(OpenRPC.document(for: service))
        let definitions = try #require(document.root["components"]?["schemas"])
        var used: Set<String> = []
        collectReferences(document.root, into: &used)
        let defined = Set(definitions.members.compactMap(\.name.string).map { "#/components/schemas/\($0)" })
        #expect(used.subtracting(defined) == [])
        #expect(defined.subtracting(used) == ["#/components/schemas/ServiceError"])
    }

    @Test("methods are named package.Service/Method, each once", arguments: services)
    func names(service: ServiceDescription) throws {
        let pattern = try Regex("[a-z]+\\.v[0-9]+\\.[A-Z][A-Za-z]+/[A-Z][A-Za-z]+")
        for method in service.methods { #expect(try pattern.wholeMatch(in: method.name) != nil, "\(method.name)") }
        #expect(Set(service.methods.map(\.name)).count == service.methods.count)
    }

    @Test("members are lower-case snake")
    func members() throws {
        let pattern = try Regex("[a-z][a-z0-9]*(_[a-z0-9]+)*")
        for sample in Sample.all {
            for member in sample.members { #expect(try pattern.wholeMatch(in: member.name) != nil, "\(member.name)") }
        }
    }

    private func collectReferences(_ value: JSONCursor, into references: inout Set<String>) {
        for (name, child) in value.members {
            if name.equals("$ref"), let reference = child.string { references.insert(reference) }
            collectReferences(child, into: &references)
        }
        for child in value.elements { collectReferences(child, into: &references) }
    }
}
