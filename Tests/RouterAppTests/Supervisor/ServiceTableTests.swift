import Bootstrap
import Foundation
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

    @Test("meter, guard, saver and portal run beside the router")
    func services() throws {
        let processes = try processes()
        #expect(processes.map(\.name) == ["meter", "guard", "saver", "portal"])
        #expect(processes.map(\.program) == processes.map { "keirouter-\($0.name)" })
        #expect(processes.last?.socket == "/srv/kei/run/portal.sock")
        #expect(processes.filter { !$0.isEssential }.map(\.name) == ["portal"])
        #expect(processes.filter(\.speaksHTTP).map(\.name) == ["portal"])
    }

    @Test("each runs on its socket in the data folder")
    func meter() throws {
        let processes = try processes(options: ["--config", "a.yaml", "--log-level", "debug"])
        let meter = try #require(processes.first)
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
        let processes = try processes(["services.guard.endpoint": "unix:///run/guard.sock"])
        #expect(processes.map(\.name) == ["meter", "saver", "portal"])
    }

    @Test("several instances have sockets and locks of their own")
    func replicas() throws {
        let guards = try processes(["services.guard.replicas": "3"], table: [ServiceTable.guard])
        #expect(guards.map(\.name) == ["guard/1", "guard/2", "guard/3"])
        #expect(guards.map(\.socket).last == "/srv/kei/run/guard/3.sock")
        #expect(Set(guards.map(\.lockFile)).count == 3)
    }

    @Test("the folder of replicas' sockets is there before they start, for nobody else")
    func socketFolder() throws {
        let temporary = try TemporaryFolder()
        let folder = DataFolder(temporary.path)
        let sources = ConfigurationSources(data: temporary.path, flags: ["services.guard.replicas": "2"])
        let processes = ServiceTable.processes(
            try KeiRouterConfiguration.load(sources),
            folder: folder,
            options: try CommonOptions.read([])
        )
        try ServiceTable.prepareSockets(of: processes, in: folder)
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder.socketFolder)/guard")
        #expect(attributes[.posixPermissions] as? Int == 0o700)
    }
}
