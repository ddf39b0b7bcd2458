import Hummingbird
import PortalCore

/// All pages, put together.
package enum PortalPages {
    package static func make(_ parts: PortalParts) throws -> PortalPageSet {
        let files = StaticFiles(fonts: FontFolder.beside(program: FontFolder.program))
        let view = PageView(templates: try Templates(), files: files, parts: parts)
        return PortalPageSet(
            groups: [
                files, OverviewPage(view: view), RequestPages(view: view), UsagePages(view: view),
                QuotaPages(view: view), ExportPages(view: view),
                KeyPages(view: view), PlanPages(view: view), ChainPages(view: view), ProviderPages(view: view),
                AccountForms(view: view), GuardPages(view: view), SavingPages(view: view),
                SessionPages(view: view), AuditPages(view: view), SettingsPages(view: view), ConnectPages(view: view),
                UndoPages(view: view), MemberPages(view: view),
            ],
            entry: EntryForms(view: view)
        )
    }
}
