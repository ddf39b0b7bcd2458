import JSON
import RouterApp
import Testing

@Suite("The first words")
struct BannerTests {
    @Test("the first start shows the key once more in a request that can be copied")
    func first() {
        let text = Banner(address: "http://127.0.0.1:20180", key: "kr_secret", invocation: Invocation()).text
        #expect(text.contains("\n  kr_secret\n"))
        #expect(text.contains("curl http://127.0.0.1:20180/v1/chat/completions \\\n"))
        #expect(text.contains("-H \"Authorization: Bearer kr_secret\""))
        #expect(text.contains(#"{"model":"demo/echo","#))
    }

    @Test("the dashboard has a line of its own", arguments: ["kr_secret", nil])
    func dashboard(key: String?) {
        let place = "http://127.0.0.1:20180/"
        let banner = Banner(address: "http://127.0.0.1:20180", key: key, dashboard: place, invocation: Invocation())
        #expect(banner.text.contains("\ndashboard: http://127.0.0.1:20180/\n"))
    }

    @Test("a later start tells the endpoint and how to make a key")
    func later() {
        let text = Banner(address: "http://127.0.0.1:8080", key: nil, invocation: Invocation(data: "/srv/my data")).text
        #expect(text.contains("http://127.0.0.1:8080/v1"))
        #expect(text.contains("bootstrap --key-name NAME --data '/srv/my data'"))
        #expect(!text.contains("Authorization"))
    }

    @Test(
        "any address is shown as one that can be reached",
        arguments: [
            ("http://0.0.0.0:1", "http://127.0.0.1:1"), ("http://[::]:1", "http://[::1]:1"),
            ("http://10.0.0.0:1", "http://10.0.0.0:1"), ("http://localhost:1", "http://localhost:1"),
        ]
    )
    func addresses(bound: String, shown: String) {
        #expect(Banner.reachable(bound) == shown)
    }

    @Test("as JSON it is one document")
    func json() throws {
        var writer = JSONWriter()
        Banner(address: "http://0.0.0.0:1", key: nil, invocation: Invocation()).write(to: &writer)
        let root = try JSONDocument(writer.bytes).root
        #expect(try root.string("base_url") == "http://127.0.0.1:1/v1")
        #expect(try root.optionalString("key") == nil)
    }

    @Test(
        "advice is quoted for the shell",
        arguments: [
            ("/srv/kei", "/srv/kei"), ("a b", "'a b'"), ("", "''"), ("it's", #"'it'\''s'"#), ("$HOME", "'$HOME'"),
        ]
    )
    func quoting(text: String, quoted: String) {
        #expect(Invocation.quoted(text) == quoted)
    }
}
