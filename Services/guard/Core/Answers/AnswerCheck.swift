package import Contracts
import JSON
import Patterns

/// What a policy says about answers as a whole.
package struct AnswerRule: Sendable {
    package let action: GuardAction
    package let isBuffered: Bool
    /// The policy's own; without it the schema that a request asks for.
    package let schema: AnswerSchema?

    /// What an answer is held to.
    ///
    /// - Parameter asked: The request's schema. One that cannot be read still asks for JSON.
    /// - Returns: The check; `nil` where neither the policy nor the request has a schema.
    package func check(_ asked: [UInt8]?) -> AnswerCheck? {
        if let schema { return AnswerCheck(schema, self) }
        return asked.map { AnswerCheck((try? AnswerSchema($0, isStrict: false)) ?? .anything, self) }
    }
}

/// What answers are held to as a whole: JSON, of a schema.
package struct AnswerCheck: Sendable {
    /// Bytes of an answer that is read; a longer one counts as none that fits.
    package static let longest = 1 << 20

    static let detector = "json"
    static let noJSON = "INVALID_JSON"
    static let otherSchema = "JSON_SCHEMA"
    static let severity = Severity.high

    package let action: GuardAction
    /// Whether a stream lets go nothing of an answer before it is judged.
    package let isBuffered: Bool
    private let schema: AnswerSchema

    init(_ schema: AnswerSchema, _ rule: AnswerRule) {
        self.schema = schema
        action = rule.action
        isBuffered = rule.isBuffered
    }

    /// What is wrong with an answer.
    struct Verdict {
        var entity: String
        var range: Range<Int>
        /// For people: where and why, never a part of the answer.
        var reason: String

        func finding(segment: Int, _ action: GuardAction) -> Finding {
            Finding(
                segment: segment,
                detector: AnswerCheck.detector,
                entity: entity,
                range: range,
                score: 1,
                severity: AnswerCheck.severity,
                action: action
            )
        }
    }

    /// Holds an answer to the schema.
    ///
    /// - Returns: What is wrong; `nil` when it fits, and for white space alone, which is no answer.
    func judge(_ text: [UInt8], isTooLong: Bool, _ matcher: Matcher) -> Verdict? {
        let blank: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
        guard isTooLong || !text.allSatisfy(blank.contains) else { return nil }
        func fault(_ entity: String, _ range: Range<Int>, _ reason: String) -> Verdict {
            Verdict(entity: entity, range: range, reason: "\(Self.detector) \(entity): \(reason)")
        }
        guard !isTooLong, text.count <= Self.longest else {
            return fault(Self.noJSON, 0..<text.count, "longer than \(Self.longest) bytes")
        }
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument(text)
        } catch {
            return fault(Self.noJSON, 0..<text.count, "\(error)")
        }
        guard let problem = SchemaCheck.problem(schema, document.root, matcher) else { return nil }
        return fault(Self.otherSchema, problem.range, "\(problem.path) \(problem.text)")
    }
}
