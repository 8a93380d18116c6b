// The steps of a review: states, reviewers, comments.

#include "app/pages/postmortems/action_parts.hpp"
#include "postmortems/draft_event.hpp"

namespace qd::app {
namespace {

using postmortems::ReviewState;

constexpr const char* kWhole = "*";  // no section has this id

std::size_t blockingOf(const PostmortemParts& parts) {
    std::size_t blocking = 0;
    for (const postmortems::Finding& finding : parts.view()->findings) blocking += finding.blocking;
    return blocking;
}

struct ReviewStep {
    QString id;
    QString title;
    ReviewState to;
    std::vector<ReviewState> from;
    QString why;  // when it is in none of them
};

void addStep(const PostmortemParts& parts, const ReviewStep& step) {
    parts.session.actions().add(
        {.id = step.id,
         .title = step.title,
         .group = kPostmortemGroup,
         .shortcut = {},
         .run =
             [parts, to = step.to](const QVariantMap& p, Done done) {
                 // What is still being typed belongs to what is reviewed.
                 if (DraftDocument* open = parts.session.drafts().current()) open->flush();
                 parts.session.postmortem().move(
                     {to, PostmortemParts::text(p, "reason"), p.value("override").toBool()}, std::move(done));
             },
         .ask =
             [parts, step] {
                 const QString kept =
                     str(postmortems::guard(parts.view()->draft, step.to, blockingOf(parts)));
                 const bool back = step.to == ReviewState::draft;
                 const bool guarded = !kept.isEmpty();
                 Form form;
                 form.title = step.title;
                 form.statement =
                     back      ? QStringLiteral("It can be changed again; the reason goes into its history.")
                     : guarded ? QStringLiteral(
                                     "What keeps it: %1. Mend that first, or pass over it with a "
                                     "reason that stands in the history.")
                                     .arg(kept)
                               : QStringLiteral("Everybody who reads it sees the new state.");
                 if (guarded)
                     form.fields << choiceField(
                         "override", "What keeps it",
                         {{"Stop: it is mended first", false}, {"Go on in spite of it", true}}, false);
                 form.fields << linesField("reason", "Reason", {}, back || guarded);
                 form.action = step.title;
                 if (guarded)
                     form.check = [kept](const QVariantMap& values) {
                         return values["override"].toBool() ? QString()
                                                            : QStringLiteral("Not yet: %1").arg(kept);
                     };
                 parts.ask(step.id, std::move(form));
             },
         .blocked = [parts, step] { return parts.blockedIn(step.from, step.why); },
         .page = kPostmortemPage,
         .parameters = {"reason", "override"}});
}

void addReviewers(const PostmortemParts& parts) {
    parts.session.actions().add(
        {.id = "postmortem.ask_reviewer",
         .title = "Ask a reviewer",
         .group = kPostmortemGroup,
         .shortcut = {},
         .run =
             [parts](const QVariantMap& p, Done done) {
                 postmortems::ReviewerRequest request;
                 request.person = PostmortemParts::text(p, "person");
                 request.text = PostmortemParts::text(p, "text");
                 if (p.value("remove").toBool()) request.verdict.reset();
                 parts.session.postmortem().review(request, std::move(done));
             },
         .ask =
             [parts] {
                 parts.ask("postmortem.ask_reviewer",
                           {.title = "Ask a reviewer",
                            .statement = "They are listed as asked. Nobody is told by itself: tell them.",
                            .fields = {lineField("person", "Person", {}, "Their name here", true),
                                       linesField("text", "What to look at", {}, false)},
                            .action = "Ask",
                            .kind = {},
                            .preview = {},
                            .check = {}});
             },
         .blocked = [parts] { return parts.blocked(); },
         .page = kPostmortemPage,
         .parameters = {"person", "text", "remove"}});
    parts.session.actions().add(
        {.id = "postmortem.verdict",
         .title = "Give my verdict",
         .group = kPostmortemGroup,
         .shortcut = QKeySequence(Qt::Key_V),
         .run =
             [parts](const QVariantMap& p, Done done) {
                 postmortems::ReviewerRequest request;
                 request.verdict = postmortems::parse_verdict(PostmortemParts::text(p, "verdict"));
                 if (!request.verdict)
                     return done(core::fail(core::Errc::invalid_argument,
                                            "verdict: is approved or changes_requested"));
                 request.person = PostmortemParts::text(p, "person");
                 request.text = PostmortemParts::text(p, "text");
                 parts.session.postmortem().review(request, std::move(done));
             },
         .ask =
             [parts] {
                 parts.ask(
                     "postmortem.verdict",
                     {.title = "My verdict",
                      .statement = "It stands for the text as it is now; a later change marks it as old.",
                      .fields = {choiceField(
                                     "verdict", "Verdict",
                                     {{"Approved", "approved"}, {"Changes are needed", "changes_requested"}}),
                                 linesField("text", "Why", {}, false)},
                      .action = "Give verdict",
                      .kind = {},
                      .preview = {},
                      .check = [](const QVariantMap& values) {
                          return values["verdict"] == "changes_requested" &&
                                         values["text"].toString().isEmpty()
                                     ? QStringLiteral("Say which changes")
                                     : QString();
                      }});
             },
         .blocked =
             [parts] {
                 return parts.blockedIn({ReviewState::in_review}, QStringLiteral("It is not in review"));
             },
         .page = kPostmortemPage,
         .parameters = {"verdict", "text", "person"}});
}

void addComments(const PostmortemParts& parts) {
    parts.session.actions().add(
        {.id = "postmortem.comment",
         .title = "Comment",
         .group = kPostmortemGroup,
         .shortcut = QKeySequence(Qt::Key_C),
         .run =
             [parts](const QVariantMap& p, Done done) {
                 std::string section = PostmortemParts::text(p, "section");
                 if (section == kWhole) section.clear();
                 parts.session.postmortem().comment({section, PostmortemParts::text(p, "text")},
                                                    std::move(done));
             },
         .ask =
             [parts] {
                 QVector<QPair<QString, QVariant>> sections{{"The whole document", kWhole}};
                 for (const postmortems::Section& section : parts.view()->draft.sections)
                     sections.append({str(section.title), str(section.id)});
                 parts.ask("postmortem.comment",
                           {.title = "Comment",
                            .statement = {},
                            .fields = {choiceField("section", "About", sections,
                                                   parts.session.postmortemFocus().section()),
                                       linesField("text", "Comment", {}, true)},
                            .action = "Comment",
                            .kind = {},
                            .preview = {},
                            .check = {}});
             },
         .blocked = [parts] { return parts.blocked(); },
         .page = kPostmortemPage,
         .parameters = {"section", "text"}});
    const auto open = [parts](quint64 id) -> const postmortems::Comment* {
        if (parts.view())
            for (const postmortems::Comment& comment : parts.view()->draft.comments)
                if (comment.id == id) return &comment;
        return nullptr;
    };
    parts.session.actions().add(
        {.id = "postmortem.resolve_comment",
         .title = "Resolve the comment, or open it again",
         .group = kPostmortemGroup,
         .shortcut = {},
         .run =
             [parts](const QVariantMap& p, Done done) {
                 const quint64 id =
                     p.value("comment", parts.session.postmortemFocus().comment()).toULongLong();
                 parts.session.postmortem().resolve(
                     id, {p.value("resolved", true).toBool(), PostmortemParts::text(p, "text")},
                     std::move(done));
             },
         .ask =
             [parts, open] {
                 const postmortems::Comment* comment = open(parts.session.postmortemFocus().comment());
                 parts.ask("postmortem.resolve_comment",
                           {.title = comment->resolved ? "Open the comment again" : "Resolve the comment",
                            .statement = str(comment->author) + ": " + str(comment->text),
                            .fields = {choiceField("resolved", "It is", {{"Resolved", true}, {"Open", false}},
                                                   !comment->resolved),
                                       linesField("text", "How", {}, false)},
                            .action = "Set",
                            .kind = {},
                            .preview = {},
                            .check = {}});
             },
         .blocked = [parts, open]() -> QString {
             if (const QString why = parts.blocked(); !why.isEmpty()) return why;
             return open(parts.session.postmortemFocus().comment())
                        ? QString()
                        : QStringLiteral("Choose a comment first");
         },
         .page = kPostmortemPage,
         .parameters = {"comment", "resolved", "text"}});
}

}  // namespace

void addReviewActions(Session& session, DialogParent parent) {
    const PostmortemParts parts{session, std::move(parent)};
    addStep(parts, {"postmortem.submit",
                    "Send to review",
                    ReviewState::in_review,
                    {ReviewState::draft},
                    "It is in review, or past it"});
    addStep(parts, {"postmortem.reviewed",
                    "Mark as reviewed",
                    ReviewState::reviewed,
                    {ReviewState::in_review},
                    "It is not in review"});
    addStep(parts, {"postmortem.publish",
                    "Publish",
                    ReviewState::published,
                    {ReviewState::reviewed},
                    "It has to be reviewed first"});
    addStep(parts, {"postmortem.back",
                    "Take back to a draft",
                    ReviewState::draft,
                    {ReviewState::in_review, ReviewState::reviewed, ReviewState::published},
                    "It is a draft"});
    addReviewers(parts);
    addComments(parts);
}

}  // namespace qd::app
