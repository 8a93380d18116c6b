// What becomes of proposals and action items.

#include <QClipboard>
#include <QDesktopServices>
#include <QFileDialog>
#include <QGuiApplication>
#include <QUrl>

#include "app/pages/postmortems/action_parts.hpp"
#include "core/files.hpp"

namespace qd::app {
namespace {

using postmortems::Action;
using postmortems::ActionRequest;
using postmortems::ActionState;

const QVector<QPair<QString, QVariant>> kKinds{{"Prevent it from happening again", "prevent"},
                                               {"Detect it sooner", "detect"},
                                               {"Mitigate it faster", "mitigate"},
                                               {"Change how we work", "process"}};

const Action* itemOf(const PostmortemParts& parts) {
    return parts.session.actionItems().find(parts.session.postmortemFocus().item());
}

/// Named, or the one that is chosen on screen.
QString itemOf(const PostmortemParts& parts, const QVariantMap& parameters) {
    return parameters.value("item", parts.session.postmortemFocus().item()).toString();
}

QString itemBlocked(const PostmortemParts& parts) {
    if (!parts.session.link().isLive()) return QStringLiteral("There is no connection to the site");
    return parts.session.actionItems().items().empty() ? QStringLiteral("There is no action item")
                                                       : QString();
}

/// For a question about the chosen item, else about the most urgent one.
const Action& askedItem(const PostmortemParts& parts) {
    const Action* chosen = itemOf(parts);
    if (!chosen) {
        chosen = &parts.session.actionItems().items().front();
        parts.session.postmortemFocus().setItem(str(chosen->id));
    }
    return *chosen;
}

const postmortems::Proposal* proposalOf(const PostmortemParts& parts, const QVariantMap& parameters = {}) {
    const std::string key =
        parameters.value("proposal", parts.session.postmortemFocus().proposal()).toString().toStdString();
    if (!parts.view()) return nullptr;
    const auto& all = parts.view()->proposals;
    for (const postmortems::Proposal& proposal : all)
        if (proposal.key == key) return &proposal;
    // None was named or chosen: the first that waits.
    return parameters.contains("proposal") || all.empty() ? nullptr : &all.front();
}

QString proposalBlocked(const PostmortemParts& parts) {
    if (const QString why = parts.blocked(); !why.isEmpty()) return why;
    return parts.view()->proposals.empty() ? QStringLiteral("No proposal waits") : QString();
}

/// The given ones of text, kind, owner, due, done_when, tracker_url, reason.
ActionRequest requestOf(const QVariantMap& p) {
    ActionRequest request;
    const auto take = [&p](const char* key, std::optional<std::string>& field) {
        if (p.contains(key)) field = PostmortemParts::text(p, key);
    };
    take("text", request.text);
    take("kind", request.kind);
    take("owner", request.owner);
    take("due", request.due);
    take("done_when", request.done_when);
    take("tracker_url", request.tracker_url);
    take("reason", request.reason);
    return request;
}

QVector<FormField> fieldsOf(const QString& text, const QString& kind, const QString& owner,
                            const QString& due, const QString& doneWhen, const QString& tracker) {
    return {lineField("text", "What is to be done", text, "Add …, remove …, alert on …", true),
            choiceField("kind", "Its use", kKinds, kind.isEmpty() ? QStringLiteral("prevent") : kind),
            lineField("owner", "Owner", owner, "A person or a team"),
            lineField("due", "Due", due, "2026-12-24"),
            lineField("done_when", "Done when", doneWhen, "A test anybody can make"),
            lineField("tracker_url", "Issue elsewhere", tracker, "https://…")};
}

/// As the server will check it, so that the button says so before.
QString checkFields(const QVariantMap& values) {
    Action blank;
    const auto checked = postmortems::changed(blank, requestOf(values));
    return checked ? QString() : str(checked.error().message);
}

void addProposals(const PostmortemParts& parts) {
    parts.session.actions().add(
        {.id = "postmortem.accept_action",
         .title = "Accept the proposed action item",
         .group = kPostmortemGroup,
         .shortcut = {},
         .run =
             [parts](const QVariantMap& p, Done done) {
                 const postmortems::Proposal* proposal = proposalOf(parts, p);
                 if (!proposal) return done(core::fail(core::Errc::not_found, "there is no such proposal"));
                 ActionRequest request = requestOf(p);
                 request.incident = parts.view()->draft.incident;
                 request.proposal = proposal->key;
                 if (!request.text) request.text = proposal->item.text;
                 if (!request.kind) request.kind = proposal->item.kind;
                 if (!request.done_when) request.done_when = proposal->item.done_when;
                 parts.session.actionItems().add(request, std::move(done));
             },
         .ask =
             [parts] {
                 const postmortems::Proposal* proposal = proposalOf(parts);
                 parts.session.postmortemFocus().setProposal(str(proposal->key));
                 const postmortems::ActionItem& item = proposal->item;
                 parts.ask("postmortem.accept_action",
                           {.title = "Accept as an action item",
                            .statement = "It is tracked from now on. Change the words as you like.",
                            .fields = fieldsOf(str(item.text), str(item.kind), str(item.owner), str(item.due),
                                               str(item.done_when), {}),
                            .action = "Accept",
                            .kind = {},
                            .preview = {},
                            .check = checkFields});
             },
         .blocked = [parts] { return proposalBlocked(parts); },
         .page = kPostmortemPage,
         .parameters = {"proposal", "text", "kind", "owner", "due", "done_when", "tracker_url"}});
    parts.session.actions().add(
        {.id = "postmortem.decline_action",
         .title = "Decline the proposed action item",
         .group = kPostmortemGroup,
         .shortcut = {},
         .run =
             [parts](const QVariantMap& p, Done done) {
                 const postmortems::Proposal* proposal = proposalOf(parts, p);
                 if (!proposal) return done(core::fail(core::Errc::not_found, "there is no such proposal"));
                 ActionRequest request;
                 request.incident = parts.view()->draft.incident;
                 request.proposal = proposal->key;
                 request.text = proposal->item.text;
                 request.kind = proposal->item.kind;
                 request.state = ActionState::declined;
                 request.reason = PostmortemParts::text(p, "reason");
                 parts.session.actionItems().add(request, std::move(done));
             },
         .ask =
             [parts] {
                 parts.ask("postmortem.decline_action",
                           {.title = "Decline the proposal",
                            .statement = "\"" + str(proposalOf(parts)->item.text) +
                                         "\" is recorded as declined, with the reason.",
                            .fields = {linesField("reason", "Reason", "Why it is not worth doing", true)},
                            .action = "Decline",
                            .kind = {},
                            .preview = {},
                            .check = {}});
             },
         .blocked = [parts] { return proposalBlocked(parts); },
         .page = kPostmortemPage,
         .parameters = {"proposal", "reason"}});
}

void addItems(const PostmortemParts& parts) {
    parts.session.actions().add({.id = "action_item.add",
                                 .title = "Add an action item",
                                 .group = kPostmortemGroup,
                                 .shortcut = {},
                                 .run =
                                     [parts](const QVariantMap& p, Done done) {
                                         ActionRequest request = requestOf(p);
                                         request.incident = parts.view()->draft.incident;
                                         parts.session.actionItems().add(request, std::move(done));
                                     },
                                 .ask =
                                     [parts] {
                                         parts.ask("action_item.add",
                                                   {.title = "Add an action item",
                                                    .statement = "Of \"" + str(parts.view()->title) + "\".",
                                                    .fields = fieldsOf({}, {}, {}, {}, {}, {}),
                                                    .action = "Add",
                                                    .kind = {},
                                                    .preview = {},
                                                    .check = checkFields});
                                     },
                                 .blocked = [parts] { return parts.blocked(); },
                                 .page = kPostmortemPage,
                                 .parameters = {"text", "kind", "owner", "due", "done_when", "tracker_url"}});
    parts.session.actions().add(
        {.id = "action_item.change",
         .title = "Change the action item",
         .group = kPostmortemGroup,
         .shortcut = {},
         .run =
             [parts](const QVariantMap& p, Done done) {
                 const QString id = itemOf(parts, p);
                 parts.session.actionItems().change(id, requestOf(p), std::move(done));
             },
         .ask =
             [parts] {
                 const Action* item = &askedItem(parts);
                 parts.ask("action_item.change",
                           {.title = "Change " + str(item->id),
                            .statement = {},
                            .fields = fieldsOf(str(item->text), str(item->kind), str(item->owner),
                                               str(item->due), str(item->done_when), str(item->tracker_url)),
                            .action = "Change",
                            .kind = {},
                            .preview = {},
                            .check = checkFields});
             },
         .blocked = [parts] { return itemBlocked(parts); },
         .page = kPostmortemPage,
         .parameters = {"item", "text", "kind", "owner", "due", "done_when", "tracker_url"}});
    parts.session.actions().add(
        {.id = "action_item.state",
         .title = "Begin, finish or decline the action item",
         .group = kPostmortemGroup,
         .shortcut = {},
         .run =
             [parts](const QVariantMap& p, Done done) {
                 ActionRequest request;
                 request.state = postmortems::parse_action_state(PostmortemParts::text(p, "state"));
                 if (!request.state)
                     return done(core::fail(core::Errc::invalid_argument,
                                            "state: is open, in_progress, done or declined"));
                 request.reason = PostmortemParts::text(p, "reason");
                 const QString id = itemOf(parts, p);
                 parts.session.actionItems().change(id, request, std::move(done));
             },
         .ask =
             [parts] {
                 const Action* item = &askedItem(parts);
                 parts.ask(
                     "action_item.state",
                     {.title = str(item->id) + ": " + str(item->text),
                      .statement = "Done when: " + (item->done_when.empty() ? QStringLiteral("not said yet")
                                                                            : str(item->done_when)),
                      .fields = {choiceField("state", "State",
                                             {{"Open", "open"},
                                              {"In progress", "in_progress"},
                                              {"Done", "done"},
                                              {"Declined", "declined"}},
                                             str(postmortems::to_string(item->state))),
                                 linesField("reason", "Reason, or what shows that it is done", {}, false)},
                      .action = "Set state",
                      .kind = {},
                      .preview = {},
                      .check = [](const QVariantMap& values) {
                          return values["state"] == "declined" && values["reason"].toString().isEmpty()
                                     ? QStringLiteral("Declining needs a reason")
                                     : QString();
                      }});
             },
         .blocked = [parts] { return itemBlocked(parts); },
         .page = kPostmortemPage,
         .parameters = {"item", "state", "reason"}});
}

void addWaysOut(const PostmortemParts& parts) {
    parts.session.actions().add({.id = "action_item.open_tracker",
                                 .title = "Open the action item's issue",
                                 .group = kPostmortemGroup,
                                 .shortcut = QKeySequence(Qt::Key_T),
                                 .run =
                                     [parts](const QVariantMap&, Done done) {
                                         QDesktopServices::openUrl(QUrl(str(itemOf(parts)->tracker_url)));
                                         done(QVariantMap{});
                                     },
                                 .ask = {},
                                 .blocked = [parts]() -> QString {
                                     const Action* item = itemOf(parts);
                                     if (!item) return QStringLiteral("Choose an action item first");
                                     return item->tracker_url.empty()
                                                ? QStringLiteral("It has no issue elsewhere: Change adds one")
                                                : QString();
                                 },
                                 .page = kPostmortemPage,
                                 .parameters = {}});
    parts.session.actions().add(
        {.id = "action_item.copy_link",
         .title = "Copy the line that leads back here, for the issue",
         .group = kPostmortemGroup,
         .shortcut = {},
         .run =
             [parts](const QVariantMap&, Done done) {
                 QGuiApplication::clipboard()->setText(str(postmortems::back_link(*itemOf(parts))));
                 done(QVariantMap{});
             },
         .ask = {},
         .blocked = [parts]() -> QString {
             return itemOf(parts) ? QString() : QStringLiteral("Choose an action item first");
         },
         .page = kPostmortemPage,
         .parameters = {}});
    parts.session.actions().add(
        {.id = "action_item.save_csv",
         .title = "Save all action items as CSV",
         .group = kPostmortemGroup,
         .shortcut = {},
         .run =
             [parts](const QVariantMap& p, Done done) {
                 const QString file = p.value("file").toString();
                 if (file.isEmpty())
                     return done(core::fail(core::Errc::invalid_argument, "a file is needed"));
                 Session& session = parts.session;
                 session.actionItems().csv(
                     {}, &session, [&session, file, done](core::Result<std::string> csv) {
                         if (!csv) return done(tl::unexpected(csv.error()));
                         auto finished = deliver<bool>(&session, [file, done](core::Result<bool> written) {
                             if (!written) return done(tl::unexpected(written.error()));
                             done(QVariantMap{{"file", file}});
                         });
                         session.link().executor().post(
                             [text = std::move(*csv), path = file.toStdString(), finished] {
                                 const auto written = core::write_file_atomically(path, text);
                                 if (!written) return finished(tl::unexpected(written.error()));
                                 finished(true);
                             });
                     });
             },
         .ask =
             [parts] {
                 auto* dialog = new QFileDialog(parts.parent(), QStringLiteral("Save the action items"));
                 dialog->setAttribute(Qt::WA_DeleteOnClose);
                 dialog->setAcceptMode(QFileDialog::AcceptSave);
                 dialog->setNameFilters({QStringLiteral("CSV (*.csv)")});
                 dialog->setDefaultSuffix(QStringLiteral("csv"));
                 dialog->selectFile(QStringLiteral("action-items.csv"));
                 QObject::connect(
                     dialog, &QFileDialog::fileSelected, &parts.session, [parts](const QString& file) {
                         parts.session.actions().invoke("action_item.save_csv", {{"file", file}});
                     });
                 dialog->open();
             },
         .blocked = [parts]() -> QString {
             return parts.session.link().isLive() ? QString()
                                                  : QStringLiteral("There is no connection to the site");
         },
         .page = kPostmortemPage,
         .parameters = {"file"}});
}

}  // namespace

void addActionItemActions(Session& session, DialogParent parent) {
    const PostmortemParts parts{session, std::move(parent)};
    addProposals(parts);
    addItems(parts);
    addWaysOut(parts);
}

}  // namespace qd::app
