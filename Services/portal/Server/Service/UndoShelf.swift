import Contracts
import DequeModule
import PortalCore
import Synchronization

/// What the last acts can be taken back by, for ten seconds each: the items as they were.
///
/// It stays in memory alone. Whoever is slower, or comes after a restart, is told so and changes it by hand.
final class UndoShelf: Sendable {
    /// What is put back.
    enum Act: Sendable {
        /// Keys as they were, each with the version that the act made of it.
        case keys([(before: KeyItem, etag: String)])
        case account(before: AccountItem, etag: String)
        case provider(before: ProviderItem, etag: String)
        case plan(before: PlanItem, etag: String)
        case chain(before: ChainItem, etag: String)
        /// One that was deleted.
        case alias(AliasItem)
        /// One that was deleted.
        case price(PriceItem)
        /// No item before: the scope had none, so that it is deleted again.
        case policy(before: PolicyItem?, after: PolicyItem)
        /// One that was deleted.
        case policyGone(PolicyItem)
        case setting(before: SettingItem?, after: SettingItem)
    }

    private struct Entry: Sendable {
        var name: String
        /// The session that acted.
        var owner: String
        var untilUS: Int
        var act: Act
    }

    /// The page says ten seconds; a click in the last of them has two to arrive.
    private static let lengthUS = (PortalCookies.undoSeconds + 2) * 1_000_000
    /// Acts that can be taken back at once; the oldest goes.
    private static let most = 64

    private let clock: PortalClock
    private let entries = Mutex(Deque<Entry>())

    init(clock: PortalClock) {
        self.clock = clock
    }

    /// Keeps an act.
    ///
    /// - Returns: What names it, for its session; `nil` outside a session.
    func keep(_ act: Act, _ session: PortalSession?) -> String? {
        guard let owner = session?.id else { return nil }
        let now = clock.nowUS
        let entry = Entry(name: Tokens.name(), owner: owner, untilUS: now + Self.lengthUS, act: act)
        entries.withLock { entries in
            while entries.first.map({ $0.untilUS < now }) ?? false { entries.removeFirst() }
            if entries.count >= Self.most { entries.removeFirst() }
            entries.append(entry)
        }
        return entry.name
    }

    /// Takes an act off the shelf: it is taken back once, by the session that did it.
    func take(_ name: String, _ session: PortalSession?) -> Act? {
        let now = clock.nowUS
        let owner = session?.id
        return entries.withLock { entries in
            guard let index = entries.firstIndex(where: { $0.name == name && $0.owner == owner }) else { return nil }
            let entry = entries.remove(at: index)
            return entry.untilUS >= now ? entry.act : nil
        }
    }
}
