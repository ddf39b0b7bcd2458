import Secrets
import Synchronization

/// A vector of length one, so that the cosine of two is the sum of their products.
struct UnitVector: Sendable {
    let numbers: [Float]

    /// - Returns: `nil` for numbers without a direction.
    init?(_ numbers: [Double]) {
        let length = numbers.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard length > 0, length.isFinite else { return nil }
        self.numbers = numbers.map { Float($0 / length) }
    }

    /// The cosine of the angle between two vectors; `nil` for those of different models.
    func cosine(_ other: UnitVector) -> Double? {
        guard numbers.count == other.numbers.count else { return nil }
        var sum: Float = 0
        for index in numbers.indices { sum += numbers[index] * other.numbers[index] }
        return Double(sum)
    }
}

/// Vectors of texts that were asked for before, by a keyed hash of model and text.
///
/// Two generations: what is used moves to the younger one, and the older one goes when the younger is full.
final class VectorMemory: Sendable {
    private struct Key: Hashable {
        var high: UInt64
        var low: UInt64
    }

    private struct State {
        var young: [Key: UnitVector] = [:]
        var old: [Key: UnitVector] = [:]
    }

    private let generation: Int
    private let key = Subkey.random()
    private let state = Mutex(State())

    /// - Parameter most: How many vectors are kept; one of 1536 numbers takes 6 KB.
    init(most: Int) {
        generation = max(1, most / 2)
    }

    /// The vector of a text under a model.
    func vector(_ text: String, _ model: String) -> UnitVector? {
        let key = key(text, model)
        return state.withLock { state in
            if let vector = state.young[key] { return vector }
            guard let vector = state.old.removeValue(forKey: key) else { return nil }
            keep(vector, key, &state)
            return vector
        }
    }

    func keep(_ vector: UnitVector, of text: String, _ model: String) {
        let key = key(text, model)
        state.withLock { keep(vector, key, &$0) }
    }

    private func keep(_ vector: UnitVector, _ key: Key, _ state: inout State) {
        if state.young.count >= generation {
            state.old = state.young
            state.young = [:]
        }
        state.young[key] = vector
    }

    private func key(_ text: String, _ model: String) -> Key {
        // No name of a model has a zero byte in it.
        let (high, low) = keyedHash(key, Array(model.utf8) + [0] + Array(text.utf8))
        return Key(high: high, low: low)
    }
}
