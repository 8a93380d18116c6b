// What keys do in the field that is written in, and what decides which fields there are.

#include "app/pages/postmortems/action_parts.hpp"
#include "postmortems/placeholders.hpp"

namespace qd::app {
namespace {

using Deed = PostmortemFocus::Deed;
using Pane = PostmortemFocus::Pane;

void addDeed(const PostmortemParts& parts, const QString& id, const QString& title, const QKeySequence& key,
             Deed deed) {
    parts.session.actions().add({.id = id,
                                 .title = title,
                                 .group = kPostmortemGroup,
                                 .shortcut = key,
                                 .run =
                                     [parts, deed](const QVariantMap& p, Done done) {
                                         parts.session.postmortemFocus().want(deed,
                                                                              p.value("text").toString());
                                         done(QVariantMap{});
                                     },
                                 .ask = {},
                                 .blocked = [parts]() -> QString {
                                     return parts.session.postmortemFocus().isWriting()
                                                ? QString()
                                                : QStringLiteral("Put the cursor into a section first");
                                 },
                                 .page = kPostmortemPage,
                                 .parameters = {"text"}});
}

/// What stands for this name where the cursor is: a block has a line of its own.
QString placeholderText(const std::string& name) {
    const postmortems::Placeholder* found = postmortems::find_placeholder(name);
    if (!found) return {};
    return (found->block ? QStringLiteral("\n{{%1}}\n") : QStringLiteral("{{%1}}")).arg(str(name));
}

/// The block as it reads now; a value's meaning.
QString shownFor(const PostmortemParts& parts, const std::string& name) {
    if (parts.view())
        for (const postmortems::Block& block : parts.view()->blocks)
            if (block.name == name) return str(block.markdown);
    const postmortems::Placeholder* found = postmortems::find_placeholder(name);
    return found ? str(found->title) : QString();
}

void askInsert(const PostmortemParts& parts) {
    QVector<QPair<QString, QVariant>> choices;
    for (const postmortems::Placeholder& each : postmortems::placeholders())
        choices.append({str(each.title), str(each.name)});
    parts.ask("postmortem.insert",
              {.title = "Insert what the journal has",
               .statement = "It follows the journal: what is corrected there changes here.",
               .fields = {choiceField("name", "What", choices)},
               .action = "Insert",
               .kind = {},
               .preview =
                   [parts](const QVariantMap& values) {
                       return shownFor(parts, PostmortemParts::text(values, "name"));
                   },
               .check = {}});
}

void addInsert(const PostmortemParts& parts) {
    parts.session.actions().add(
        {.id = "postmortem.insert",
         .title = "Insert what the journal has",
         .group = kPostmortemGroup,
         .shortcut = QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_J),
         .run =
             [parts](const QVariantMap& p, Done done) {
                 const QString text = placeholderText(PostmortemParts::text(p, "name"));
                 if (text.isEmpty())
                     return done(core::fail(core::Errc::invalid_argument, "name: is no placeholder"));
                 parts.session.postmortemFocus().want(Deed::Insert, text);
                 done(QVariantMap{});
             },
         .ask = [parts] { askInsert(parts); },
         .blocked = [parts]() -> QString {
             return parts.session.postmortemFocus().isWriting()
                        ? QString()
                        : QStringLiteral("Put the cursor into a section first");
         },
         .page = kPostmortemPage,
         .parameters = {"name"}});
}

/// What stands for a file that is no template in the chooser: no template has such a name.
QString brokenKey(const postmortems::Template& broken) {
    return QStringLiteral("!") + str(broken.origin);
}

QString problemOf(const std::vector<postmortems::Template>& templates, const QString& chosen) {
    for (const postmortems::Template& each : templates)
        if (!each.problem.empty() && chosen == brokenKey(each)) return str(each.problem);
    return {};
}

void askTemplate(const PostmortemParts& parts, const std::vector<postmortems::Template>& templates) {
    if (!parts.view()) return;
    QVector<QPair<QString, QVariant>> choices;
    for (const postmortems::Template& each : templates)
        choices.append({each.problem.empty()
                            ? QStringLiteral("%1 (%2)").arg(str(each.title), str(each.origin))
                            : QStringLiteral("%1 cannot be used (%2)").arg(str(each.title), str(each.origin)),
                        each.problem.empty() ? QVariant(str(each.name)) : QVariant(brokenKey(each))});
    parts.ask(
        "postmortem.template",
        {.title = "Template of this post-mortem",
         .statement = "Sections of the new template appear; text that has no place in it is kept "
                      "behind them, nothing is lost.",
         .fields = {choiceField("template", "Template", choices, str(parts.view()->draft.template_name))},
         .action = "Use template",
         .kind = {},
         .preview =
             [templates](const QVariantMap& values) {
                 if (const QString problem = problemOf(templates, values["template"].toString());
                     !problem.isEmpty())
                     return problem;
                 QStringList sections;
                 for (const postmortems::Template& each : templates)
                     if (str(each.name) == values["template"].toString())
                         for (const postmortems::TemplateSection& section : each.sections)
                             sections << str(section.title);
                 return QStringLiteral("Sections: ") + sections.join(QStringLiteral(" · "));
             },
         .check =
             [templates](const QVariantMap& values) {
                 return problemOf(templates, values["template"].toString()).isEmpty()
                            ? QString()
                            : QStringLiteral("This file is no template: mend it, then start opsd again");
             }});
}

void addTemplate(const PostmortemParts& parts) {
    parts.session.actions().add(
        {.id = "postmortem.template",
         .title = "Choose the template",
         .group = kPostmortemGroup,
         .shortcut = {},
         .run =
             [parts](const QVariantMap& p, Done done) {
                 parts.session.postmortem().useTemplate(p.value("template").toString(), std::move(done));
             },
         .ask =
             [parts] {
                 parts.session.postmortem().templates(
                     [parts](core::Result<std::vector<postmortems::Template>> templates) {
                         if (templates) return askTemplate(parts, *templates);
                         emit parts.session.actions().finished("postmortem.template",
                                                               tl::unexpected(templates.error()));
                     });
             },
         .blocked =
             [parts] {
                 return parts.blockedIn(
                     {postmortems::ReviewState::draft, postmortems::ReviewState::in_review},
                     QStringLiteral("Its review is over: take it back to a draft first"));
             },
         .page = kPostmortemPage,
         .parameters = {"template"}});
}

void addPane(const PostmortemParts& parts, const QString& id, const QString& title, const QKeySequence& key,
             Pane pane) {
    parts.session.actions().add({.id = id,
                                 .title = title,
                                 .group = kPostmortemGroup,
                                 .shortcut = key,
                                 .run =
                                     [parts, pane](const QVariantMap&, Done done) {
                                         parts.session.actions().invoke("postmortems.open");
                                         parts.session.postmortemFocus().want(pane);
                                         done(QVariantMap{});
                                     },
                                 .ask = {},
                                 .blocked = {},
                                 .page = kPostmortemPage,
                                 .parameters = {}});
}

}  // namespace

void addWritingActions(Session& session, DialogParent parent) {
    const PostmortemParts parts{session, std::move(parent)};
    addPane(parts, "postmortem.edit", "Write", QKeySequence(Qt::Key_E), Pane::Edit);
    addPane(parts, "postmortem.review", "Review", QKeySequence(Qt::Key_R), Pane::Review);
    addPane(parts, "postmortem.actions", "Actions and factors", QKeySequence(Qt::Key_A), Pane::Actions);
    addPane(parts, "postmortem.items", "Action items of all incidents", QKeySequence(Qt::Key_I), Pane::Items);
    addPane(parts, "postmortem.preview", "Show or hide the preview", QKeySequence(Qt::Key_P), Pane::Preview);
    addDeed(parts, "postmortem.bold", "Bold", QKeySequence(Qt::CTRL | Qt::Key_B), Deed::Bold);
    addDeed(parts, "postmortem.italic", "Italic", QKeySequence(Qt::CTRL | Qt::Key_I), Deed::Italic);
    addDeed(parts, "postmortem.list", "List", QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_L), Deed::List);
    addDeed(parts, "postmortem.link", "Link", QKeySequence(Qt::CTRL | Qt::Key_L), Deed::Link);
    addInsert(parts);
    addTemplate(parts);
    session.actions().add({.id = "postmortem.save_draft",
                           .title = "Save the draft now",
                           .group = kPostmortemGroup,
                           .shortcut = QKeySequence(Qt::CTRL | Qt::Key_Return),
                           .run =
                               [parts](const QVariantMap&, Done done) {
                                   parts.session.drafts().current()->flush();
                                   done(QVariantMap{});
                               },
                           .ask = {},
                           .blocked = [parts]() -> QString {
                               const DraftDocument* open = parts.session.drafts().current();
                               if (!open) return QStringLiteral("Open a post-mortem first");
                               return open->book().isUnsaved() ? QString() : QStringLiteral("All is saved");
                           },
                           .page = kPostmortemPage,
                           .parameters = {}});
}

}  // namespace qd::app
