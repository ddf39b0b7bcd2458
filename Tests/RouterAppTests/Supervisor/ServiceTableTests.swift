import Bootstrap
import RouterApp
import Testing

@Suite("Services of the supervisor")
struct ServiceTableTests {
    private let folder = DataFolder("/srv/kei")

    private func processes(
        _ flags: [String: String] = [:],
        options: [String] = [],
        table: [ServiceTable.Entry] = ServiceTable.children
    ) throws -> [ServiceProcess] {
        let sources = ConfigurationSources(data: "/srv/kei", flags: flags)
        return ServiceTable.processes(
            try KeiRouterConfiguration.load(sources),
            folder: folder,
            options: try CommonOptions.read(options),
            table: table
        )
    }

    @Test("the meter runs on its socket in the data folder")
    func meter() throws {
        let processes = try processes(options: ["--config", "a.yaml", "--log-level", "debug"])
        let meter = try #require(processes.first)
        #expect(processes.count == 1)
        #expect(meter.program == "keirouter-meter" && meter.name == "meter")
        #expect(
            meter.arguments == [
                "--data", "/srv/kei", "--listen", "unix:///srv/kei/run/meter.sock", "--config", "a.yaml",
                "--log-level", "debug",
            ]
        )
    }

    @Test("a service with an endpoint of its own is run by somebody else")
    func elsewhere() throws {
        #expect(try processes(["services.meter.endpoint": "unix:///run/meter.sock"]).isEmpty)
    }

    @Test("several instances have sockets and locks of their own")
    func replicas() throws {
        let table = [ServiceTable.Entry(peer: .guard, program: "keirouter-guard")]
        let guards = try processes(["services.guard.replicas": "3"], table: table)
        #expect(guards.map(\.name) == ["guard/1", "guard/2", "guard/3"])
        #expect(guards.map(\.socket).last == "/srv/kei/run/guard/3.sock")
        #expect(Set(guards.map(\.lockFile)).count == 3)
    }
}
