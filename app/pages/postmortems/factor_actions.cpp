// What contributed to an incident.

#include "app/pages/postmortems/action_parts.hpp"

namespace qd::app {

void addFactorActions(Session& session, DialogParent parent) {
    const PostmortemParts parts{session, std::move(parent)};
    parts.session.actions().add(
        {.id = "postmortem.add_factor",
         .title = "Add a contributing factor",
         .group = kPostmortemGroup,
         .shortcut = {},
         .run =
             [parts](const QVariantMap& p, Done done) {
                 auto factors = parts.view()->draft.factors;
                 const std::string own = PostmortemParts::text(p, "own");
                 postmortems::Factor factor;
                 factor.tag = own.empty() ? PostmortemParts::text(p, "tag") : own;
                 factor.text = PostmortemParts::text(p, "text");
                 for (const QString& seq : p.value("events").toString().split(',', Qt::SkipEmptyParts))
                     factor.events.push_back(seq.trimmed().toULongLong());
                 factors.push_back(std::move(factor));
                 parts.session.postmortem().setFactors(factors, std::move(done));
             },
         .ask =
             [parts] {
                 QVector<QPair<QString, QVariant>> known;
                 for (const std::string_view tag : postmortems::known_factors())
                     known.append({str(tag), str(tag)});
                 parts.ask(
                     "postmortem.add_factor",
                     {.title = "Add a contributing factor",
                      .statement = "The tag is what repeats over incidents; the sentence is of this one.",
                      .fields = {choiceField("tag", "Factor", known),
                                 lineField("own", "Or a tag of your own", {}, "lower-case-with-dashes"),
                                 linesField("text", "How it contributed here", {}, true),
                                 lineField("events", "Events that show it", {}, "12, 17")},
                      .action = "Add",
                      .kind = {},
                      .preview = {},
                      .check = {}});
             },
         .blocked = [parts] { return parts.blocked(); },
         .page = kPostmortemPage,
         .parameters = {"tag", "own", "text", "events"}});
    parts.session.actions().add(
        {.id = "postmortem.remove_factor",
         .title = "Remove a contributing factor",
         .group = kPostmortemGroup,
         .shortcut = {},
         .run =
             [parts](const QVariantMap& p, Done done) {
                 auto factors = parts.view()->draft.factors;
                 const std::string tag = PostmortemParts::text(p, "tag");
                 std::erase_if(factors, [&](const postmortems::Factor& each) { return each.tag == tag; });
                 parts.session.postmortem().setFactors(factors, std::move(done));
             },
         .ask =
             [parts] {
                 QVector<QPair<QString, QVariant>> present;
                 for (const postmortems::Factor& factor : parts.view()->draft.factors)
                     present.append({str(factor.tag), str(factor.tag)});
                 parts.ask("postmortem.remove_factor", {.title = "Remove a contributing factor",
                                                        .statement = "The history keeps that it was there.",
                                                        .fields = {choiceField("tag", "Factor", present)},
                                                        .action = "Remove",
                                                        .kind = {},
                                                        .preview = {},
                                                        .check = {}});
             },
         .blocked = [parts]() -> QString {
             if (const QString why = parts.blocked(); !why.isEmpty()) return why;
             return parts.view()->draft.factors.empty() ? QStringLiteral("There is none") : QString();
         },
         .page = kPostmortemPage,
         .parameters = {"tag"}});
}

}  // namespace qd::app
