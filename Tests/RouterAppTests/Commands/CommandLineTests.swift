import ArgumentParser
import Bootstrap
import Contracts
import Foundation
import RouterApp
import Testing

@Suite("The command line")
struct CommandLineTests {
    private func outcome(_ arguments: [String]) async -> ProgramRunner.Outcome {
        await ProgramRunner.outcome(of: KeiRouterCommand.self, arguments: arguments)
    }

    @Test(
        "every command explains itself",
        arguments: [
            "start", "bootstrap", "status", "serve", "keys", "keys create", "keys list", "keys revoke", "accounts add",
            "accounts list", "accounts test", "accounts remove", "plans create", "plans put", "plans list",
            "plans delete", "chains list", "chains put", "chains delete", "proxies list", "proxies put",
            "proxies delete", "models", "guard try", "guard effective",
            "guard export", "guard import", "guard decisions", "saver try", "doctor",
            "version", "health",
        ]
    )
    func help(command: String) async {
        let outcome = await outcome(command.split(separator: " ").map(String.init) + ["--help"])
        #expect(outcome.status == 0 && outcome.complaint.isEmpty)
        #expect(outcome.output.contains("OVERVIEW:"))
    }

    @Test(
        "wrong usage leaves with 2 and one line",
        arguments: [
            ["frobnicate"], ["keys", "create"], ["keys", "create", "a", "--expires", "soon"], ["start", "--port", "x"],
            ["chains", "put", "a"], ["plans", "create", "a", "--alert-at", "many"],
            ["accounts", "add", "openai", "--api-key", "sk-secret"], ["status", "--jsn"], ["guard", "try"],
            ["saver", "try", "a", "--comand", "x"], ["proxies", "put"],
        ]
    )
    func usage(arguments: [String]) async throws {
        let folder = try TemporaryFolder()
        let outcome = await outcome(arguments + ["--data", folder.path])
        #expect(outcome.status == 2)
        #expect(outcome.complaint.hasPrefix("keirouter: ") && !outcome.complaint.contains("\n"))
    }

    @Test("a status of nothing leaves with 3 and says how to start", arguments: ["status", "-healthcheck"])
    func nothingRuns(command: String) async throws {
        let folder = try TemporaryFolder()
        let outcome = await outcome([command, "--data", folder.path])
        #expect(outcome.status == 3)
        #expect(outcome.complaint.contains("nothing runs on \(folder.path); start it with "))
        #expect(outcome.complaint.contains("start --data \(folder.path)"))
    }

    @Test("a meter elsewhere that does not answer leaves with 3")
    func meterElsewhere() async throws {
        let folder = try TemporaryFolder()
        let config = "\(folder.path)/c.yaml"
        try "services: { meter: { endpoint: \"unix://\(folder.path)/m.sock\" } }\n"
            .write(toFile: config, atomically: true, encoding: .utf8)
        let outcome = await outcome(["keys", "list", "--data", folder.path, "--config", config])
        #expect(outcome.status == 3)
        #expect(outcome.complaint.contains("no meter answers at unix://\(folder.path)/m.sock"))
    }

    @Test("a guard or a saver elsewhere that does not answer leaves with 3", arguments: ["guard", "saver"])
    func elsewhere(service: String) async throws {
        let folder = try TemporaryFolder()
        let file = "\(folder.path)/text"
        try "services: { \(service): { endpoint: \"unix://\(folder.path)/x.sock\" } }\n"
            .write(toFile: "\(folder.path)/config.yaml", atomically: true, encoding: .utf8)
        try "text".write(toFile: file, atomically: true, encoding: .utf8)
        let outcome = await outcome([service, "try", file, "--data", folder.path])
        #expect(outcome.status == 3)
        #expect(outcome.complaint.contains("no \(service) answers at unix://\(folder.path)/x.sock"))
    }

    @Test("a text that is not there, or none, is told", arguments: ["missing", "binary"])
    func unreadable(name: String) async throws {
        let folder = try TemporaryFolder()
        try Data([0xFF, 0xFE]).write(to: URL(filePath: "\(folder.path)/binary"))
        let outcome = await outcome(["guard", "try", "\(folder.path)/\(name)", "--data", folder.path])
        #expect(outcome.status == 1)
        #expect(outcome.complaint.contains(name == "missing" ? "cannot be read" : "is no text in UTF-8"))
    }

    @Test("a guard to examine that is not there leaves with 1")
    func doctorOfGuard() async throws {
        let folder = try TemporaryFolder()
        let outcome = await outcome(["doctor", "--guard", "\(folder.path)/no.sock", "--data", folder.path])
        #expect(outcome.status == 1)
    }

    @Test("a data folder that is in use is not started again")
    func inUse() async throws {
        let folder = try TemporaryFolder()
        let data = DataFolder(folder.path)
        try data.create()
        let lock = try DataFolderLock.take(data)
        let outcome = await outcome(["start", "--data", folder.path, "--port", "0"])
        withExtendedLifetime(lock) {}
        #expect(outcome.status == 1)
        #expect(outcome.complaint.contains("is in use by the process"))
    }

    @Test("a configuration that cannot be used names file and line")
    func configuration() async throws {
        let folder = try TemporaryFolder()
        try "server: { prt: 1 }\n".write(toFile: "\(folder.path)/config.yaml", atomically: true, encoding: .utf8)
        let outcome = await outcome(["status", "--data", folder.path])
        #expect(outcome.status == 1)
        #expect(outcome.complaint.contains("config.yaml:1: server.prt"))
    }

    @Test("a plan's options change what they name and leave the rest")
    func planOptions() throws {
        let strict = try PlanOptions.parse(["--strict-lossless"]).applied(to: PlanItem(name: "team"))
        #expect(strict.strictLossless)
        #expect(try !PlanOptions.parse(["--no-strict-lossless"]).applied(to: strict).strictLossless)
        let old = PlanItem(name: "team", limitNanoUSD: 1, rpm: 10, tpm: 20, allowedModels: ["a"], alertAt: [50])
        let options = try PlanOptions.parse(["--limit-usd", "2.5", "--rpm", "default", "--no-hard-cutoff"])
        let plan = try options.applied(to: old)
        #expect(plan.limitNanoUSD == 2_500_000_000 && plan.rpm == nil && plan.tpm == 20 && !plan.hardCutoff)
        #expect(plan.allowedModels == ["a"] && plan.alertAt == [50])
        let all = try PlanOptions.parse(["--allow", "*", "--alert-at", "80", "--alert-at", "90", "--concurrency", "0"])
        let wide = try all.applied(to: old)
        #expect(wide.allowedModels.isEmpty && wide.alertAt == [80, 90] && wide.concurrency == 0)
    }

    @Test("terms of a plan that are no numbers are refused", arguments: [["--limit-usd", "many"], ["--rpm", "-1"]])
    func planRefusals(arguments: [String]) throws {
        let options = try? PlanOptions.parse(arguments)
        #expect(throws: ProgramFailure.self) { try options?.applied(to: PlanItem(name: "a")) ?? refused() }
    }

    private func refused() throws -> PlanItem {
        throw ProgramFailure(.usage, "refused by the parser")
    }
}
