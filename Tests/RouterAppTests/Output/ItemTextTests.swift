import Bootstrap
import Contracts
import RouterApp
import Testing

@Suite("Items for people")
struct ItemTextTests {
    private static let now = 1_800_000_000_000_000
    private static let day = 86_400_000_000

    @Test("a key's line tells use, cost and state")
    func keys() {
        let key = KeyItem(
            id: "key_1",
            name: "ci",
            plan: "team",
            display: "kr_ab…yz",
            expiresUS: Self.now + 30 * Self.day,
            lastUsedUS: Self.now - 60_000_000,
            spentNanoUSD: 123_000,
            requests: 12,
            tokens: 34_567
        )
        let lines = KeyText.table([key], now: Self.now).text.split(separator: "\n")
        #expect(lines[1] == "ci    kr_ab…yz  team        12  34.56k  $0.000123  1 min ago  expires in 30 d  key_1")
    }

    @Test("a key is live, expired, expiring, revoked or declared")
    func keyStates() {
        #expect(KeyText.state(KeyItem(name: "a"), now: Self.now) == "live")
        #expect(KeyText.state(KeyItem(name: "a", declared: true), now: Self.now) == "live, declared")
        #expect(KeyText.state(KeyItem(name: "a", expiresUS: Self.now - Self.day), now: Self.now) == "expired 1 d ago")
        #expect(KeyText.state(KeyItem(name: "a", revokedUS: Self.now - Self.day), now: Self.now) == "revoked 1 d ago")
    }

    @Test("what holds for a request is told with the scope that says so")
    func effective() {
        let policy = PolicyItem(
            scope: "effective",
            pii: PIISection(enabled: true, action: .mask, entities: ["CREDIT_CARD": "block"]),
            custom: [CustomPattern(name: "ticket", pattern: "AB-[0-9]{4}", action: .mask)]
        )
        let provenance = ["pii.action": "key:ci", "pii.entities": "global", "custom.ticket": "global"]
        let lines = PolicyText.table(EffectivePolicyReply(policy: policy, provenance: provenance)).text
            .split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines[1].hasPrefix("custom.ticket") && lines[1].contains("AB-[0-9]{4}"))
        #expect(lines[2] == "pii.action     mask" + String(repeating: " ", count: 47) + "key:ci")
        #expect(lines[3].contains(#"{"CREDIT_CARD":"block"}"#))
    }

    @Test("an import is told by what it changes")
    func imports() {
        let reply = ImportReply(created: ["global", "key:a"], deleted: ["chain:b"])
        #expect(PolicyText.changes(reply, isTrial: false) == "created: global, key:a\ndeleted: chain:b")
        #expect(PolicyText.changes(reply, isTrial: true).hasSuffix("this was a trial."))
        #expect(PolicyText.changes(ImportReply(), isTrial: true).hasPrefix("Nothing changes"))
    }

    @Test("decisions are told without a word of the text, and control characters do not reach the terminal")
    func decisions() {
        let item = DecisionItem(
            id: "gd_1",
            atUS: Self.now - 60_000_000,
            requestID: "req_\u{1B}1",
            direction: .inbound,
            scope: RequestScope(tenant: "default", key: "ci", model: "m"),
            action: .block,
            reason: "pii CREDIT_CARD"
        )
        let text = PolicyText.table([item], now: Self.now, hasMore: true)
        #expect(text.contains("1 min ago  block   inbound    pii CREDIT_CARD  ci   m"))
        #expect(!text.contains("\u{1B}") && text.contains("--json writes all"))
        #expect(PolicyText.table([], now: Self.now, hasMore: false) == "There are no such decisions.")
    }

    @Test("a key's life is a time of some length")
    func lives() throws {
        #expect(try KeyText.expiry("30d", now: Self.now) == Self.now + 30 * Self.day)
        #expect(try KeyText.expiry("1d12h", now: 0) == Self.day * 3 / 2)
        for text in ["", "0", "soon", "30", "-1d", "3651d"] {
            #expect(throws: ProgramFailure.self) { try KeyText.expiry(text, now: Self.now) }
        }
    }

    @Test("an account's state tells what it waits for")
    func accounts() {
        var account = AccountItem(provider: "openai", label: "main")
        #expect(AccountText.state(account, now: Self.now) == "ok")
        account.health = "cooling_down"
        account.cooldownUntilUS = Self.now + 90_000_000
        #expect(AccountText.state(account, now: Self.now) == "cooling down, tried again in 1 min")
        account.enabled = false
        account.declared = true
        account.cooldownUntilUS = nil
        #expect(AccountText.state(account, now: Self.now) == "disabled, declared")
    }

    @Test("an account is found by place, label or id, and never guessed")
    func selection() throws {
        let accounts = [
            AccountItem(id: "acc_1", provider: "openai", label: "main"),
            AccountItem(id: "acc_2", provider: "anthropic", label: "main"),
            AccountItem(id: "acc_3", provider: "openai", label: "spare"),
        ]
        #expect(try AccountText.one("openai/main", among: accounts).id == "acc_1")
        #expect(try AccountText.one("acc_2", among: accounts).id == "acc_2")
        #expect(try AccountText.one("spare", among: accounts).id == "acc_3")
        #expect(
            throws: ProgramFailure(
                .failed,
                "main stands for 2 accounts (openai/main, anthropic/main); name one of them"
            )
        ) {
            try AccountText.one("main", among: accounts)
        }
        #expect(throws: ProgramFailure.self) { try AccountText.one("other", among: accounts) }
    }

    @Test("a plan's line tells none from default")
    func plans() {
        let plan = PlanItem(
            name: "team",
            limitNanoUSD: 25_000_000_000,
            rpm: 60,
            concurrency: 0,
            allowedModels: ["claude-*", "coding"],
            alertAt: [50, 80]
        )
        let lines = PlanText.table([plan]).text.split(separator: "\n")
        let cells = lines[1].split(separator: " ").map(String.init)
        #expect(
            cells == [
                "team", "$25.00", "none", "monthly", "60", "default", "none", "claude-*", "coding", "50%", "80%",
                "denies",
            ]
        )
    }
}
