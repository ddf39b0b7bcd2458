import Bootstrap
import Testing

@Suite("Reading declarations")
struct NodeTests {
    enum Strategy: String, CaseIterable {
        case priority
        case cost
    }

    @Test("values are read by type, with defaults for what is missing or null")
    func types() throws {
        let declare = try load(
            """
            declare:
              plans:
                - name: on
                  rpm: 60
                  limit_usd: 2.5
                  hard_cutoff: yes
                  wait: 1m30s
                  strategy: cost
                  allowed_models: ["claude-*", 4]
                  nothing: ~
            """
        ).declare
        let plan = try #require(try declare.list("plans").first)
        #expect(try plan.string("name") == "on")
        #expect(try plan.integer("rpm", default: 1) == 60)
        #expect(try plan.integer("tpm", default: 7) == 7)
        #expect(try plan.optionalInteger("tpm") == nil)
        #expect(try plan.optionalDouble("limit_usd", in: 0...100) == 2.5)
        #expect(try plan.boolean("hard_cutoff", default: false))
        #expect(try plan.duration("wait", default: .zero) == .seconds(90))
        #expect(try plan.choice("strategy", default: Strategy.priority) == .cost)
        #expect(try plan.strings("allowed_models") == ["claude-*", "4"])
        #expect(try plan.optionalString("nothing") == nil)
        #expect(try plan.string("nothing", default: "x") == "x")
        #expect(try plan.strings("none").isEmpty)
    }

    @Test("an error names the element of a list by line and index")
    func places() throws {
        let declare = try load("declare:\n  plans:\n    - name: a\n    - rpm: x\n").declare
        let plan = try #require(try declare.list("plans").last)
        let missing = try #require(throws: ConfigurationError.self) { _ = try plan.string("name") }
        #expect(missing.key == "declare.plans[1]" && missing.line == 4 && missing.problem == "\"name\" is missing")
        let wrong = try #require(throws: ConfigurationError.self) { _ = try plan.integer("rpm", default: 0) }
        #expect(wrong.key == "declare.plans[1].rpm" && wrong.line == 4)
        let unknown = try #require(throws: ConfigurationError.self) { try plan.allowing(["name", "rpms"]) }
        #expect(unknown.problem == "is not known; did you mean rpms?")
    }

    @Test("variables are put in, and what they hold is not looked at again")
    func substitution() throws {
        let declare = try load(
            "declare: { aliases: { a: \"x-${ONE}-${TWO}$\", b: \"$${ONE} $5\", c: plain } }",
            environment: ["ONE": "1", "TWO": "${ONE}"]
        ).declare
        let aliases = try #require(declare["aliases"])
        #expect(try aliases.string("a") == "x-1-${ONE}$")
        #expect(try aliases.string("b") == "${ONE} $5")
        #expect(try aliases.string("c") == "plain")
    }

    @Test(
        "a missing, empty or malformed variable stops the start",
        arguments: [
            ("${NONE}", "the environment variable NONE is not set"),
            ("${EMPTY}", "the environment variable EMPTY is empty"),
            ("a${", "\"${\" is not closed by \"}\""), ("${}", "\"${…}\" does not hold the name of a variable"),
            ("${1A}", "\"${…}\" does not hold the name of a variable"),
            ("${A B}", "\"${…}\" does not hold the name of a variable"),
        ]
    )
    func missing(value: String, problem: String) throws {
        let text = "declare:\n  accounts:\n    - provider: p\n      api_key: \"\(value)\""
        #expect(
            try failure(text, environment: ["EMPTY": ""]) == "given.yaml:4: declare.accounts[0].api_key: \(problem)"
        )
    }

    @Test("a program needs only the variables of its own parts")
    func ownParts() throws {
        let text = "declare: { accounts: [ { api_key: \"${NONE}\" } ], keys: [ { name: a } ] }"
        let configuration = try load(text, declares: ["plans", "keys"])
        let account = try #require(try configuration.declare.list("accounts").first)
        #expect(throws: ConfigurationError.self) { try account.string("api_key") }
        #expect(throws: ConfigurationError.self) { _ = try load(text, declares: ["accounts"]) }
    }

    @Test("an error never quotes a secret")
    func secrets() throws {
        let declare = try load(
            "declare: { accounts: [ { api_key: \"${KEY}\", n: \"${KEY}\", headers: { x-a: hunter2 } } ] }",
            environment: ["KEY": "hunter2"]
        ).declare
        let account = try #require(try declare.list("accounts").first)
        let headers = try #require(account["headers"])
        for node in [account, headers] {
            for name in ["api_key", "n", "x-a"] where node[name] != nil {
                let error = try #require(throws: ConfigurationError.self) { _ = try node.integer(name, default: 0) }
                #expect(!error.description.contains("hunter2"))
            }
        }
    }
}
