import Bootstrap
import RouterApp
import Testing

@Suite("The health checks of containers")
struct HealthTests {
    private func outcome(_ service: String, _ folder: TemporaryFolder) async -> ProgramRunner.Outcome {
        await ProgramRunner.outcome(
            of: KeiRouterCommand.self,
            arguments: ["health", service, "--data", folder.path]
        )
    }

    @Test(
        "a service that does not serve leaves with 1 and is named with its socket",
        arguments: [
            ("router", "router.sock"), ("meter", "meter.sock"), ("saver", "saver.sock"), ("portal", "portal.sock"),
            ("guard", "guard.sock"), ("guard/4f1c", "guard/4f1c.sock"),
        ]
    )
    func absent(service: String, socket: String) async throws {
        let folder = try TemporaryFolder()
        let outcome = await outcome(service, folder)
        #expect(outcome.status == 1)
        #expect(outcome.complaint == "keirouter: \(service) does not serve at \(folder.path)/run/\(socket)")
    }

    @Test("a service that there is not is wrong usage")
    func unknown() async throws {
        let outcome = await outcome("postgres", try TemporaryFolder())
        #expect(outcome.status == 2 && outcome.complaint.contains("there is no service postgres"))
    }
}
