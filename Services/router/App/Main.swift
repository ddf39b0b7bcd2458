import Bootstrap

/// `keirouter`: the command line, and the supervisor with the router in one process.
@main
enum Main {
    static func main() async {
        await ProgramRunner.run(KeiRouterCommand.self)
    }
}
