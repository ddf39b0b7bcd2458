import Bootstrap
import Observability
import Secrets

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Looks at what an installation needs of its machine: folder, key, disk, limits, clock, programs.
struct MachineChecks {
    /// Less room than this is worth a word, or too little to go on.
    private static let wantedBytes = 1 << 30
    private static let neededBytes = 64 << 20
    /// Each open stream takes two descriptors.
    private static let wantedDescriptors: UInt64 = 1024
    /// 2026-01-01: no clock of a machine that runs this is right before it.
    private static let earliestUS = 1_767_225_600_000_000
    /// How far in the future a file may be written.
    private static let clockSlackUS = 300_000_000

    let installation: Installation

    func run() -> [Finding] {
        [programs(), folder(), masterKey(), disk(), descriptors(), clock()].flatMap { $0 }
    }

    private var path: String { installation.folder.path }

    private func programs() -> [Finding] {
        ServiceTable.children.map { entry in
            guard let path = OwnExecutable.program(entry.program) else {
                return Finding(
                    .fail,
                    entry.program,
                    "it is not beside \(OwnExecutable.path ?? "keirouter")",
                    advice: "build it with make build"
                )
            }
            return Finding(.ok, entry.program, path)
        }
    }

    private func folder() -> [Finding] {
        guard access(path, F_OK) == 0 else {
            return [Finding(.warn, "data folder", "\(path) is not there yet", advice: "the first start makes it")]
        }
        guard access(path, R_OK | W_OK | X_OK) == 0 else {
            return [Finding(.fail, "data folder", "\(path) is not writable", advice: "check who owns it")]
        }
        guard installation.folder.isPrivate else {
            let advice = "close it with chmod 700 \(Invocation.quoted(path)), unless that is on purpose"
            return [Finding(.warn, "data folder", "other users may enter \(path)", advice: advice)]
        }
        return [Finding(.ok, "data folder", path)]
    }

    private func masterKey() -> [Finding] {
        let environment = installation.configuration.masterKey
        do throws(SecretsError) {
            _ = try MasterKey.load(environment: environment, dataFolder: path, createIfMissing: false)
            let place = environment == nil ? installation.folder.file(MasterKey.fileName) : "given by the configuration"
            return [Finding(.ok, "master key", place)]
        } catch .masterKeyMissing {
            let hasData = access(installation.folder.file("router.db"), F_OK) == 0
            return [
                hasData
                    ? Finding(
                        .fail,
                        "master key",
                        "there is data but no key for it",
                        advice: "bring back \(MasterKey.fileName), or set KEIROUTER_MASTER_KEY"
                    )
                    : Finding(.warn, "master key", "there is none yet", advice: "the first start makes it")
            ]
        } catch {
            return [Finding(.fail, "master key", "\(error)")]
        }
    }

    private func disk() -> [Finding] {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return [] }
        let free = Int(
            clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue
        )
        let text = "\(free >> 20) MiB free at \(path)"
        guard free >= Self.wantedBytes else {
            let level: Finding.Level = free < Self.neededBytes ? .fail : .warn
            return [Finding(level, "disk", text, advice: "make room: a full disk stops the ledger")]
        }
        return [Finding(.ok, "disk", text)]
    }

    private func descriptors() -> [Finding] {
        let limit = ProcessSetup.raiseDescriptorLimit()
        guard limit >= Self.wantedDescriptors else {
            return [Finding(.warn, "open files", "at most \(limit)", advice: "raise the limit with ulimit -n")]
        }
        return [Finding(.ok, "open files", "up to \(limit)")]
    }

    private func clock() -> [Finding] {
        let now = Int(WallClock.now())
        let text = WallClock.iso8601(Int64(now))
        guard now >= Self.earliestUS else {
            return [Finding(.fail, "clock", "it says \(text)", advice: "set it; budgets and limits follow it")]
        }
        let newest = ["meter.db-wal", "meter.db", "router.db", MasterKey.fileName]
            .compactMap { modifiedUS(installation.folder.file($0)) }
            .max()
        if let newest, newest > now + Self.clockSlackUS {
            let message = "it says \(text), yet a file was written \(TimeText.relative(newest, now: now))"
            return [Finding(.warn, "clock", message, advice: "check that it did not go back")]
        }
        return [Finding(.ok, "clock", text)]
    }

    private func modifiedUS(_ path: String) -> Int? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        #if canImport(Darwin)
        return Int(status.st_mtimespec.tv_sec) * 1_000_000
        #else
        return Int(status.st_mtim.tv_sec) * 1_000_000
        #endif
    }
}
