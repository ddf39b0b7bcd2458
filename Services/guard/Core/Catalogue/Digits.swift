/// The digits of a number, in place: numbers are looked at by the thousand, and an array each would cost more than the look.
struct Digits {
    private(set) var count = 0
    /// Four bits each; more than 48 are counted and not kept, since no number that is checked is as long.
    private var words: (UInt64, UInt64, UInt64) = (0, 0, 0)

    mutating func append(_ digit: UInt8) {
        let value = UInt64(digit) << UInt64((count & 15) * 4)
        switch count >> 4 {
        case 0: words.0 |= value
        case 1: words.1 |= value
        case 2: words.2 |= value
        default: break
        }
        count += 1
    }

    /// A digit; zero for one that is not kept.
    subscript(index: Int) -> Int {
        let word =
            switch index >> 4 {
            case 0: words.0
            case 1: words.1
            case 2: words.2
            default: UInt64(0)
            }
        return Int(word >> UInt64((index & 15) * 4) & 15)
    }

    /// Those from a place on.
    func dropFirst(_ number: Int) -> Digits {
        var rest = Digits()
        for index in min(number, count)..<count { rest.append(UInt8(self[index])) }
        return rest
    }

    /// The first ones as one number.
    func number(_ length: Int) -> Int {
        var number = 0
        for index in 0..<min(length, count) { number = number * 10 + self[index] }
        return number
    }

    /// Whether the first so many pass Luhn's sum; all of them unless it is said.
    func hasLuhnSum(first length: Int? = nil) -> Bool {
        let length = min(length ?? count, count)
        var sum = 0
        for index in 0..<length {
            let value = (length - index) % 2 == 1 ? self[index] : self[index] * 2
            sum += value > 9 ? value - 9 : value
        }
        return sum % 10 == 0
    }

    var isOneDigit: Bool {
        for index in 0..<count where self[index] != self[0] { return false }
        return true
    }
}
