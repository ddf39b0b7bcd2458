import Secrets
import TestSupport
import Testing

@Suite("Claim and sign-in", .bothEngines)
struct ClaimTests {
    @Test("the code of the log leads to a password, once")
    func claim() async throws {
        try await withPortal(hasRealPasswords: true) { portal in
            var browser = Browser(portal)
            let first = try await browser.get("/")
            #expect(first.status == 303)
            #expect(first.header("location") == "/welcome")
            let code = try #require(portal.claimCode)
            #expect(try await browser.get("/welcome").text.contains("page=claim"))
            #expect(try await browser.post("/welcome/claim", ["code": "0000-0000-0000"]).status == 401)
            let lower = code.lowercased().filter { $0 != "-" }
            #expect(try await browser.post("/welcome/claim", ["code": lower]).status == 303)
            #expect(try await browser.get("/welcome").text.contains("page=password"))

            var other = Browser(portal, peer: "127.0.0.2")
            try await other.get("/welcome")
            #expect(try await other.post("/welcome/claim", ["code": code]).status == 403)
            let fields = ["password": Browser.password, "repeat": Browser.password]
            #expect(try await other.post("/welcome/password", fields).status == 403)

            #expect(
                try await browser.post("/welcome/password", ["password": "short", "repeat": "short"]).status == 422
            )
            #expect(
                try await browser.post("/welcome/password", ["password": "aaaaaaaaaaaaaa", "repeat": "aaaaaaaaaaaaaa"])
                    .status == 422
            )
            #expect(
                try await browser.post("/welcome/password", ["password": Browser.password, "repeat": "x"]).status == 422
            )
            #expect(try await browser.post("/welcome/password", fields).status == 303)
            #expect(try await browser.get("/").text.contains("overview"))
            #expect(try await other.post("/welcome/password", fields).status == 403)
        }
    }

    @Test("a claimed portal shows no code, an unclaimed one a new code at each start")
    func starts() async throws {
        let folder = try TemporaryFolder()
        let codes = Codes()
        try await withPortal(in: folder) { portal in await codes.add(portal.claimCode) }
        try await withPortal(in: folder) { portal in
            await codes.add(portal.claimCode)
            var browser = Browser(portal)
            try await browser.get("/welcome")
            let old = try #require(await codes.all[0])
            #expect(try await browser.post("/welcome/claim", ["code": old]).status == 401)
            try await browser.claim()
        }
        try await withPortal(in: folder) { portal in
            #expect(portal.claimCode == nil)
            var browser = Browser(portal)
            let response = try await browser.login()
            #expect(response.status == 303)
        }
        let all = await codes.all
        #expect(all.count == 2)
        #expect(all[0] != all[1])
    }

    @Test("the log's redaction leaves the claim code readable")
    func readable() async throws {
        try await withPortal { portal in
            let code = try #require(portal.claimCode)
            let line = "claim code: \(code), enter it at /welcome"
            #expect(Redactor.shared.redact(line) == line)
        }
    }

    @Test("wrong passwords make the next one wait, twice as long each time")
    func rateLimit() async throws {
        try await withPortal { portal in
            var browser = Browser(portal)
            try await browser.claim()
            var guesser = Browser(portal, peer: "10.0.0.9")
            for _ in 0..<5 { #expect(try await guesser.login("wrong password!!").status == 401) }
            #expect(try await guesser.login("wrong password!!").status == 401)
            let limited = try await guesser.login("wrong password!!")
            #expect(limited.status == 429)
            #expect(limited.header("retry-after") == "1")
            // The right one does not help before its time.
            #expect(try await guesser.login().status == 429)
            portal.clock.advance(seconds: 1)
            #expect(try await guesser.login("wrong password!!").status == 401)
            #expect(try await guesser.login().header("retry-after") == "2")
            // Somebody else is not made to wait.
            var owner = Browser(portal, peer: "10.0.0.1")
            #expect(try await owner.login().status == 303)
            portal.clock.advance(seconds: 2)
            #expect(try await guesser.login().status == 303)
        }
    }
}

private actor Codes {
    private(set) var all: [String?] = []

    func add(_ code: String?) { all.append(code) }
}
