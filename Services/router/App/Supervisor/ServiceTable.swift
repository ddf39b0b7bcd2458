package import Bootstrap

/// What the supervisor runs beside the router.
package enum ServiceTable {
    /// One service: how it is configured and the program that is it.
    package struct Entry: Hashable, Sendable {
        package let peer: PeerName
        package let program: String
        /// Whether there is no gateway without it; the others are started again and again while it serves.
        package let isEssential: Bool
        /// Whether it answers HTTP and not our own protocol.
        package let speaksHTTP: Bool

        package init(peer: PeerName, program: String, isEssential: Bool = true, speaksHTTP: Bool = false) {
            self.peer = peer
            self.program = program
            self.isEssential = isEssential
            self.speaksHTTP = speaksHTTP
        }
    }

    /// The services in the order they start; one more service is one more line.
    package static let children = [meter, `guard`, saver, portal]

    package static let meter = Entry(peer: .meter, program: "keirouter-meter")
    package static let `guard` = Entry(peer: .guard, program: "keirouter-guard")
    package static let saver = Entry(peer: .saver, program: "keirouter-saver")

    package static let portal = Entry(
        peer: .portal,
        program: "keirouter-portal",
        isEssential: false,
        speaksHTTP: true
    )

    /// The processes to run: those of services that answer on sockets of their own in the data folder.
    package static func processes(
        _ configuration: KeiRouterConfiguration,
        folder: DataFolder,
        options: CommonOptions,
        table: [Entry] = children
    ) -> [ServiceProcess] {
        table.flatMap { entry -> [ServiceProcess] in
            let peer = configuration.services[entry.peer]
            // Somebody else runs a service that has an endpoint of its own.
            guard peer.endpoint == "unix" else { return [] }
            let instances = peer.replicas == 1 ? [nil] : (1...peer.replicas).map(String.init)
            return instances.map { ServiceProcess(entry, instance: $0, folder: folder, options: options) }
        }
    }

    /// Makes the folders that the sockets of replicas lie in.
    package static func prepareSockets(
        of processes: [ServiceProcess],
        in folder: DataFolder
    ) throws(DataFolderError) {
        for process in processes {
            guard let instance = process.instance else { continue }
            _ = try folder.prepareSocket(service: process.service, instance: instance)
        }
    }
}

/// One process of a service: what to start and where it answers.
package struct ServiceProcess: Hashable, Sendable {
    package let service: String
    /// Which of several.
    package let instance: String?
    package let program: String
    package let arguments: [String]
    /// The socket it answers on.
    package let socket: String
    /// The file that is locked for as long as the process lives.
    package let lockFile: String
    /// Whether there is no gateway without it.
    package private(set) var isEssential = true
    /// Whether it answers HTTP and not our own protocol.
    package private(set) var speaksHTTP = false

    /// `meter`, or `guard/2` for the second of several.
    package var name: String { instance.map { "\(service)/\($0)" } ?? service }

    init(_ entry: ServiceTable.Entry, instance: String?, folder: DataFolder, options: CommonOptions) {
        let service = entry.peer.rawValue
        self.init(
            service: service,
            instance: instance,
            program: entry.program,
            socket: folder.socketPath(service: service, instance: instance),
            lockFile: Self.lockFile(of: service, instance: instance, in: folder),
            folder: folder,
            config: options.config,
            logLevel: options.logLevel
        )
        isEssential = entry.isEssential
        speaksHTTP = entry.speaksHTTP
    }

    static func lockFile(of service: String, instance: String?, in folder: DataFolder) -> String {
        "\(folder.runFolder)/\(service)\(instance.map { "-\($0)" } ?? "").process"
    }

    /// - Parameters:
    ///   - service: `meter`, `guard` and so on.
    ///   - instance: Which of several.
    ///   - program: The executable's name, beside our own.
    ///   - socket: Where it answers.
    ///   - lockFile: The file that is locked for as long as the process lives.
    ///   - folder: The data folder.
    ///   - config: The configuration file that was given.
    ///   - logLevel: The level that was given.
    ///   - further: Arguments besides.
    package init(
        service: String,
        instance: String? = nil,
        program: String,
        socket: String,
        lockFile: String,
        folder: DataFolder,
        config: String?,
        logLevel: String?,
        further: [String] = []
    ) {
        self.service = service
        self.instance = instance
        self.program = program
        self.socket = socket
        self.lockFile = lockFile
        var arguments = ["--data", folder.path, "--listen", "unix://\(socket)"]
        if let config { arguments += ["--config", config] }
        if let logLevel { arguments += ["--log-level", logLevel] }
        self.arguments = arguments + further
    }
}
