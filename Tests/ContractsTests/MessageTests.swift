import Contracts
import JSON
import Testing

@Suite("Messages")
struct MessageTests {
    static let services: [ServiceDescription] = [.meter, .router, .guardService, .saver, .health]

    @Test("a filled example has exactly the members of its schema, in its order", arguments: Sample.all)
    func schemaAgrees(sample: Sample) throws {
        let document = try JSONDocument(sample.bytes)
        #expect(sample.schema.disagreements(with: document.root) == [])
    }

    @Test("a message reads back what it wrote", arguments: Sample.all)
    func roundTrip(sample: Sample) throws {
        #expect(try sample.isEqual(sample.bytes))
        #expect(try sample.rewritten(sample.bytes) == sample.bytes)
    }

    @Test("every message that a service sends or takes has an example")
    func completeness() {
        var reachable: [String: Schema] = [:]
        for service in Self.services {
            for schema in service.methods.flatMap(\.schemas) { schema.collectObjects(into: &reachable) }
        }
        #expect(reachable.count > 90)
        #expect(Set(reachable.keys).subtracting(Sample.all.map(\.name)) == [])
    }

    @Test("a schema's name belongs to one schema alone")
    func uniqueNames() {
        var seen: [String: Schema] = [:]
        for service in Self.services {
            for schema in service.methods.flatMap(\.schemas) {
                var objects: [String: Schema] = [:]
                schema.collectObjects(into: &objects)
                for (name, object) in objects {
                    #expect(seen[name] == nil || seen[name] == object, "\(name) means two things")
                    seen[name] = object
                }
            }
        }
        for sample in Sample.all { #expect(seen[sample.name] ?? sample.schema == sample.schema) }
    }

    @Test("a missing member is named if the schema requires it, and filled in if not", arguments: Sample.all)
    func missingMembers(sample: Sample) throws {
        for member in sample.members {
            let text = try sample.removing(member.name)
            if member.presence == .required {
                #expect(throws: WireError(path: member.name, problem: "missing")) { try sample.rewritten(text) }
            } else {
                #expect(throws: Never.self) { try sample.rewritten(text) }
            }
        }
    }

    @Test("null means missing", arguments: Sample.all)
    func nullMembers(sample: Sample) throws {
        for member in sample.members {
            let text = try sample.replacing(member.name, with: "null")
            if member.presence == .required {
                let error = #expect(throws: WireError.self) { try sample.rewritten(text) }
                #expect(error?.path == member.name)
            } else {
                let removed = try sample.rewritten(sample.removing(member.name))
                #expect(try sample.rewritten(text) == removed)
            }
        }
    }

    @Test("a member of another type is named", arguments: Sample.all)
    func wrongTypes(sample: Sample) throws {
        for member in sample.members {
            guard let wrong = member.schema.wrongJSON else { continue }
            let error = #expect(throws: WireError.self, "\(member.name)") {
                try sample.rewritten(sample.replacing(member.name, with: wrong))
            }
            #expect(error?.path == member.name)
        }
    }

    @Test("what is no object is no message", arguments: Sample.all, ["[]", "7", "null", #""x""#])
    func noObject(sample: Sample, text: String) {
        #expect(throws: WireError.self) { try sample.rewritten(Array(text.utf8)) }
    }

    @Test("members that a newer peer adds are ignored, at any depth", arguments: Sample.all)
    func newMembers(sample: Sample) throws {
        let document = try JSONDocument(sample.bytes)
        var edits: [JSONEdit] = []
        collectAdditions(sample.schema, document.root, into: &edits)
        let text = try document.applying(edits)
        #expect(text.count > sample.bytes.count)
        #expect(try sample.isEqual(text))
    }

    @Test("words that a newer peer uses survive, unless the list is closed", arguments: Sample.all)
    func newWords(sample: Sample) throws {
        for member in sample.members {
            guard case .string(_, let isClosed) = member.schema.shape else { continue }
            let text = try sample.replacing(member.name, with: #""from_the_future""#)
            if isClosed {
                #expect(throws: WireError(path: member.name, problem: "unknown value")) { try sample.rewritten(text) }
            } else {
                let written = try JSONDocument(sample.rewritten(text))
                #expect(written.root[member.name]?.string == "from_the_future")
            }
        }
    }

    private func collectAdditions(_ schema: Schema, _ value: JSONCursor, into edits: inout [JSONEdit]) {
        switch schema.shape {
        case .array(let element):
            for child in value.elements { collectAdditions(element, child, into: &edits) }
        case .map(let member):
            for child in value.members { collectAdditions(member, child.value, into: &edits) }
        case .object(_, _, let members):
            for member in members {
                if let child = value[member.name] { collectAdditions(member.schema, child, into: &edits) }
            }
            edits.append(.insertMember("added_later", Array(#"{"deep":[1,null]}"#.utf8), into: value))
        default: break
        }
    }
}
