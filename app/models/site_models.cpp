#include "app/models/site_models.hpp"

#include <QImage>

#include "app/models/values.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/icons.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr Qt::Alignment kSiteRight = Qt::AlignRight | Qt::AlignVCenter;
constexpr Qt::Alignment kSiteLeft = Qt::AlignLeft | Qt::AlignVCenter;

QVariant processHealth(const opsclient::Process& process, int role) {
    const Wording word = wordOf(process);
    if (role == Qt::DisplayRole) return word.text;
    if (role == StateRole) return int(word.state);
    if (role == SortRole) return int(word.state);
    if (role == Qt::ToolTipRole && !process.error.empty()) return str(process.error);
    return {};
}

QVariant processAge(const opsclient::Process& process, int role) {
    if (role == Qt::DisplayRole)
        return process.age_s ? formatAge(qint64(*process.age_s * 1000)) : QStringLiteral("never");
    if (role == SortRole) return process.age_s.value_or(1e12);
    return {};
}

QVariant titleState(const Title& title, int role) {
    const Wording word = wordOf(title);
    if (role == Qt::DisplayRole) {
        if (title.state == QLatin1String("processing") ||
            (title.state == QLatin1String("playable") && title.progress < 1))
            return QStringLiteral("%1 %2").arg(word.text, formatPercent(title.progress, 0));
        return word.text;
    }
    if (role == StateRole) return int(word.state);
    if (role == NumberRole) return title.progress;
    if (role == Qt::ToolTipRole && !title.error.isEmpty()) return title.error;
    return {};
}

QVariant renditions(const Title& title, int role) {
    if (role == SortRole) return qulonglong(title.renditions.size());
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
    QStringList list;
    for (const Rendition& one : title.renditions)
        list << (role == Qt::DisplayRole ? QStringLiteral("%1p").arg(one.height)
                                         : QStringLiteral("%1: %2×%3, %4, %5")
                                               .arg(one.name)
                                               .arg(one.width)
                                               .arg(one.height)
                                               .arg(formatBitrate(one.bandwidth), one.codecs));
    if (list.isEmpty()) return role == Qt::DisplayRole ? QVariant(QStringLiteral("–")) : QVariant();
    return list.join(role == Qt::DisplayRole ? QStringLiteral(" · ") : QStringLiteral("\n"));
}

}  // namespace

ProcessModel::ProcessModel(QObject* parent)
    : KeyedTableModel(
          {
              {QStringLiteral("Process"),
               [](const opsclient::Process& p, int role) -> QVariant {
                   if (role == Qt::DisplayRole) return str(p.instance);
                   return {};
               },
               kSiteLeft,
               {}},
              {QStringLiteral("Role"),
               [](const opsclient::Process& p, int role) -> QVariant {
                   if (role == Qt::DisplayRole) return str(p.role);
                   return {};
               },
               kSiteLeft,
               {}},
              {QStringLiteral("Version"),
               [](const opsclient::Process& p, int role) -> QVariant {
                   if (role == Qt::DisplayRole)
                       return p.version.empty() ? QStringLiteral("–") : str(p.version);
                   return {};
               },
               kSiteLeft,
               {}},
              {QStringLiteral("Arm"),
               [](const opsclient::Process& p, int role) -> QVariant {
                   if (role == Qt::DisplayRole) return p.arm.empty() ? QStringLiteral("–") : str(p.arm);
                   if (role == TintRole && !p.arm.empty())
                       return int(p.arm == "canary" ? Token::Canary : Token::Stable);
                   return {};
               },
               kSiteLeft,
               {}},
              {QStringLiteral("Health"), processHealth, kSiteLeft,
               QStringLiteral("Whether its last reading succeeded")},
              {QStringLiteral("Read"), processAge, kSiteRight,
               QStringLiteral("Age of the last good reading")},
              {QStringLiteral("Restarts"),
               [](const opsclient::Process& p, int role) -> QVariant {
                   if (role == Qt::DisplayRole) return QString::number(p.restarts);
                   if (role == SortRole) return p.restarts;
                   return {};
               },
               kSiteRight,
               {}},
              {QStringLiteral("Address"),
               [](const opsclient::Process& p, int role) -> QVariant {
                   if (role == Qt::DisplayRole)
                       return p.address.empty() ? QStringLiteral("–") : str(p.address);
                   if (role == Qt::ToolTipRole && p.pid > 0) return QStringLiteral("pid %1").arg(p.pid);
                   return {};
               },
               kSiteLeft,
               {}},
          },
          [](const opsclient::Process& p) { return str(p.instance); }, parent) {}

TitleModel::TitleModel(CatalogAdapter* posters, QObject* parent)
    : KeyedTableModel(
          {
              {QString(),
               [posters](const Title& title, int role) -> QVariant {
                   if (role != Qt::DecorationRole || !posters) return {};
                   const QImage* image = posters->poster(title);
                   return image ? QVariant(*image) : QVariant();
               },
               kSiteLeft, QStringLiteral("Poster")},
              {QStringLiteral("Title"),
               [](const Title& title, int role) -> QVariant {
                   if (role == Qt::DisplayRole) return title.title.isEmpty() ? title.id : title.title;
                   if (role == SubRole)
                       return title.error.isEmpty() ? QStringLiteral("by %1 · %2").arg(title.owner, title.id)
                                                    : title.error;
                   return {};
               },
               kSiteLeft,
               {}},
              {QStringLiteral("State"), titleState, kSiteLeft,
               QStringLiteral("Playable: the lowest rendition is there")},
              {QStringLiteral("Length"),
               [](const Title& title, int role) -> QVariant {
                   if (role == Qt::DisplayRole)
                       return title.durationS > 0 ? formatPosition(qint64(title.durationS * 1000))
                                                  : QStringLiteral("–");
                   if (role == SortRole) return title.durationS;
                   return {};
               },
               kSiteRight,
               {}},
              {QStringLiteral("Picture"),
               [](const Title& title, int role) -> QVariant {
                   if (role == Qt::DisplayRole)
                       return title.height > 0
                                  ? QStringLiteral("%1×%2, %3 fps%4")
                                        .arg(title.width)
                                        .arg(title.height)
                                        .arg(title.frameRate, 0, 'g', 4)
                                        .arg(title.hasAudio ? QString() : QStringLiteral(", silent"))
                                  : QStringLiteral("–");
                   if (role == SortRole) return title.height;
                   return {};
               },
               kSiteLeft,
               {}},
              {QStringLiteral("Renditions"), renditions, kSiteLeft, {}},
              {QStringLiteral("Uploaded"),
               [](const Title& title, int role) -> QVariant {
                   if (role == Qt::DisplayRole) return formatClock(title.createdAtMs, false);
                   if (role == SortRole) return title.createdAtMs;
                   return {};
               },
               kSiteRight,
               {}},
          },
          [](const Title& title) { return title.id; }, parent) {}

}  // namespace qd::app
