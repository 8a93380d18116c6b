#include "app/shell/deep_link.hpp"

#include <QUrl>
#include <array>

namespace qd::app {
namespace {

struct Kind {
    QLatin1String word, page;
};

constexpr std::array<Kind, 7> kinds{{{QLatin1String("incident"), QLatin1String("incidents")},
                                     {QLatin1String("slo"), QLatin1String("slos")},
                                     {QLatin1String("rollout"), QLatin1String("rollouts")},
                                     {QLatin1String("postmortem"), QLatin1String("postmortems")},
                                     {QLatin1String("runbook"), QLatin1String("oncall")},
                                     {QLatin1String("title"), QLatin1String("preview")},
                                     {QLatin1String("dashboard"), QLatin1String("dashboards")}}};

const QLatin1String scheme("quarterdeck:");

}  // namespace

core::Result<DeepLink> parseDeepLink(const QString& text) {
    const auto refuse = [](std::string_view why) {
        return core::fail(core::Errc::invalid_argument,
                          "{}: name one thing, as incident/ID, slo/ID, rollout/ID, postmortem/ID or "
                          "runbook/ID",
                          why);
    };
    if (text.size() > longest_link) return refuse("the link is too long");
    QString path = text;
    if (path.startsWith(scheme, Qt::CaseInsensitive)) {
        path = path.mid(scheme.size());
        while (path.startsWith(QLatin1Char('/'))) path.remove(0, 1);
        path = QUrl::fromPercentEncoding(path.toUtf8());
        while (path.endsWith(QLatin1Char('/'))) path.chop(1);
    }
    const QString word = path.section(QLatin1Char('/'), 0, 0);
    const QString id = path.section(QLatin1Char('/'), 1);
    for (const QChar c : id)
        if (!c.isPrint() || c == QChar::ReplacementCharacter)
            return refuse("the id has a character that no id has");
    if (id.isEmpty()) return refuse("there is no id");
    for (const Kind& kind : kinds)
        if (word.compare(kind.word, Qt::CaseInsensitive) == 0) return DeepLink{kind.page, id};
    return refuse("there is no such kind of thing");
}

}  // namespace qd::app
