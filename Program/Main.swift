import Bootstrap
import GuardApp
import MeterApp
import PortalApp
import RouterApp
import SaverApp

/// Every program of the house in one file: `keirouter`, and under their own names (links beside it) the services that it starts.
///
/// The processes stay apart; what they share is the code that the system maps, once for all of them.
@main
enum Main {
    static func main() async {
        switch CommandLine.arguments.first?.split(separator: "/").last {
        case "keirouter-guard": await ProgramRunner.run(GuardCommand.self)
        case "keirouter-saver": await ProgramRunner.run(SaverCommand.self)
        case "keirouter-meter": await ProgramRunner.run(MeterCommand.self)
        case "keirouter-portal": await ProgramRunner.run(PortalCommand.self)
        default: await ProgramRunner.run(KeiRouterCommand.self)
        }
    }
}
