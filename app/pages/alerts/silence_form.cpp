#include "app/pages/alerts/silence_form.hpp"

#include "app/models/silence_models.hpp"
#include "app/models/values.hpp"
#include "widgets/theme/format.hpp"

namespace qd::app {
namespace {

QVector<QPair<QString, QVariant>> durations() {
    return {{QStringLiteral("15 minutes"), 900}, {QStringLiteral("30 minutes"), 1'800},
            {QStringLiteral("1 hour"), 3'600},   {QStringLiteral("2 hours"), 7'200},
            {QStringLiteral("4 hours"), 14'400}, {QStringLiteral("8 hours"), 28'800},
            {QStringLiteral("1 day"), 86'400},   {QStringLiteral("3 days"), 259'200},
            {QStringLiteral("1 week"), 604'800}};
}

FormField duration(const QString& label) {
    return {QStringLiteral("seconds"), label, FormField::Kind::Choice, 3'600, {}, true, durations(), 0, 0};
}

FormField reason(const QString& hint) {
    return {
        QStringLiteral("reason"), QStringLiteral("Reason"), FormField::Kind::Line, {}, hint, true, {}, 0, 0};
}

QString name(const silences::ListedSilence& listed) {
    return str(to_string(listed.silence.matchers));
}

QString address(const silences::Silence& silence, const char* tail) {
    return QStringLiteral("/api/v1/silences/%1%2?source=%3")
        .arg(str(silence.id.value), QLatin1String(tail), str(silence.source));
}

QString place(const silences::Silence& silence) {
    return silence.source == silences::own_source
               ? QStringLiteral("here")
               : QStringLiteral("in the Alertmanager \"%1\"").arg(str(silence.source));
}

}  // namespace

core::Result<silences::NewSilence> newSilenceOf(const QVariantMap& values) {
    silences::NewSilence silence;
    auto matchers =
        silences::parse_matchers(values.value(QStringLiteral("matchers")).toString().toStdString());
    if (!matchers) return core::Failure(matchers.error());
    if (auto fits = silences::check(*matchers); !fits) return core::Failure(fits.error());
    silence.matchers = std::move(*matchers);
    silence.lasts = std::chrono::seconds(values.value(QStringLiteral("seconds")).toLongLong());
    if (silence.lasts <= std::chrono::seconds(0))
        return core::fail(core::Errc::invalid_argument, "seconds: how long is it to last?");
    const std::string source = values.value(QStringLiteral("source")).toString().toStdString();
    if (!source.empty()) silence.source = source;
    silence.comment = values.value(QStringLiteral("reason")).toString().toStdString();
    return silence;
}

std::vector<silences::Matcher> offeredMatchers(const silences::Alert& alert) {
    std::vector<silences::Matcher> matchers;
    for (const char* label : {"alertname", "slo", "row", "service", "instance"})
        if (const auto at = alert.labels.find(label); at != alert.labels.end() && !at->second.empty())
            matchers.push_back({label, at->second, false, true});
    if (matchers.empty() && !alert.labels.empty())
        matchers.push_back({alert.labels.begin()->first, alert.labels.begin()->second, false, true});
    return matchers;
}

Form silenceForm(const silences::Alert* alert, const std::vector<std::string>& alertmanagers) {
    QString offered;
    if (alert)
        for (const silences::Matcher& matcher : offeredMatchers(*alert))
            offered += str(to_string(matcher)) + QLatin1Char('\n');
    FormField source{QStringLiteral("source"),
                     QStringLiteral("Where"),
                     FormField::Kind::Choice,
                     alert ? str(alert->source) : str(silences::own_source),
                     {},
                     true,
                     {{QStringLiteral("Here: nothing is told or opened"), str(silences::own_source)}},
                     0,
                     0};
    for (const std::string& peer : alertmanagers)
        source.choices.append({QStringLiteral("In the Alertmanager \"%1\"").arg(str(peer)), str(peer)});
    Form form;
    form.title = alert ? QStringLiteral("Silence %1").arg(str(alert->title)) : QStringLiteral("New silence");
    form.statement = QStringLiteral(
        "Alerts with these labels stay in sight, but nobody is told of them and no incident is opened for "
        "them "
        "until it ends. Before it ends while they still fire, you are warned.");
    form.fields = {{QStringLiteral("matchers"),
                    QStringLiteral("Labels, one a line"),
                    FormField::Kind::Lines,
                    offered.trimmed(),
                    QStringLiteral("service=\"gateway\"\nseverity=~\"sev3|sev4\""),
                    true,
                    {},
                    0,
                    0},
                   duration(QStringLiteral("For")),
                   source,
                   reason(QStringLiteral("Planned work on the storage until 16:00"))};
    form.action = QStringLiteral("Silence");
    form.preview = [](const QVariantMap& values) {
        const auto silence = newSilenceOf(values);
        return silence ? QStringLiteral("POST /api/v1/silences\n%1").arg(str(silences::encode(*silence)))
                       : QString();
    };
    form.check = [](const QVariantMap& values) {
        const auto silence = newSilenceOf(values);
        return silence ? QString() : str(silence.error().message);
    };
    return form;
}

Form extendForm(const silences::ListedSilence& listed) {
    Form form;
    form.title = QStringLiteral("Extend the silence of %1").arg(name(listed));
    form.statement = QStringLiteral("It ends at %1 %2.")
                         .arg(widgets::formatClock(msOf(listed.silence.ends_at)), place(listed.silence));
    form.fields = {duration(QStringLiteral("Longer by")), reason(QStringLiteral("The work takes longer"))};
    form.action = QStringLiteral("Extend");
    form.preview = [silence = listed.silence](const QVariantMap& values) {
        const qint64 seconds = values.value(QStringLiteral("seconds")).toLongLong();
        return QStringLiteral("POST %1\nuntil %2")
            .arg(address(silence, "/extend"),
                 str(core::format_rfc3339(silence.ends_at + std::chrono::seconds(seconds))));
    };
    return form;
}

Form expireForm(const silences::ListedSilence& listed) {
    Form form;
    form.title = QStringLiteral("End the silence of %1").arg(name(listed));
    form.statement =
        listed.firing == 0
            ? QStringLiteral("It ends at once %1. No alert that it matches fires now.")
                  .arg(place(listed.silence))
            : QStringLiteral(
                  "It ends at once %1. %2 that it matches %3 now: people are told, and an incident "
                  "may be opened.")
                  .arg(place(listed.silence),
                       listed.firing == 1 ? QStringLiteral("An alert")
                                          : QStringLiteral("%1 alerts").arg(listed.firing),
                       listed.firing == 1 ? QStringLiteral("fires") : QStringLiteral("fire"));
    form.fields = {reason(QStringLiteral("The work is done"))};
    form.action = QStringLiteral("End the silence");
    form.kind = widgets::ButtonKind::Danger;
    form.preview = [silence = listed.silence](const QVariantMap&) {
        return QStringLiteral("DELETE %1").arg(address(silence, ""));
    };
    return form;
}

}  // namespace qd::app
