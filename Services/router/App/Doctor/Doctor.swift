import Bootstrap
import Contracts
import NIOCore
import NIOPosix
import RouterServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Looks at everything an installation needs and says what is wrong.
struct Doctor {
    /// How long the databases' check may take.
    private static let connectTime = TimeAmount.seconds(2)

    let installation: Installation

    func run() async -> [Finding] {
        var findings = configuration() + [engines()] + MachineChecks(installation: installation).run()
        let status = await InstallationStatus.read(installation)
        findings += services(status)
        findings += await port(status)
        if !status.isRunning { findings += await databases() }
        // What cannot start has been told; the rest needs it.
        guard !findings.contains(where: { $0.level == .fail }) else { return findings }
        findings += await keys()
        findings += await accounts()
        findings += await SaverDoctor(installation: installation).run()
        return findings
    }

    // MARK: Configuration

    private func configuration() -> [Finding] {
        do {
            let checked = try installation.options.loadConfiguration()
            let files = checked.files.isEmpty ? "defaults alone" : checked.files.joined(separator: ", ")
            return [Finding(.ok, "configuration", files)]
                + checked.warnings.map { Finding(.warn, "configuration", $0) }
        } catch {
            return [Finding(.fail, "configuration", "\(error)")]
        }
    }

    /// Where texts go to be judged.
    private func engines() -> Finding {
        let settings = installation.configuration.guardrails
        let name = "guard engines"
        guard !settings.offline else {
            return Finding(.ok, name, "guardrails.offline is set: no text leaves this machine to be judged")
        }
        let others = [("presidio", settings.presidioURL), ("openai", settings.moderationURL)].filter { !$0.1.isEmpty }
        guard !others.isEmpty else { return Finding(.ok, name, "native alone") }
        let names = others.map { "\($0.0) at \($0.1)" }.joined(separator: " and ")
        return Finding(.ok, name, "native, and \(names) where a policy names it")
    }

    // MARK: What runs

    private func services(_ status: InstallationStatus) -> [Finding] {
        guard status.isRunning else {
            let advice = "start it with \(installation.invocation("start"))"
            return [Finding(.warn, "services", "nothing runs", advice: advice)]
        }
        return status.services.map { service in
            let name = "service \(service.name)"
            let version = service.version.map { ", version \($0)" } ?? ""
            guard service.isServing == true else {
                let message = "\(service.health) at \(service.endpoint)"
                guard service.name != PeerName.portal.rawValue else {
                    return Finding(.warn, name, message, advice: "the API goes on without it; its log says why")
                }
                return Finding(.fail, name, message, advice: "its log says why")
            }
            if let other = service.version, other != Version.current {
                let message = "it is version \(other), this is \(Version.current)"
                return Finding(.warn, name, message, advice: "restart it")
            }
            return Finding(.ok, name, "serving at \(service.endpoint)\(version)")
        }
    }

    /// Whether the port is ours, or free for us.
    private func port(_ status: InstallationStatus) async -> [Finding] {
        let server = installation.configuration.server
        let place = "\(server.host):\(server.port)"
        if let address = status.address {
            let reachable = Banner.reachable(address)
            guard let target = HostPort(String(reachable.drop { $0 != "/" }.drop { $0 == "/" })) else { return [] }
            guard await connects(target) else {
                return [Finding(.fail, "port", "\(address) takes no connections", advice: "the log says why")]
            }
            return [Finding(.ok, "port", "\(address) takes connections")]
        }
        guard !status.isRunning, server.port != 0 else { return [] }
        let host = server.host == "0.0.0.0" ? "127.0.0.1" : server.host
        guard let target = HostPort(host.contains(":") ? "[\(host)]:\(server.port)" : "\(host):\(server.port)"),
            await connects(target)
        else { return [Finding(.ok, "port", "\(place) is free")] }
        let advice = "stop it, or choose another with --port"
        return [Finding(.fail, "port", "another program answers at \(place)", advice: advice)]
    }

    private func connects(_ target: HostPort) async -> Bool {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let channel = try? await ClientBootstrap(group: group)
            .connectTimeout(Self.connectTime)
            .connect(host: target.host, port: target.port)
            .get()
        try? await channel?.close()
        try? await group.shutdownGracefully()
        return channel != nil
    }

    // MARK: Data

    /// Reads the databases through while nobody else has them open.
    private func databases() async -> [Finding] {
        guard access(installation.folder.path, F_OK) == 0 else { return [] }
        do {
            guard let lock = try installation.takeLock() else {
                return [Finding(.warn, "databases", "not checked, another command has them open", advice: "try again")]
            }
            defer { withExtendedLifetime(lock) {} }
            var findings = [await routerDatabase()]
            for entry in ServiceTable.children { findings.append(await database(of: entry)) }
            return findings.compactMap(\.self)
        } catch {
            return [Finding(.warn, "databases", "not checked (\(error))")]
        }
    }

    private func routerDatabase() async -> Finding? {
        let path = installation.folder.file("router.db")
        guard access(path, F_OK) == 0 else { return nil }
        do {
            let damage = try await RouterProgram.findDamage(installation.configuration)
            guard let first = damage.first else { return Finding(.ok, "router.db", "no damage") }
            return Finding(.fail, "router.db", "\(damage.count) findings: \(first)", advice: "restore it from a backup")
        } catch {
            return Finding(.fail, "router.db", "\(error)", advice: "restore it from a backup")
        }
    }

    private func database(of entry: ServiceTable.Entry) async -> Finding? {
        let name = "\(entry.peer.rawValue).db"
        guard access(installation.folder.file(name), F_OK) == 0,
            installation.configuration.services[entry.peer].endpoint == "unix"
        else { return nil }
        do {
            let exit = try await OneTimeService(entry: entry, installation: installation).check()
            guard exit == .status(0) else {
                let message = "it cannot be used (\(exit)), see the lines above"
                return Finding(.fail, name, message, advice: "restore it from a backup")
            }
            return Finding(.ok, name, "no damage")
        } catch {
            return Finding(.fail, name, "\(error)")
        }
    }

    // MARK: Content

    private func keys() async -> [Finding] {
        do {
            let keys = try await installation.withMeter { try await $0.all(AdminMethods.meterV1.keys) }
            let live = keys.filter { $0.revokedUS == nil }
            guard !live.isEmpty else {
                let advice = "make one with \(installation.invocation("bootstrap"))"
                return [Finding(.warn, "keys", "there is no live key", advice: advice)]
            }
            return [Finding(.ok, "keys", "\(live.count) live")]
        } catch {
            return [Finding(.fail, "keys", "\(error)")]
        }
    }

    private func accounts() async -> [Finding] {
        do {
            return try await installation.withRouter { router in
                let accounts = try await router.all(AdminMethods.routerV1.accounts)
                guard !accounts.isEmpty else {
                    let advice = "add one with \(installation.invocation("accounts add PROVIDER"))"
                    return [Finding(.warn, "accounts", "there are none, so only demo/echo answers", advice: advice)]
                }
                return try await AccountTests.run(accounts.filter(\.enabled), router).map(Self.finding)
            }
        } catch {
            return [Finding(.fail, "accounts", "\(error)")]
        }
    }

    private static func finding(_ test: AccountTests.Result) -> Finding {
        let name = "account \(test.account.provider)/\(test.account.label)"
        guard test.result.ok else {
            let status = test.result.status
            let advice =
                switch status {
                case 0: "check the network, the provider's address and the proxy"
                case 401, 403: "give it a key that works: keirouter accounts add \(test.account.provider) --replace"
                default: "try again later, or disable it"
                }
            let message = test.result.message + (status == 0 ? "" : " (HTTP \(status))")
            return Finding(.fail, name, message, advice: advice)
        }
        return Finding(.ok, name, "takes our key, \(test.result.latencyMS) ms")
    }
}
