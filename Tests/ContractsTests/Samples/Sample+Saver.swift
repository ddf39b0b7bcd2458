import Contracts

extension Sample {
    static let saver: [Sample] =
        [
            Sample(
                CompressRequest(
                    requestID: "req_1",
                    scope: scope,
                    dialect: "anthropic",
                    facts: facts,
                    segments: [segment],
                    conversation: conversation,
                    epoch: "e4",
                    trial: true
                )
            ),
            Sample(facts),
            Sample(segment),
            Sample(conversation),
            Sample(
                CompressReply(
                    epoch: "e5",
                    replacements: [replacement],
                    directives: [directive]
                )
            ),
            Sample(replacement),
            Sample(directive),
            Sample(
                SaverSettings(
                    epoch: "e5",
                    scopes: [saverScope],
                    directivesByScope: ["global": [directive], "key:ci": [directive, directive]]
                )
            ),
            Sample(saverScope),
            Sample(headroom),
        ]
        + resource(setting)
        + resource(ProbeItem(id: "http://localhost:8787", state: "degraded", detail: "kompress"))

    static let messages = Array(#"[ {"role":"user", "content":"caf\u00e9"},1.50 ]"#.utf8)

    private static let facts = RequestFacts(hasTools: true, structuredOutput: true, coding: true, holdout: true)
    private static let segment = CompressSegment(
        id: 2,
        role: "tool",
        kind: .toolResult,
        toolName: "bash",
        command: "git diff",
        isError: true,
        text: "diff --git"
    )
    private static let conversation = Conversation(messages: messages, frozen: 1, id: "00ff")
    private static let replacement = Replacement(
        segment: 2,
        text: "diff",
        saver: "rtk",
        rule: "git_diff",
        tokensBefore: 900,
        tokensAfter: 300
    )
    private static let directive = Directive(saver: "terse", level: "on", text: "Answer briefly.", tokens: 4)
    private static let saverScope = SaverScope(
        scope: "key:ci",
        savers: ["rtk", "headroom", "terse"],
        holdout: 0.05,
        patienceMS: 3_000
    )
    private static let headroom = HeadroomSetting(
        enabled: true,
        url: "http://localhost:8787",
        timeoutMS: 2_000,
        userMessages: true
    )
    private static let setting = SettingItem(
        id: "key:ci",
        scope: "key:ci",
        rtk: true,
        terse: "on",
        caveman: "wenyan-lite",
        ponytail: "full",
        holdout: 0.05,
        headroom: headroom,
        declared: true,
        etag: "1"
    )

    /// What all services share.
    static let common: [Sample] = [
        Sample(Empty()),
        Sample(ListRequest(pageToken: "page-2", pageSize: 500, filter: ["key": "key_1", "outcome": "ok"])),
        Sample(GetRequest(id: "key_1")),
        Sample(DeleteRequest(id: "key_1", etag: "7")),
        Sample(WatchRequest(resources: ["Keys", "Plans"])),
        Sample(AdminChange(resource: "Keys", id: "key_1", etag: "7", deleted: true)),
        Sample(HealthCheck(service: "meter.v1.Meter")),
        Sample(HealthStatus(status: "SERVING", version: "0.1.0", uptimeMS: 1_000)),
        Sample(FiguresReply(text: "# TYPE a_total counter\na_total{provider=\"b\"} 0.5\n")),
    ]
}
