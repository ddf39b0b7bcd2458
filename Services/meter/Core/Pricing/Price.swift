/// What a model costs, in nano-USD per million tokens.
///
/// A class without a rate of its own falls back: cache reads and writes to input, reasoning to output, and the one-hour
/// cache write to 8/5 of a five-minute rate that differs from input (the ratio of the provider that sells both), else
/// to the five-minute rate.
package struct Price: Hashable, Sendable {
    /// Where a price comes from; the later case is the stronger.
    package enum Source: String, Sendable {
        case catalogue
        case edited
        case declared
    }

    package var input: Int
    package var output: Int
    package var cacheRead: Int?
    package var cacheWrite: Int?
    package var cacheWrite1h: Int?
    package var reasoning: Int?
    /// Other rates for prompts past a size; nested prices have none of their own.
    package var longContext: LongContext?
    package var source: Source

    package init(
        input: Int,
        output: Int,
        cacheRead: Int? = nil,
        cacheWrite: Int? = nil,
        cacheWrite1h: Int? = nil,
        reasoning: Int? = nil,
        longContext: LongContext? = nil,
        source: Source
    ) {
        self.input = input
        self.output = output
        self.cacheRead = cacheRead
        self.cacheWrite = cacheWrite
        self.cacheWrite1h = cacheWrite1h
        self.reasoning = reasoning
        self.longContext = longContext
        self.source = source
    }

    /// Rates above a number of prompt tokens, cache classes included.
    package struct LongContext: Hashable, Sendable {
        package var threshold: Int
        package var input: Int
        package var output: Int
        package var cacheRead: Int?
        package var cacheWrite: Int?

        package init(threshold: Int, input: Int, output: Int, cacheRead: Int? = nil, cacheWrite: Int? = nil) {
            self.threshold = threshold
            self.input = input
            self.output = output
            self.cacheRead = cacheRead
            self.cacheWrite = cacheWrite
        }
    }

    /// The rates for a prompt of this size.
    package func rates(promptTokens: Int) -> Rates {
        guard let long = longContext, promptTokens > long.threshold else {
            return Rates(
                input: input,
                output: output,
                cacheRead: cacheRead,
                cacheWrite: cacheWrite,
                cacheWrite1h: cacheWrite1h,
                reasoning: reasoning
            )
        }
        return Rates(
            input: long.input,
            output: long.output,
            cacheRead: long.cacheRead,
            cacheWrite: long.cacheWrite,
            cacheWrite1h: nil,
            reasoning: nil
        )
    }

    /// Whether nothing it is asked for can cost anything.
    package var isFree: Bool {
        input == 0 && output == 0 && (cacheRead ?? 0) == 0 && (cacheWrite ?? 0) == 0 && (cacheWrite1h ?? 0) == 0
            && (reasoning ?? 0) == 0 && (longContext.map { $0.input == 0 && $0.output == 0 } ?? true)
    }

    /// Whether two prices charge the same, wherever they come from.
    package func agrees(with other: Price) -> Bool {
        rates(promptTokens: 0) == other.rates(promptTokens: 0) && longContext == other.longContext
    }
}

/// A rate for every token class, fallbacks resolved, in nano-USD per million tokens.
package struct Rates: Hashable, Sendable {
    /// A million dollars per million tokens: dearer is a mistake, and products stay far from overflow.
    package static let maximum = 1_000_000_000_000_000

    package let input: Int
    package let cacheRead: Int
    package let cacheWrite5m: Int
    package let cacheWrite1h: Int
    package let output: Int
    package let reasoning: Int

    init(input: Int, output: Int, cacheRead: Int?, cacheWrite: Int?, cacheWrite1h: Int?, reasoning: Int?) {
        let bounds = 0...Self.maximum
        let input = input.clamped(to: bounds)
        let write = (cacheWrite ?? input).clamped(to: bounds)
        self.input = input
        self.output = output.clamped(to: bounds)
        self.cacheRead = (cacheRead ?? input).clamped(to: bounds)
        cacheWrite5m = write
        self.cacheWrite1h = (cacheWrite1h ?? (write > input ? write * 8 / 5 : write)).clamped(to: bounds)
        self.reasoning = (reasoning ?? self.output).clamped(to: bounds)
    }

    /// The most that a prompt token can cost.
    package var dearestInput: Int { max(input, max(cacheRead, max(cacheWrite5m, cacheWrite1h))) }
    /// The most that a generated token can cost.
    package var dearestOutput: Int { max(output, reasoning) }
}
