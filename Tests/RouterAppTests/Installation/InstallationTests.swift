import Bootstrap
import JSON
import RouterApp
import Testing

@Suite("What runs")
struct InstallationTests {
    private static let now = 1_800_000_000_000_000

    private func status(supervisor: Int? = 7, meter: Bool? = true) -> InstallationStatus {
        InstallationStatus(
            dataFolder: "/srv/kei",
            supervisor: supervisor,
            address: "http://127.0.0.1:20180",
            services: [
                .init(
                    name: "router",
                    pid: 7,
                    version: "0.1.0",
                    isServing: true,
                    sinceUS: Self.now - 120_000_000,
                    endpoint: "unix:///srv/kei/run/router.sock"
                ),
                .init(name: "meter", pid: 8, isServing: meter, restarts: 2, endpoint: "unix:///srv/kei/run/meter.sock"),
            ]
        )
    }

    @Test("all is well when everything serves")
    func health() {
        #expect(status().isRunning && status().isHealthy)
        #expect(status(meter: false).isRunning && !status(meter: false).isHealthy)
        #expect(!status(meter: nil).isHealthy)
        #expect(status(supervisor: nil).isRunning)
        let nothing = InstallationStatus(dataFolder: "/srv/kei", supervisor: nil, address: nil, services: [])
        #expect(!nothing.isRunning && !nothing.isHealthy)
    }

    @Test("a guard alone is no gateway that runs: it may be somebody else's program")
    func guardAlone() {
        let alone = InstallationStatus(
            dataFolder: "/srv/kei",
            supervisor: nil,
            address: nil,
            services: [
                .init(name: "router", endpoint: "unix:///srv/kei/run/router.sock"),
                .init(name: "guard", isServing: true, endpoint: "unix:///tmp/my-guard.sock"),
            ]
        )
        #expect(!alone.isRunning)
    }

    @Test("a guard that asks nobody outside says so")
    func offline() {
        var offline = status()
        offline.isGuardOffline = true
        #expect(offline.text(now: Self.now).contains("guardrails.offline is set"))
        #expect(!status().text(now: Self.now).contains("guardrails.offline"))
    }

    @Test("people see each service on a line")
    func text() {
        let text = status(meter: nil).text(now: Self.now)
        #expect(text.contains("It answers at http://127.0.0.1:20180/v1"))
        #expect(text.contains("router   serving      7  0.1.0    2 min ago         0  unix:///srv/kei/run/router.sock"))
        #expect(text.contains("meter    no answer    8  –        –                 2  unix:///srv/kei/run/meter.sock"))
    }

    @Test("programs see the same")
    func json() throws {
        var writer = JSONWriter()
        status(meter: false).write(to: &writer, now: Self.now)
        let root = try JSONDocument(writer.bytes).root
        #expect(try root.boolean("running"))
        #expect(try !root.boolean("healthy"))
        let services = try root.array("services") { value throws(WireError) in
            try "\(value.string("name")) \(value.string("health"))"
        }
        #expect(services == ["router serving", "meter not_serving"])
    }

    @Test("what the supervisor writes down reads back")
    func state() throws {
        let state = InstallationState(
            pid: 7,
            version: "0.1.0",
            commit: "abc",
            startedUS: Self.now,
            address: "http://127.0.0.1:1",
            services: [ServiceRecord(name: "meter", pid: nil, sinceUS: 5, restarts: 1, socket: "/s")]
        )
        var writer = JSONWriter()
        state.write(to: &writer)
        #expect(try InstallationState(from: JSONDocument(writer.bytes).root) == state)
    }
}
