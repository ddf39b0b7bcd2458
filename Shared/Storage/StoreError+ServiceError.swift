package import Contracts

extension ServiceError {
    /// What a caller hears when a service's store fails; the store's own words stay in the cause.
    package init(_ error: StoreError, of service: String) {
        let isPassing =
            switch error.kind {
            case .busy, .full, .unavailable, .cancelled: true
            default: false
            }
        self.init(
            isPassing ? .unavailable : .internal,
            reason: "store_\(Self.name(of: error.kind))",
            message: Self.message(error.kind, service),
            origin: .store,
            retry: isPassing ? .same(afterMilliseconds: 1000) : .no,
            cause: error
        )
    }

    /// In words that help without the log, where the kind says enough.
    private static func message(_ kind: StoreError.Kind, _ service: String) -> String {
        switch kind {
        case .full: "the disk of the \(service)'s database is full; make room, then try again"
        case .busy: "the \(service)'s database is busy; try again"
        case .unavailable: "the \(service)'s database cannot be reached; the \(service)'s log says why"
        case .readOnly: "the \(service)'s database cannot be written; who owns its folder, and is the disk read-only?"
        default: "the \(service)'s database did not do what was asked; its log says why"
        }
    }

    private static func name(of kind: StoreError.Kind) -> String {
        switch kind {
        case .unavailable: "unavailable"
        case .busy: "busy"
        case .cancelled: "cancelled"
        case .constraint: "constraint"
        case .newerSchema: "newer_schema"
        case .corrupt: "corrupt"
        case .full: "full"
        case .readOnly: "read_only"
        case .migration: "migration"
        case .other: "other"
        }
    }
}
