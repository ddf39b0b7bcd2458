/// In which form each text of one request is to go out: the rules of first sending and of lost memory.
///
/// Pure: what is known comes in, what to look up or ask for comes out.
package struct SavingPlan: Sendable {
    /// What decides about texts that are not remembered.
    package struct Rules: Sendable {
        /// The settings that apply now; `nil` where no saver does.
        package var current: SavingOrigin?
        /// The settings for texts whose first sending is forgotten; `nil` where they were sent as they were.
        package var inherited: SavingOrigin?
        /// Whether the model has answered before in this conversation.
        package var hasAssistantTurn: Bool
        /// Whether the conversation is left alone.
        package var isHoldout: Bool

        package init(current: SavingOrigin?, inherited: SavingOrigin?, hasAssistantTurn: Bool, isHoldout: Bool) {
            self.current = current
            self.inherited = inherited
            self.hasAssistantTurn = hasAssistantTurn
            self.isHoldout = isHoldout
        }
    }

    /// The forms to have, in the order of the texts.
    package let forms: [SentForm]

    /// - Parameters:
    ///   - view: What is known of the texts.
    ///   - isOld: For each text, whether an answer of the model follows it.
    ///   - rules: What decides about the others.
    package init(_ view: ConversationTable.View, isOld: [Bool], _ rules: Rules) {
        let isLost = !view.isKnown && rules.hasAssistantTurn
        forms = zip(view.forms, isOld).map { form, isOld in
            if let form { return form }
            if rules.isHoldout || view.isFull { return .original }
            // What went out while nobody took notes went out as it was.
            if view.hasUnseenTurns, isOld { return .original }
            let origin = isLost && isOld ? rules.inherited : rules.current
            return origin.map { .replaced($0) } ?? .original
        }
    }
}
