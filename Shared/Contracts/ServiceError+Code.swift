extension ServiceError {
    /// A JSON-RPC error code: one of JSON-RPC's own, or `-32000 - n` for gRPC's canonical status `n`.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The number on the wire.
        public let rawValue: Int

        /// Takes any number: a peer one version ahead may send one that this build lacks.
        public init(rawValue: Int) {
            self.rawValue = rawValue
        }

        /// The body is not JSON.
        public static let parseError = Code(rawValue: -32_700)
        /// The body is no request.
        public static let invalidRequest = Code(rawValue: -32_600)
        /// The method is not known.
        public static let methodNotFound = Code(rawValue: -32_601)
        /// The parameters are not the method's.
        public static let invalidParams = Code(rawValue: -32_602)
        /// The server failed in a way it has no name for.
        public static let internalError = Code(rawValue: -32_603)

        /// The caller gave up.
        public static let cancelled = Code(rawValue: -32_001)
        /// Nothing is known about it.
        public static let unknown = Code(rawValue: -32_002)
        /// An argument is wrong in any state of the system.
        public static let invalidArgument = Code(rawValue: -32_003)
        /// The deadline passed.
        public static let deadlineExceeded = Code(rawValue: -32_004)
        /// What was named does not exist.
        public static let notFound = Code(rawValue: -32_005)
        /// What should be made exists.
        public static let alreadyExists = Code(rawValue: -32_006)
        /// The caller may not do this.
        public static let permissionDenied = Code(rawValue: -32_007)
        /// A limit or a budget is used up.
        public static let resourceExhausted = Code(rawValue: -32_008)
        /// The system is not in the state that this needs.
        public static let failedPrecondition = Code(rawValue: -32_009)
        /// A concurrent change won.
        public static let aborted = Code(rawValue: -32_010)
        /// An argument is past the end.
        public static let outOfRange = Code(rawValue: -32_011)
        /// The server does not do this.
        public static let unimplemented = Code(rawValue: -32_012)
        /// An invariant is broken.
        public static let `internal` = Code(rawValue: -32_013)
        /// Not reachable now.
        public static let unavailable = Code(rawValue: -32_014)
        /// Data is lost or damaged.
        public static let dataLoss = Code(rawValue: -32_015)
        /// The caller did not say who it is.
        public static let unauthenticated = Code(rawValue: -32_016)

        /// The codes that this build knows, JSON-RPC's own first.
        public static let known: [Code] = [
            parseError, invalidRequest, methodNotFound, invalidParams, internalError,
            cancelled, unknown, invalidArgument, deadlineExceeded, notFound, alreadyExists, permissionDenied,
            resourceExhausted, failedPrecondition, aborted, outOfRange, unimplemented, `internal`, unavailable,
            dataLoss,
            unauthenticated,
        ]

        /// The canonical name; JSON-RPC's own codes have the name of the nearest status.
        public var status: String {
            switch self {
            case .cancelled: "CANCELLED"
            case .parseError, .invalidRequest, .invalidParams, .invalidArgument: "INVALID_ARGUMENT"
            case .deadlineExceeded: "DEADLINE_EXCEEDED"
            case .notFound: "NOT_FOUND"
            case .alreadyExists: "ALREADY_EXISTS"
            case .permissionDenied: "PERMISSION_DENIED"
            case .resourceExhausted: "RESOURCE_EXHAUSTED"
            case .failedPrecondition: "FAILED_PRECONDITION"
            case .aborted: "ABORTED"
            case .outOfRange: "OUT_OF_RANGE"
            case .methodNotFound, .unimplemented: "UNIMPLEMENTED"
            case .internalError, .internal: "INTERNAL"
            case .unavailable: "UNAVAILABLE"
            case .dataLoss: "DATA_LOSS"
            case .unauthenticated: "UNAUTHENTICATED"
            default: "UNKNOWN"
            }
        }
    }
}
