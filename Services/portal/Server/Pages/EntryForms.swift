import Hummingbird
import PortalCore

/// The forms that a visitor signs in on, and the pages that say what went wrong.
struct EntryForms: EntryPages {
    let view: PageView

    private struct Step {
        let title: String
        let isDone: Bool
        let isCurrent: Bool
    }

    private struct Trouble {
        let what: String
        let next: String
    }

    private struct Form {
        let heading: String
        let lead: String
        let action: String
        let csrf: String
        let fields: [FieldView]
        let button: String
        var steps: [Step] = []
        var problem: Trouble?
        var returnTo: String?
        var aside: String?
        var hasSteps = false
    }

    private struct ProblemPage {
        let title: String
        let what: String
        let next: String
        let verbatim: String?
        let home: String
        let homeTitle: String
        let instance: String?
    }

    func entry(_ page: EntryPage, status: HTTPResponse.Status, context: PortalContext) throws -> Response {
        let (title, path, form) = form(page, context)
        return try view.answer("entry", title, .gate, form, PageRequest(context, path: path), status: status)
    }

    private func form(_ page: EntryPage, _ context: PortalContext) -> (String, String, Form) {
        switch page {
        case .claim(let error):
            let form = Form(
                heading: "Welcome. Prove that this is yours.",
                lead: "There is no default password. The program printed a claim code in its log when it started.",
                action: "/welcome/claim",
                csrf: context.csrf,
                fields: [
                    FieldView(
                        "code",
                        "Claim code",
                        hint:
                            "Like ABCD-EFGH-JKLM. Look for “claim code” in the log, or run docker compose logs portal.",
                        isRequired: true,
                        isCode: true
                    )
                ],
                button: "Continue",
                steps: Self.steps(0),
                problem: error.map(Self.trouble),
                hasSteps: true
            )
            return ("Welcome", "/welcome", form)
        case .password(let error):
            let form = Form(
                heading: "Set the password.",
                lead: "You sign in with it from now on. There is one operator and one password.",
                action: "/welcome/password",
                csrf: context.csrf,
                fields: [
                    FieldView(
                        "password",
                        "Password",
                        .line("password"),
                        hint: "\(PasswordRule.minimum) characters or more.",
                        autocomplete: "new-password",
                        isRequired: true
                    ),
                    FieldView("repeat", "Once more", .line("password"), autocomplete: "new-password", isRequired: true),
                ],
                button: "Set password",
                steps: Self.steps(1),
                problem: error.map(Self.trouble),
                hasSteps: true
            )
            return ("Set the password", "/welcome", form)
        case .login(let error, let next):
            let form = Form(
                heading: "Sign in.",
                lead: "This is the operator's side. A teammate signs in with a key at /portal.",
                action: "/login",
                csrf: context.csrf,
                fields: [
                    FieldView(
                        "password",
                        "Password",
                        .line("password"),
                        autocomplete: "current-password",
                        isRequired: true
                    )
                ],
                button: "Sign in",
                problem: error.map(Self.trouble),
                returnTo: next,
                aside:
                    "Forgotten? Stop the portal, run keirouter-portal --reset-password, and start it: it prints a new claim code."
            )
            return ("Sign in", "/login", form)
        case .member(let error):
            let form = Form(
                heading: "Your key, your figures.",
                lead: "Sign in with the key that you were given. It is checked, and then forgotten by this page.",
                action: "/portal",
                csrf: context.csrf,
                fields: [
                    FieldView(
                        "key",
                        "Key",
                        .line("password"),
                        hint: "It begins with kr_. It is sent in the form's body, never in an address.",
                        isRequired: true,
                        isCode: true
                    )
                ],
                button: "Show my figures",
                problem: error.map(Self.trouble)
            )
            return ("Sign in with a key", "/portal", form)
        }
    }

    private static func steps(_ current: Int) -> [Step] {
        ["Claim", "Password", "Connect", "First request"].enumerated().map { index, title in
            Step(title: title, isDone: index < current, isCurrent: index == current)
        }
    }

    private static func trouble(_ error: EntryError) -> Trouble {
        switch error {
        case .wrongCode:
            Trouble(what: "That is not the code.", next: "Copy the newest one from the log: every start makes another.")
        case .codeUsed:
            Trouble(what: "The code has been used or is too old.", next: "Restart the portal for a new one.")
        case .wrongPassword: Trouble(what: "That is not the password.", next: "Try again; capitals count.")
        case .passwordRule(.tooShort):
            Trouble(what: "The password is too short.", next: "It needs \(PasswordRule.minimum) characters or more.")
        case .passwordRule(.tooLong): Trouble(what: "The password is too long.", next: "1024 bytes are the most.")
        case .passwordRule(.tooSimple):
            Trouble(
                what: "The password is too simple.",
                next: "Use \(PasswordRule.variety) different characters or more."
            )
        case .passwordsDiffer: Trouble(what: "The two fields differ.", next: "Type the same password twice.")
        case .wrongKey:
            Trouble(what: "This key does not open anything.", next: "Check that it is whole, or ask for a new one.")
        case .tooMany(let seconds):
            Trouble(what: "Too many attempts.", next: "Try again in \(Counts.of(seconds, "second", "seconds")).")
        case .staleForm: Trouble(what: "The form was open too long.", next: "Here is a fresh one: fill it in again.")
        case .unavailable:
            Trouble(what: "The service that knows keys does not answer.", next: "Try again in a moment.")
        }
    }

    func problem(_ problem: Problem, context: PortalContext) throws -> Response {
        let isMember = context.operatorSession == nil && context.memberSession != nil
        let page = ProblemPage(
            title: Self.title(problem),
            what: problem.detail.capitalizedFirst + (problem.detail.hasSuffix(".") ? "" : "."),
            next: Self.next(problem),
            verbatim: problem.status >= 500 ? problem.reason : nil,
            home: isMember ? "/portal" : "/",
            homeTitle: isMember ? "To your figures" : "To the overview",
            instance: problem.instance.isEmpty ? nil : problem.instance
        )
        let request = PageRequest(context, path: isMember ? "/portal" : "/")
        let status = HTTPResponse.Status(code: problem.status)
        var response = try view.answer("problem", page.title, .gate, page, request, status: status)
        if let seconds = problem.retryAfter { response.headers.set("Retry-After", "\(seconds)") }
        return response
    }

    private static func title(_ problem: Problem) -> String {
        switch problem.status {
        case 403: "This is not allowed."
        case 404: "There is nothing here."
        case 503, 504: "A part of KeiRouter does not answer."
        default: problem.title + "."
        }
    }

    private static func next(_ problem: Problem) -> String {
        switch problem.status {
        case 403: "Go back, load the page again and repeat what you did. If you came by a link, open the page itself."
        case 404: "Check the address, or start from the overview."
        case 409, 412: "Go back, look at it as it is now, then repeat your change."
        case 429: "Wait a moment, then try again."
        case 503, 504:
            "Your requests may still be served. Try again in a moment; if it stays, look at the service's log."
        default: "Go back and try again. If it stays, the log has this request's number."
        }
    }
}
