import SaverCore
import Testing

/// JSON and tables: every value stays, what rows share is said once.
@Suite("Tables")
struct TableTests {
    @Test("each value of each row is there, whatever it looks like")
    func values() throws {
        let rows = (1...30).map { row in
            #"{"id": \#(row), "name": "row, \#(row)", "note": "say \"\#(row)\"", "kind": "true", "count": null,"#
                + #" "url": "https://x.example/items/\#(row + 100)", "number": \#(row + 100),"#
                + #" "inner": {"left": \#(row * 3), "right": [\#(row), 2]}, "constant": 7}"#
        }
        let saving = try #require(shrunk("[\n  " + rows.joined(separator: ",\n  ") + "\n]"))
        #expect(saving.rule == "json" && saving.percent > 50)
        #expect(saving.lines[0] == "table of 30 rows")
        #expect(saving.lines[1] == #"in all rows: kind="true", count=null, constant=7"#)
        #expect(saving.string.contains("url=https://x.example/items/{number}"))
        #expect(saving.lines.contains("id,name,note,number,inner.left,inner.right"))
        for row in 1...30 {
            #expect(
                saving.lines.contains(
                    #"\#(row),"row, \#(row)","say \"\#(row)\"",\#(row + 100),\#(row * 3),[\#(row),2]"#
                )
            )
        }
    }

    @Test("lines of JSON are rows; a member that a row lacks is an empty cell")
    func lines() throws {
        let lines = (1...40).map { row in
            row % 2 == 0
                ? #"{"event": "opened", "at": \#(row)}"# : #"{"event": "closed", "at": \#(row), "by": "u\#(row)"}"#
        }
        let saving = try #require(shrunk(lines.joined(separator: "\n")))
        #expect(saving.lines.contains("event,at,by") && saving.lines.contains("opened,2,"))
        #expect(saving.lines.contains("closed,3,u3"))
    }

    @Test("an array inside an object is a table inside it")
    func inside() throws {
        let items = (1...30).map { #"{"metadata": {"name": "pod-\#($0)"}, "status": {"phase": "Running \#($0)"}}"# }
        let text = #"{ "kind": "List", "items": [\#(items.joined(separator: ", "))], "total": 30 }"#
        let saving = try #require(shrunk(text))
        #expect(saving.lines[0] == #"{"kind":"List","items":"#)
        #expect(saving.lines.contains("pod-7,Running 7") && saving.string.contains(#","total":30}"#))
    }

    @Test("what is no JSON, or names a member twice, stays", arguments: [#"{"a": 1, "a": "#, "[1, 2,, "])
    func broken(_ head: String) {
        #expect(shrunk(head + String(repeating: "[3], ", count: 400)) == nil)
    }

    private static let head = "NAMESPACE   NAME                       READY   STATUS    RESTARTS   AGE"

    private static func pods(_ count: Int) -> [String] {
        (1...count).map {
            "prod        web-7d4b9c6f8d-\(["x2k4z", "b7q9w", "m4n8p"][$0 % 3])       1/1     Running   0          \($0)d"
        }
    }

    @Test("healthy pods are counted by what they belong to, others stay whole")
    func pods() throws {
        var lines = [Self.head] + Self.pods(60)
        lines.insert("prod        db-0                       0/1     Pending   0          3d", at: 20)
        lines.insert("prod        api-6c5d8f7b9-t4x2w        1/1     Running   14         3d", at: 40)
        let saving = try #require(shrunk(lines.joined(separator: "\n"), command: "kubectl get pods -A"))
        #expect(saving.rule == "table")
        #expect(saving.lines.contains("db-0  0/1  Pending  0  3d"))
        #expect(saving.lines.contains("api-6c5d8f7b9-t4x2w  1/1  Running  14  3d"))
        #expect(saving.lines.contains("prod Running: web 60"))
    }

    @Test("rows that were selected are listed, without padding")
    func selected() throws {
        let text = ([Self.head] + Self.pods(60)).joined(separator: "\n")
        for command in ["kubectl get pods -A -l app=web", "kubectl get pods -A | grep web"] {
            let saving = try #require(shrunk(text, command: command))
            #expect(saving.lines.count { $0.hasPrefix("web-7d4b9c6f8d-") } == 60)
        }
    }
}
