import Observability
import Synchronization

/// The log format of the process.
final class LogFormatBox: Sendable {
    private let isJSON = Atomic(false)

    var format: LogFormat {
        get { isJSON.load(ordering: .relaxed) ? .json : .text }
        set { isJSON.store(newValue == .json, ordering: .relaxed) }
    }
}
