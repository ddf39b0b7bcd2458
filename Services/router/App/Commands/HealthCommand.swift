import ArgumentParser
import Bootstrap
import Contracts
import JSON

/// `keirouter health`: what the health checks of containers run.
struct HealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "Asks one service whether it serves, for the health checks of containers.",
        discussion: """
            The service is named as its socket in the data folder is: router,
            meter, saver, portal, guard, or guard/NAME for one of several.

              keirouter health meter
              keirouter health guard/$HOSTNAME

            Exit code 0 when it serves, 1 when it does not.
            """
    )

    @Argument(help: ArgumentHelp("Whom to ask.", valueName: "service"))
    var service: String

    @OptionGroup var options: InstallationOptions

    func run() async throws {
        let parts = service.split(separator: "/", maxSplits: 1).map(String.init)
        guard let name = parts.first, name == "router" || PeerName(rawValue: name) != nil else {
            let known = "router, meter, guard, saver, portal"
            throw ProgramFailure(.usage, "there is no service \(service); there are \(known)")
        }
        let installation = try options.open()
        let instance = parts.count > 1 ? parts[1] : nil
        let socket = installation.folder.socketPath(service: name, instance: instance)
        let isServing =
            name == PeerName.portal.rawValue
            ? await HTTPHealth.isServing("unix://\(socket)")
            : try await ServiceCaller.with("unix://\(socket)", installation.configuration) { caller in
                await caller.health()?.isServing ?? false
            }
        guard isServing else { throw ProgramFailure(.failed, "\(service) does not serve at \(socket)") }
        if options.json {
            Console.json { writer in writer.object { fields in fields.boolean("serving", true) } }
        } else {
            Console.write("\(service) serves")
        }
    }
}
