/// Values by key inside a budget of bytes; the one that was not used for longest goes first.
///
/// Every operation takes the same time however full it is: a table finds the place, and a list through the places keeps
/// the order of use. A value, not a lock: its owner guards it.
package struct BoundedMemory<Value> {
    private struct Place {
        var key: MemoryKey
        var value: Value
        var cost: Int
        /// Towards the most recently used; -1 at the end.
        var newer: Int32
        /// Towards the least recently used; -1 at the end.
        var older: Int32
    }

    /// What a value costs besides itself: its place, and its entry in the table, both of which may have grown to twice
    /// what is in use.
    package static var overhead: Int { 2 * (MemoryLayout<Place>.stride + 2 * MemoryLayout<MemoryKey>.stride) }

    package let limit: Int
    package private(set) var bytes = 0
    package private(set) var evictions = 0
    private let weigh: @Sendable (Value) -> Int
    private var places: [Place] = []
    private var index: [MemoryKey: Int32] = [:]
    private var newest: Int32 = -1
    private var oldest: Int32 = -1

    /// - Parameters:
    ///   - limit: The most bytes to hold; a value that is larger by itself is not kept.
    ///   - weigh: What a value costs beyond ``overhead``.
    package init(limit: Int, weigh: @escaping @Sendable (Value) -> Int) {
        self.limit = limit
        self.weigh = weigh
    }

    package var count: Int { places.count }

    /// The value, which counts as used by this.
    package mutating func value(of key: MemoryKey) -> Value? {
        guard let place = index[key] else { return nil }
        touch(place)
        return places[Int(place)].value
    }

    /// Puts a value in, in place of the one there was.
    package mutating func insert(_ value: Value, for key: MemoryKey) {
        update(key, or: value) { $0 = value }
    }

    /// Changes a value where it stands, making it first when there is none.
    package mutating func update<Outcome>(
        _ key: MemoryKey,
        or new: @autoclosure () -> Value,
        _ body: (inout Value) -> Outcome
    ) -> Outcome {
        let place: Int32
        if let known = index[key] {
            place = known
            touch(place)
        } else {
            place = append(key, new())
        }
        let outcome = body(&places[Int(place)].value)
        let cost = Self.overhead + weigh(places[Int(place)].value)
        bytes += cost - places[Int(place)].cost
        places[Int(place)].cost = cost
        evict()
        return outcome
    }

    /// Takes a value out.
    package mutating func remove(_ key: MemoryKey) {
        if let place = index[key] { remove(place) }
    }

    // MARK: Places

    private mutating func append(_ key: MemoryKey, _ value: Value) -> Int32 {
        let place = Int32(places.count)
        places.append(Place(key: key, value: value, cost: 0, newer: -1, older: -1))
        index[key] = place
        link(place)
        return place
    }

    private mutating func evict() {
        while bytes > limit, oldest >= 0 {
            remove(oldest)
            evictions += 1
        }
    }

    /// The last place moves into the gap, so that places never lie idle.
    private mutating func remove(_ place: Int32) {
        unlink(place)
        bytes -= places[Int(place)].cost
        index[places[Int(place)].key] = nil
        let last = Int32(places.count - 1)
        if place != last {
            let moved = places[Int(last)]
            places[Int(place)] = moved
            index[moved.key] = place
            if moved.newer >= 0 { places[Int(moved.newer)].older = place } else { newest = place }
            if moved.older >= 0 { places[Int(moved.older)].newer = place } else { oldest = place }
        }
        places.removeLast()
    }

    // MARK: The order of use

    private mutating func touch(_ place: Int32) {
        guard newest != place else { return }
        unlink(place)
        link(place)
    }

    private mutating func link(_ place: Int32) {
        places[Int(place)].newer = -1
        places[Int(place)].older = newest
        if newest >= 0 { places[Int(newest)].newer = place } else { oldest = place }
        newest = place
    }

    private mutating func unlink(_ place: Int32) {
        let (newer, older) = (places[Int(place)].newer, places[Int(place)].older)
        if newer >= 0 { places[Int(newer)].older = older } else { newest = older }
        if older >= 0 { places[Int(older)].newer = newer } else { oldest = newer }
    }
}
