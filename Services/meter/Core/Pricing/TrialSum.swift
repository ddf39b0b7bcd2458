/// One arm of a trial: its conversations, each with how many answers it had and how long they were together.
package struct TrialSum: Hashable, Sendable {
    package var conversations: Int
    package var answers: Double
    package var output: Double
    /// Sums over conversations: of answers squared, output squared, and answers times output.
    package var answersSquared: Double
    package var outputSquared: Double
    package var product: Double

    package init(
        conversations: Int = 0,
        answers: Double = 0,
        output: Double = 0,
        answersSquared: Double = 0,
        outputSquared: Double = 0,
        product: Double = 0
    ) {
        self.conversations = conversations
        self.answers = answers
        self.output = output
        self.answersSquared = answersSquared
        self.outputSquared = outputSquared
        self.product = product
    }

    /// Output tokens per answer.
    var mean: Double { output / answers }

    /// The squared relative error of ``mean``.
    ///
    /// Answers of one conversation are alike, so conversations are what is drawn: the linearised variance of a ratio
    /// estimator (Cochran, Sampling Techniques, 6.4), n / (n - 1) · Σ(yᵢ - R·xᵢ)² / (Σxᵢ)².
    var relativeVariance: Double {
        let count = Double(conversations)
        let residual = outputSquared - 2 * mean * product + mean * mean * answersSquared
        return count / (count - 1) * max(0, residual) / (answers * answers) / (mean * mean)
    }
}

/// How much shorter answers are with instructions than without.
package struct TrialOutcome: Hashable, Sendable {
    /// With fewer conversations on either side nothing is said.
    package static let minimumConversations = 20
    /// The normal quantile of a range of 95 %.
    private static let quantile = 1.959_964

    /// The share of output tokens that was saved; negative when answers got longer.
    package var share: Double
    package var low: Double
    package var high: Double

    /// Compares the means as a ratio, whose logarithm is near normal; `nil` while it cannot be told.
    package init?(treated: TrialSum, heldOut: TrialSum) {
        guard min(treated.conversations, heldOut.conversations) >= Self.minimumConversations, treated.output > 0,
            heldOut.output > 0
        else { return nil }
        let ratio = treated.mean / heldOut.mean
        let error = (treated.relativeVariance + heldOut.relativeVariance).squareRoot()
        let factor = Self.exponential(Self.quantile * error)
        share = 1 - ratio
        low = 1 - ratio * factor
        high = 1 - ratio / factor
    }

    /// eˣ for x ≥ 0 by halving the argument and the series of Taylor, since no mathematics library is linked here.
    private static func exponential(_ x: Double) -> Double {
        guard x < 40 else { return 2e17 }
        var argument = x
        var halvings = 0
        while argument > 0.5 {
            argument /= 2
            halvings += 1
        }
        var sum = 1.0
        var term = 1.0
        for number in 1...16 {
            term *= argument / Double(number)
            sum += term
        }
        for _ in 0..<halvings { sum *= sum }
        return sum
    }

    /// What a share of a treated arm's output would have cost more without the instructions.
    package static func worth(_ share: Double, ofTreated nanoUSD: Int) -> Int {
        // A share of 1 cannot be: the answers would be empty.
        let bounded = min(max(share, -100), 0.99)
        return Int((Double(nanoUSD) * bounded / (1 - bounded)).rounded())
    }
}
