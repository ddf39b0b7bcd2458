import Bootstrap

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Starts programs with `posix_spawn`: nothing but what is named here reaches the child.
enum Spawn {
    /// Where the child finds its end of the lifeline, and its lock.
    private static let lifelineDescriptor: Int32 = 3
    private static let lockDescriptor: Int32 = 4

    /// A session of its own: what the terminal sends to our group (^C) does not reach the child before we have stopped
    /// what depends on it. glibc and musl name the flag only under `_GNU_SOURCE`.
    #if canImport(Darwin)
    private static let newSession: Int32 = 0x0400
    #else
    private static let newSession: Int32 = 0x80
    #endif

    #if canImport(Darwin)
    private typealias Actions = posix_spawn_file_actions_t?
    private typealias Attributes = posix_spawnattr_t?
    #else
    private typealias Actions = posix_spawn_file_actions_t
    private typealias Attributes = posix_spawnattr_t
    #endif

    /// Starts a program: no input, output to our error stream, signals as they are by default.
    ///
    /// - Parameters:
    ///   - path: The executable.
    ///   - arguments: Without the program's own name.
    ///   - lifeline: The child's end.
    ///   - lock: The child's lock.
    /// - Returns: The child's process.
    /// - Throws: ``ProgramFailure`` when the system refuses.
    static func start(
        _ path: String,
        arguments: [String],
        lifeline: Int32,
        lock: Int32
    ) throws(ProgramFailure) -> Int32 {
        keepDescriptorsOutOfChildren()
        #if canImport(Darwin)
        var actions: Actions
        var attributes: Attributes
        #else
        var actions = Actions()
        var attributes = Attributes()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        // Our standard output is for the user; whatever a child says is log.
        posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, lifeline, lifelineDescriptor)
        posix_spawn_file_actions_adddup2(&actions, lock, lockDescriptor)
        resetSignals(&attributes)

        let environment = environment(adding: "\(lifelineDescriptor)", as: Lifeline.variable)
        var pid: pid_t = 0
        var code: Int32 = 0
        for attempt in 1...10 {
            code = withStrings([path] + arguments) { arguments in
                withStrings(environment) { environment in
                    posix_spawn(&pid, path, &actions, &attributes, arguments, environment)
                }
            }
            // The program is being replaced just now.
            guard code == ETXTBSY, attempt < 10 else { break }
            usleep(10_000)
        }
        guard code == 0 else {
            throw ProgramFailure(
                .failed,
                "\(path) cannot be started (\(SystemError.text(code))); build it with make build"
            )
        }
        return pid
    }

    /// A connected pair of descriptors, neither inherited by accident and neither below the numbers children use.
    static func makeLifeline() throws(ProgramFailure) -> (ours: Int32, theirs: Int32) {
        var pair: [Int32] = [-1, -1]
        #if canImport(Glibc)
        let kind = Int32(SOCK_STREAM.rawValue)
        #else
        let kind = SOCK_STREAM
        #endif
        guard socketpair(AF_UNIX, kind, 0, &pair) == 0 else {
            throw ProgramFailure(
                .failed,
                "no socket for a child (\(SystemError.text(errno))); raise the limit of open files"
            )
        }
        let high = pair.map(aboveChildren)
        for descriptor in pair { close(descriptor) }
        guard high.allSatisfy({ $0 >= 0 }) else {
            for descriptor in high where descriptor >= 0 { close(descriptor) }
            throw ProgramFailure(
                .failed,
                "no socket for a child (\(SystemError.text(errno))); raise the limit of open files"
            )
        }
        return (high[0], high[1])
    }

    /// A copy of a descriptor that a child's numbers cannot collide with.
    static func aboveChildren(_ descriptor: Int32) -> Int32 {
        fcntl(descriptor, F_DUPFD_CLOEXEC, 10)
    }

    private static func resetSignals(_ attributes: inout Attributes) {
        var all = sigset_t()
        sigfillset(&all)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        let flags = Int32(POSIX_SPAWN_SETSIGDEF) | Int32(POSIX_SPAWN_SETSIGMASK) | newSession
        posix_spawnattr_setflags(&attributes, Int16(truncatingIfNeeded: flags))
    }

    /// Marks what libraries may have opened without care; the three standard streams stay.
    private static func keepDescriptorsOutOfChildren() {
        #if canImport(Darwin)
        let folder = "/dev/fd"
        #else
        let folder = "/proc/self/fd"
        #endif
        guard let listing = opendir(folder) else { return }
        defer { closedir(listing) }
        while let entry = readdir(listing) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let descriptor = Int32(name), descriptor > STDERR_FILENO else { continue }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
    }

    private static func environment(adding value: String, as name: String) -> [String] {
        var variables = ProcessSetup.environment
        variables[name] = value
        return variables.map { "\($0.key)=\($0.value)" }
    }

    /// Lends a list of C strings, ended by a null.
    private static func withStrings<Result>(
        _ strings: [String],
        _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}
