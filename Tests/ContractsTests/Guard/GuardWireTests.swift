import Contracts
import JSON
import Testing

/// Holds the coders to texts written by hand from the design's contracts.md.
@Suite("Guard and saver on the wire")
struct GuardWireTests {
    @Test("an external guard may answer action, edits and findings alone")
    func externalGuard() throws {
        let text =
            #"{"action":"mask","edits":[{"segment":0,"start":3,"end":18,"replacement":"***"}],"#
            + #""findings":[{"segment":0,"entity":"EMAIL_ADDRESS","start":3,"end":18,"action":"mask"}]}"#
        let reply = try decode(InspectReply.self, text)
        #expect(reply.action == .mask)
        #expect(reply.edits == [TextEdit(segment: 0, range: 3..<18, replacement: "***")])
        #expect(reply.findings.first?.detector == "external")
        #expect(reply.findings.first?.severity == .medium)
        #expect(reply.findings.first?.score == 1)
        #expect(reply.segments == [] && reply.restores == [] && reply.decisionID == "")
    }

    @Test(
        "a range that would trap is refused by name",
        arguments: [
            ("5", "4", "end"), ("-1", "4", "start"), ("0", "-1", "end"), ("9223372036854775807", "0", "end"),
            ("9223372036854775808", "0", "start"), ("1.5", "4", "start"),
        ]
    )
    func ranges(start: String, end: String, path: String) throws {
        let range = #""start":\#(start),"end":\#(end)"#
        let edit = try complaint(TextEdit.self, #"{"segment":0,\#(range),"replacement":""}"#)
        #expect(edit?.path == path)
        let finding = try complaint(Finding.self, #"{"entity":"X",\#(range),"action":"mask"}"#)
        #expect(finding?.path == path)
    }

    @Test("an inspection is written as agreed")
    func inspection() throws {
        let text =
            #"{"request_id":"req_1","direction":"inbound","scope":{"tenant":"default","key":"key_1","#
            + #""chain":null,"provider":"acme","model":"small"},"segments":[{"id":1,"role":"assistant","#
            + #""kind":"tool_args","tool_name":"bash","last_user":false,"text":"ls"}]}"#
        let request = InspectRequest(
            requestID: "req_1",
            direction: .inbound,
            scope: RequestScope(tenant: "default", key: "key_1", provider: "acme", model: "small"),
            segments: [InspectSegment(id: 1, role: "assistant", kind: .toolArguments, toolName: "bash", text: "ls")]
        )
        #expect(String(decoding: encode(request), as: UTF8.self) == text)
        #expect(try decode(InspectRequest.self, text) == request)
    }

    @Test("messages travel byte for byte")
    func rawMessages() throws {
        let messages = #"[ {"role" : "user","content":"caf\u00e9"}, 1.50 ]"#
        let read = try decode(Conversation.self, #"{"frozen":1,"messages":\#(messages)}"#)
        #expect(String(decoding: read.messages, as: UTF8.self) == messages)
        #expect(String(decoding: encode(read), as: UTF8.self) == #"{"messages":\#(messages),"frozen":1}"#)
    }

    @Test("a conversation that is not there is not written")
    func absentConversation() throws {
        let facts = RequestFacts(hasTools: false, structuredOutput: false, coding: true, holdout: false)
        let scope = RequestScope(tenant: "default")
        let request = CompressRequest(requestID: "r", scope: scope, dialect: "openai", facts: facts)
        let document = try JSONDocument(encode(request))
        #expect(document.root["conversation"] == nil)
        #expect(try CompressRequest(from: document.root) == request)
        #expect(try JSONDocument(encode(CompressReply(epoch: "e"))).root["conversation"] == nil)
    }

    @Test("directives by scope are written in the order of scopes, and read with their path")
    func directivesByScope() throws {
        let directive = Directive(saver: "terse", level: "on", text: "Be brief.", tokens: 3)
        let scopes = ["key:z", "global", "key:a"]
        let settings = SaverSettings(
            epoch: "e",
            directivesByScope: Dictionary(uniqueKeysWithValues: scopes.map { ($0, [directive]) })
        )
        let document = try JSONDocument(encode(settings))
        let written = document.root["directives_by_scope"]?.members.compactMap(\.name.string)
        #expect(written == ["global", "key:a", "key:z"])
        let error = try complaint(
            SaverSettings.self,
            #"{"epoch":"e","scopes":[],"directives_by_scope":{"global":[{"saver":"terse"}]}}"#
        )
        #expect(error == WireError(path: "directives_by_scope.global[0].level", problem: "missing"))
    }

    @Test("vectors keep their numbers")
    func vectors() throws {
        let reply = EmbedReply(vectors: [[0.1, -2.5e-8, 3], []])
        #expect(try decode(EmbedReply.self, String(decoding: encode(reply), as: UTF8.self)) == reply)
        let error = try complaint(EmbedReply.self, #"{"vectors":[[1],[2,"3"]]}"#)
        #expect(error == WireError(path: "vectors[1][1]", problem: "expected number"))
    }
}
