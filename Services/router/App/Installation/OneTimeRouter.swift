import Bootstrap
import Logging
import RouterServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The router's administration, in this process for the moment of one call.
enum OneTimeRouter {
    /// Runs the body on it; the caller holds the folder's lock.
    static func with<Result>(
        _ installation: Installation,
        _ body: (ServiceCaller) async throws -> Result
    ) async throws -> Result {
        var options = installation.options
        // Its start and its end are none of the user's business here.
        options.logLevel = options.logLevel ?? "error"
        let configuration = try options.loadConfiguration(declares: RouterProgram.declares)
        let logger = makeLogger(label: "keirouter", configuration: configuration)
        let socket = try installation.folder.prepareSocket(service: "router", instance: "once-\(getpid())")
        return try await RouterProgram.administer(configuration, at: socket, logger: logger) {
            try await ServiceCaller.with("unix://\(socket)", configuration) { caller in
                guard await caller.waitUntilServing(Installation.startTime) else {
                    throw ProgramFailure(.failed, "the router's administration does not answer at \(socket); try again")
                }
                return try await body(caller)
            }
        }
    }
}
