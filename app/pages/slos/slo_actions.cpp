#include "app/pages/slos/slo_actions.hpp"

#include <QDateTime>

#include "app/models/values.hpp"
#include "app/pages/slos/explanation_dialog.hpp"
#include "app/pages/slos/what_if_dialog.hpp"
#include "app/shell/form_dialog.hpp"
#include "app/shell/session.hpp"

namespace qd::app {
namespace {

const QString kSloGroup = QStringLiteral("SLO");
const QString kSloPage = QStringLiteral("slos");
constexpr qint64 kOfferedMs = 600'000;

QString text(const QVariantMap& parameters, const char* key) {
    return parameters.value(QLatin1String(key)).toString().trimmed();
}

core::Result<slo::Exclusion> exclusionOf(const QString& shown, const QVariantMap& parameters) {
    const auto from = parseLocalTime(text(parameters, "from"));
    if (!from) return core::fail_with_context("From", from.error());
    const auto to = parseLocalTime(text(parameters, "to"));
    if (!to) return core::fail_with_context("To", to.error());
    if (*to <= *from) return core::fail(core::Errc::invalid_argument, "To must be after From");
    slo::Exclusion exclusion;
    exclusion.from = wallTime(*from);
    exclusion.to = wallTime(*to);
    exclusion.reason = text(parameters, "reason").toStdString();
    const QString which = parameters.value(QStringLiteral("slo"), shown).toString();
    if (which != QLatin1String("all")) exclusion.slos = {slo::SloId(which.toStdString())};
    return exclusion;
}

Form excludeForm(Session& session) {
    const QString id = session.selection().slo();
    const slo::Status* status = session.slos().find(id);
    const qint64 now = msOf(session.link().clock().now());
    Form form;
    form.title = QStringLiteral("Leave time out of the figures");
    form.statement = QStringLiteral(
        "What happens in this time no longer counts for budget, burn and alerts: maintenance that is "
        "planned, or "
        "told afterwards. Nothing is deleted; taking it back gives the same figures again.");
    form.fields = {
        {"from",
         "From",
         FormField::Kind::Line,
         localTime(now - kOfferedMs),
         "2026-11-24 14:00",
         true,
         {},
         0,
         0},
        {"to", "To", FormField::Kind::Line, localTime(now), "2026-11-24 14:30", true, {}, 0, 0},
        {"slo",
         "Objectives",
         FormField::Kind::Choice,
         id,
         {},
         true,
         {{status ? str(status->objective.title) : id, id}, {QStringLiteral("All objectives"), "all"}},
         0,
         0},
        {"reason", "Reason", FormField::Kind::Line, {}, "Planned work on the storage", true, {}, 0, 0}};
    form.action = QStringLiteral("Leave out");
    form.preview = [id](const QVariantMap& values) {
        const auto exclusion = exclusionOf(id, values);
        if (!exclusion) return QString();
        return QStringLiteral("POST /api/v1/exclusions\n%1 to %2 (%3), %4")
            .arg(str(core::format_rfc3339(exclusion->from)), str(core::format_rfc3339(exclusion->to)),
                 span(exclusion->to - exclusion->from),
                 exclusion->slos.empty() ? QStringLiteral("all objectives")
                                         : str(exclusion->slos.front().value));
    };
    form.check = [id](const QVariantMap& values) {
        const auto exclusion = exclusionOf(id, values);
        return exclusion ? QString() : str(exclusion.error().message);
    };
    return form;
}

}  // namespace

QString localTime(qint64 ms) {
    return QDateTime::fromMSecsSinceEpoch(ms).toString(QStringLiteral("yyyy-MM-dd HH:mm:ss"));
}

core::Result<qint64> parseLocalTime(const QString& text) {
    for (const char* format : {"yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm"})
        if (const auto at = QDateTime::fromString(text.trimmed(), QLatin1String(format)); at.isValid())
            return at.toMSecsSinceEpoch();
    for (const char* format : {"HH:mm:ss", "HH:mm"})
        if (const auto at = QTime::fromString(text.trimmed(), QLatin1String(format)); at.isValid())
            return QDateTime(QDate::currentDate(), at).toMSecsSinceEpoch();
    return core::fail(core::Errc::invalid_argument,
                      "\"{}\" is no time: write it as 2026-11-24 14:03 or, for today, 14:03",
                      text.left(40).toStdString());
}

void addSloActions(Session& session, DialogParent parent) {
    const auto offline = [&session]() -> QString {
        return session.link().isLive() ? QString() : QStringLiteral("There is no connection to the site");
    };
    const auto chosen = [&session]() -> QString {
        return session.slos().find(session.selection().slo()) ? QString()
                                                              : QStringLiteral("Choose an objective first");
    };
    const auto plain = [&](const QString& id, const QString& title, const QKeySequence& key,
                           std::function<void()> what) {
        session.actions().add({.id = id,
                               .title = title,
                               .group = kSloGroup,
                               .shortcut = key,
                               .run =
                                   [what = std::move(what)](const QVariantMap&, Done done) {
                                       what();
                                       done(QVariantMap{});
                                   },
                               .ask = {},
                               .blocked = chosen,
                               .page = kSloPage,
                               .parameters = {}});
    };
    plain("slo.explain", "Why are the numbers these numbers?", QKeySequence(Qt::Key_W), [&session, parent] {
        (new ExplanationDialog(session, session.selection().slo(), parent()))->open();
    });
    plain("slo.what_if", "What if: replay with another target, window or rows", QKeySequence(Qt::Key_I),
          [&session, parent] { (new WhatIfDialog(session, session.selection().slo(), parent()))->open(); });
    plain("slo.range_shorter", "Show less of the past", QKeySequence(Qt::Key_BracketLeft),
          [&session] { emit session.selection().sloRangeStepped(-1); });
    plain("slo.range_longer", "Show more of the past", QKeySequence(Qt::Key_BracketRight),
          [&session] { emit session.selection().sloRangeStepped(1); });
    session.actions().add(
        {.id = "slo.exclude",
         .title = "Leave time out (maintenance)",
         .group = kSloGroup,
         .shortcut = QKeySequence(Qt::Key_M),
         .run =
             [&session](const QVariantMap& parameters, Done done) {
                 const auto exclusion = exclusionOf(session.selection().slo(), parameters);
                 if (!exclusion) return done(core::Failure(exclusion.error()));
                 session.exclusions().add(*exclusion, std::move(done));
             },
         .ask =
             [&session, parent] {
                 FormDialog::ask(excludeForm(session), parent(), [&session](const QVariantMap& values) {
                     session.actions().invoke("slo.exclude", values);
                 });
             },
         .blocked =
             [&session, offline] {
                 if (const QString reason = offline(); !reason.isEmpty()) return reason;
                 return session.selection().slo().isEmpty() ? QStringLiteral("Choose an objective first")
                                                            : QString();
             },
         .page = kSloPage,
         .parameters = {"from", "to", "slo", "reason"}});
    session.actions().add(
        {.id = "slo.include",
         .title = "Take an exclusion back",
         .group = kSloGroup,
         .shortcut = {},
         .run =
             [&session](const QVariantMap& parameters, Done done) {
                 session.exclusions().remove(slo::ExclusionId(text(parameters, "exclusion").toStdString()),
                                             std::move(done));
             },
         .ask =
             [&session, parent] {
                 Form form;
                 form.title = QStringLiteral("Take an exclusion back");
                 form.statement = QStringLiteral("Its time counts again, as if it had never been left out.");
                 QVector<QPair<QString, QVariant>> choices;
                 for (const slo::Exclusion& one : session.exclusions().exclusions())
                     choices.append(
                         {QStringLiteral("%1 to %2: %3")
                              .arg(localTime(msOf(one.from)), localTime(msOf(one.to)), str(one.reason)),
                          str(one.id.value)});
                 form.fields = {{"exclusion",
                                 "Exclusion",
                                 FormField::Kind::Choice,
                                 choices.first().second,
                                 {},
                                 true,
                                 choices,
                                 0,
                                 0}};
                 form.action = QStringLiteral("Count it again");
                 form.preview = [](const QVariantMap& values) {
                     return QStringLiteral("DELETE /api/v1/exclusions/%1")
                         .arg(values.value(QStringLiteral("exclusion")).toString());
                 };
                 FormDialog::ask(form, parent(), [&session](const QVariantMap& values) {
                     session.actions().invoke("slo.include", values);
                 });
             },
         .blocked =
             [&session, offline] {
                 if (const QString reason = offline(); !reason.isEmpty()) return reason;
                 return session.exclusions().exclusions().empty() ? QStringLiteral("Nothing is left out")
                                                                  : QString();
             },
         .page = kSloPage,
         .parameters = {"exclusion"}});
}

}  // namespace qd::app
