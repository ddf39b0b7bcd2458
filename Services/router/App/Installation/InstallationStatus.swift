import Bootstrap
import Contracts
package import JSON
import Observability

/// What runs of an installation and how it does.
package struct InstallationStatus: Hashable, Sendable {
    /// One service.
    package struct Entry: Hashable, Sendable {
        package var name: String
        package var pid: Int?
        package var version: String?
        /// Whether it answers and serves; `nil` when it does not answer.
        package var isServing: Bool?
        package var sinceUS: Int?
        package var restarts: Int
        package var endpoint: String
        /// Whether it answers HTTP, which tells neither version nor age.
        package var speaksHTTP = false

        package init(
            name: String,
            pid: Int? = nil,
            version: String? = nil,
            isServing: Bool? = nil,
            sinceUS: Int? = nil,
            restarts: Int = 0,
            endpoint: String
        ) {
            self.name = name
            self.pid = pid
            self.version = version
            self.isServing = isServing
            self.sinceUS = sinceUS
            self.restarts = restarts
            self.endpoint = endpoint
        }

        package var health: String {
            switch isServing {
            case true?: "serving"
            case false?: "not serving"
            case nil: "no answer"
            }
        }
    }

    package var dataFolder: String
    /// The supervisor's process; `nil` when there is none.
    package var supervisor: Int?
    package var address: String?
    package var services: [Entry]
    /// Whether the configuration leaves every engine of the guard outside alone.
    package var isGuardOffline = false

    package init(dataFolder: String, supervisor: Int?, address: String?, services: [Entry]) {
        self.dataFolder = dataFolder
        self.supervisor = supervisor
        self.address = address
        self.services = services
    }

    /// Whether anything runs, be it without a supervisor; a guard alone may be somebody else's program.
    package var isRunning: Bool {
        supervisor != nil || services.contains { $0.isServing != nil && $0.name != PeerName.guard.rawValue }
    }
    package var isHealthy: Bool { isRunning && services.allSatisfy { $0.isServing == true } }

    /// Asks every service.
    static func read(_ installation: Installation) async -> InstallationStatus {
        let holder = DataFolderLock.holder(of: installation.folder)
        // What stands in the file is of the process that has the lock, or of one that was killed.
        let state = holder == nil ? nil : StateFile.read(in: installation.folder)
        var services: [Entry] = []
        for (name, endpoint) in endpoints(installation) {
            let record = state?.services.first { $0.name == name }
            if name == PeerName.portal.rawValue {
                services.append(await portal(at: endpoint, record))
                continue
            }
            let health = await health(at: endpoint, installation)
            let sinceUS = health?.uptimeMS.map { Int(WallClock.now()) - $0 * 1000 } ?? record?.sinceUS
            services.append(
                Entry(
                    name: name,
                    pid: record?.pid,
                    version: health?.version,
                    isServing: health?.isServing,
                    sinceUS: health == nil ? nil : sinceUS,
                    restarts: record?.restarts ?? 0,
                    endpoint: endpoint
                )
            )
        }
        var status = InstallationStatus(
            dataFolder: installation.folder.path,
            supervisor: holder.map(Int.init),
            address: state?.address,
            services: services
        )
        status.isGuardOffline = installation.configuration.guardrails.offline
        return status
    }

    /// The portal speaks HTTP alone: since when it runs is the supervisor's to say.
    private static func portal(at endpoint: String, _ record: ServiceRecord?) async -> Entry {
        let isServing = await HTTPHealth.isServing(endpoint)
        var entry = Entry(
            name: PeerName.portal.rawValue,
            pid: record?.pid,
            isServing: isServing ? true : nil,
            sinceUS: isServing ? record?.sinceUS : nil,
            restarts: record?.restarts ?? 0,
            endpoint: endpoint
        )
        entry.speaksHTTP = true
        return entry
    }

    /// The router, and the services of the table with one entry for each process.
    private static func endpoints(_ installation: Installation) -> [(String, String)] {
        var endpoints = [("router", installation.routerEndpoint)]
        for entry in ServiceTable.children {
            let own = ServiceTable.processes(
                installation.configuration,
                folder: installation.folder,
                options: installation.options,
                table: [entry]
            )
            if own.isEmpty {
                let endpoint = installation.configuration.services.endpoint(of: entry.peer, in: installation.folder)
                endpoints.append((entry.peer.rawValue, endpoint))
            }
            endpoints += own.map { ($0.name, "unix://\($0.socket)") }
        }
        return endpoints
    }

    private static func health(at endpoint: String, _ installation: Installation) async -> HealthStatus? {
        try? await ServiceCaller.with(endpoint, installation.configuration) { await $0.health() }
    }

    // MARK: Words

    package func text(now: Int) -> String {
        var lines: [String] = []
        if let supervisor {
            lines.append("KeiRouter runs as process \(supervisor) on \(dataFolder)")
        } else {
            lines.append("KeiRouter runs on \(dataFolder) without a supervisor of ours")
        }
        if let address { lines.append("It answers at \(address)/v1") }
        if isGuardOffline { lines.append("The guard asks no engine outside: guardrails.offline is set") }
        var table = Table([
            .init("service"), .init("health"), .init("pid", .right), .init("version"), .init("since"),
            .init("restarts", .right), .init("endpoint"),
        ])
        for service in services {
            table.add([
                service.name, service.health, service.pid.map(String.init) ?? "–", service.version ?? "–",
                service.sinceUS.map { TimeText.relative($0, now: now) } ?? "–", String(service.restarts),
                service.endpoint,
            ])
        }
        return lines.joined(separator: "\n") + "\n\n" + table.text
    }

    package func write(to writer: inout JSONWriter, now: Int) {
        writer.object { fields in
            fields.boolean("running", isRunning)
            fields.boolean("healthy", isHealthy)
            fields.string("data_folder", dataFolder)
            fields.integer("pid", supervisor)
            fields.string("address", address)
            fields.string("version", Version.current)
            fields.boolean("guard_offline", isGuardOffline)
            fields.array("services") { items in
                for service in services { items.object { service.write(to: &$0) } }
            }
        }
    }
}

extension InstallationStatus.Entry {
    func write(to fields: inout JSONFields) {
        fields.string("name", name)
        fields.string("health", health.replacing(" ", with: "_"))
        fields.integer("pid", pid)
        fields.string("version", version)
        fields.integer("since_us", sinceUS)
        fields.integer("restarts", restarts)
        fields.string("endpoint", endpoint)
    }
}
