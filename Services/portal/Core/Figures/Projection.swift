/// Where spending leads when it goes on as so far.
package struct Projection: Hashable, Sendable {
    /// The spending at the period's end; `nil` while too little of it has passed to say.
    package let nanoUSD: Int?
    /// When the limit is reached, when that is before the period's end.
    package let exhaustedUS: Int?

    /// - Parameters:
    ///   - spent: So far in the period, in nano-dollars.
    ///   - limit: The plan's; 0: none.
    ///   - startUS: The beginning of the period.
    ///   - endUS: Its end.
    ///   - nowUS: Now.
    package init(spent: Int, limit: Int, startUS: Int, endUS: Int, nowUS: Int) {
        let length = endUS - startUS
        let past = nowUS - startUS
        // One part in fifty is less than a day of a month: any course drawn from it is a guess.
        guard length > 0, past >= length / 50, past > 0, endUS >= nowUS else {
            nanoUSD = nil
            exhaustedUS = nil
            return
        }
        let rate = Double(spent) / Double(past)
        let end = rate * Double(length)
        nanoUSD = end < Double(Int.max / 2) ? Int(end) : nil
        guard limit > 0, rate > 0, spent < limit else {
            exhaustedUS = nil
            return
        }
        let left = Double(limit - spent) / rate
        exhaustedUS = left < Double(endUS - nowUS) ? nowUS + Int(left) : nil
    }
}
