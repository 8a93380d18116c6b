#include "app/models/rollout_models.hpp"

#include <QDateTime>
#include <algorithm>

#include "app/models/values.hpp"
#include "app/models/wording_data.hpp"
#include "rollouts/steps.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/theme/format.hpp"

namespace qd::app {

using namespace widgets;
using rollouts::Rollout;

namespace {

constexpr Qt::Alignment kRolloutNumber = Qt::AlignRight | Qt::AlignVCenter;
constexpr Qt::Alignment kRolloutText = Qt::AlignLeft | Qt::AlignVCenter;

QString nameOf(const Rollout& rollout) {
    const auto& specification = rollout.specification;
    return str(specification.name.empty() ? specification.target.label : specification.name);
}

RolloutModel::Column textColumn(const QString& title, std::function<QString(const Rollout&)> text) {
    return {title,
            [text = std::move(text)](const Rollout& rollout, int role) -> QVariant {
                return role == Qt::DisplayRole ? QVariant(text(rollout)) : QVariant();
            },
            kRolloutText,
            {}};
}

/// "RO-12" stands after "RO-9".
QVariant idData(const Rollout& rollout, int role) {
    const QString id = str(rollout.id.value);
    if (role == Qt::DisplayRole) return id;
    if (role != SortRole) return {};
    qsizetype at = id.size();
    while (at > 0 && id[at - 1].isDigit()) --at;
    return id.left(at) + id.mid(at).rightJustified(12, QLatin1Char('0'));
}

QVariant stateData(const Rollout& rollout, int role) {
    Wording word = wordOf(rollout);
    // Of what is over the word tells how it ended; it asks for nobody any more.
    if (rollouts::is_finished(rollout.progress)) word.state = State::Neutral;
    return wordingData(word, role);
}

QVariant pastTint(const Rollout& rollout) {
    return rollouts::is_finished(rollout.progress) ? QVariant(int(Token::TextMuted)) : QVariant();
}

QVariant startedData(const Rollout& rollout, int role) {
    if (role == Qt::DisplayRole) return formatClock(msOf(rollout.created_at), false);
    if (role == TintRole) return pastTint(rollout);
    if (role == SortRole) return msOf(rollout.created_at);
    if (role == Qt::ToolTipRole) return str(core::format_rfc3339(rollout.created_at));
    return {};
}

QVariant lastedData(const Rollout& rollout, int role) {
    if (role == TintRole) return pastTint(rollout);
    if (role != Qt::DisplayRole && role != SortRole) return {};
    const auto lasted = lastedUntil(rollout, wallTime(QDateTime::currentMSecsSinceEpoch()));
    if (role == SortRole) return qlonglong(lasted.count());
    return rollouts::is_finished(rollout.progress) ? span(lasted)
                                                   : QStringLiteral("%1 so far").arg(span(lasted));
}

QVariant judgedData(const Rollout& rollout, int role) {
    if (!rollout.verdict) return wordingData({State::NoData, QStringLiteral("Not judged")}, role);
    if (role == Qt::ToolTipRole) return str(rollout.verdict->explanation);
    return wordingData(wordOf(rollout.verdict->outcome), role);
}

QString stepName(const Rollout& rollout, const rollouts::Progress& progress) {
    if (rollout.specification.strategy == rollouts::Strategy::rolling)
        return QStringLiteral("instance %1").arg(progress.replaced + 1);
    const rollouts::Steps steps(rollout.specification);
    const rollouts::Step* step = steps.at(progress.step);
    return step ? QStringLiteral("step %1, %2").arg(progress.step + 1).arg(str(rollouts::describe(*step)))
                : QString();
}

/// What ended between the two, and how long it had lasted.
void tellEnded(AuditLine& line, const Rollout& rollout, const rollouts::Progress& before,
               const rollouts::Progress& after) {
    using rollouts::Course;
    const auto since = [&](core::WallTime begin) {
        return std::max(std::chrono::milliseconds(0),
                        std::chrono::duration_cast<std::chrono::milliseconds>(line.event.at - begin));
    };
    if (line.event.kind == rollouts::AuditKind::ready) {
        line.ended = QStringLiteral("start-up");
        line.took = since(before.step_since);
    } else if (before.course == Course::stepping && before.ready &&
               (after.course != Course::stepping || after.step != before.step ||
                after.replaced != before.replaced)) {
        line.ended = stepName(rollout, before);
        if (!line.ended.isEmpty()) line.took = since(before.step_since);
    } else if (before.course != Course::stepping && after.course_since != before.course_since) {
        line.ended = str(rollouts::to_string(before.course)).replace(QLatin1Char('_'), QLatin1Char(' '));
        line.took = since(before.course_since);
    }
}

QString auditWord(const rollouts::AuditEvent& event) {
    if (event.action)
        return str(rollouts::to_string(*event.action)).replace(QLatin1Char('-'), QLatin1Char(' '));
    QString word = str(rollouts::to_string(event.kind)).replace(QLatin1Char('_'), QLatin1Char(' '));
    if (event.weight) word += QStringLiteral(" %1 %").arg(*event.weight);
    return word;
}

QVariant auditTime(const AuditLine& line, int role) {
    if (role == Qt::DisplayRole) return formatClock(msOf(line.event.at));
    if (role == SortRole) return msOf(line.event.at);
    if (role == Qt::ToolTipRole) return str(core::format_rfc3339(line.event.at));
    return {};
}

QVariant auditTook(const AuditLine& line, int role) {
    if (role == SortRole) return qlonglong(line.took ? line.took->count() : -1);
    if (role != Qt::DisplayRole || !line.took) return {};
    return QStringLiteral("%1 lasted %2").arg(line.ended, span(*line.took));
}

std::function<QVariant(const AuditLine&, int)> auditText(QString (*text)(const rollouts::AuditEvent&)) {
    return [text](const AuditLine& line, int role) -> QVariant {
        return role == Qt::DisplayRole ? QVariant(text(line.event)) : QVariant();
    };
}

ArmModel::Column armColumn(const QString& title, QString ArmLine::*text) {
    return {title,
            [text](const ArmLine& line, int role) -> QVariant {
                return role == Qt::DisplayRole ? QVariant(line.*text) : QVariant();
            },
            kRolloutNumber,
            {}};
}

}  // namespace

QString strategyWord(rollouts::Strategy strategy) {
    switch (strategy) {
        case rollouts::Strategy::canary:
            return QStringLiteral("canary");
        case rollouts::Strategy::blue_green:
            return QStringLiteral("blue-green");
        case rollouts::Strategy::rolling:
            return QStringLiteral("rolling");
    }
    return {};
}

QString startReason(const Rollout& rollout) {
    if (rollout.audit.empty() || rollout.audit.front().kind != rollouts::AuditKind::start) return {};
    return str(rollout.audit.front().reason).simplified();
}

std::chrono::milliseconds lastedUntil(const Rollout& rollout, core::WallTime now) {
    // One that has ended without a word of when has lasted until it was last written to.
    const core::WallTime end = rollout.ended_at                          ? *rollout.ended_at
                               : rollouts::is_finished(rollout.progress) ? rollout.updated_at
                                                                         : now;
    return std::max(std::chrono::milliseconds(0),
                    std::chrono::duration_cast<std::chrono::milliseconds>(end - rollout.created_at));
}

bool rolloutMatches(const Rollout& rollout, const QStringList& words) {
    const auto& specification = rollout.specification;
    const QString text = QStringList{str(rollout.id.value),
                                     nameOf(rollout),
                                     str(specification.target.label),
                                     str(rollout.former_version),
                                     strategyWord(specification.strategy),
                                     wordOf(rollout).text,
                                     rollouts::is_finished(rollout.progress) ? QStringLiteral("ended")
                                                                             : QStringLiteral("open"),
                                     str(rollout.actor),
                                     str(specification.group)}
                             .join(QLatin1Char('\n'));
    return std::all_of(words.begin(), words.end(),
                       [&](const QString& word) { return text.contains(word, Qt::CaseInsensitive); });
}

RolloutModel::RolloutModel(QObject* parent)
    : KeyedTableModel(
          {
              {QStringLiteral("Id"), idData, kRolloutText, {}},
              {QStringLiteral("Name"),
               [](const Rollout& rollout, int role) -> QVariant {
                   if (role == Qt::DisplayRole) return nameOf(rollout);
                   if (role == SubRole && !rollout.specification.group.empty())
                       return QStringLiteral("group %1").arg(str(rollout.specification.group));
                   return {};
               },
               kRolloutText,
               {}},
              textColumn(QStringLiteral("Version"),
                         [](const Rollout& rollout) {
                             return QStringLiteral("%1 → %2").arg(str(rollout.former_version),
                                                                  str(rollout.specification.target.label));
                         }),
              textColumn(QStringLiteral("Strategy"),
                         [](const Rollout& rollout) { return strategyWord(rollout.specification.strategy); }),
              {QStringLiteral("State"), stateData, kRolloutText, {}},
              textColumn(QStringLiteral("Started by"),
                         [](const Rollout& rollout) { return str(rollout.actor); }),
              textColumn(QStringLiteral("Reason"), startReason),
              {QStringLiteral("Started"), startedData, kRolloutNumber, {}},
              {QStringLiteral("Lasted"), lastedData, kRolloutNumber,
               QStringLiteral("From its start to its end")},
              {QStringLiteral("Verdict"), judgedData, kRolloutText, {}},
          },
          [](const Rollout& rollout) { return str(rollout.id.value); }, parent) {}

QVariant RolloutModel::data(const QModelIndex& index, int role) const {
    if (role != PastRole) return KeyedTableModel::data(index, role);
    const Rollout* rollout = row(index.row());
    return rollout ? QVariant(rollouts::is_finished(rollout->progress)) : QVariant();
}

ArmModel::ArmModel(QObject* parent)
    : KeyedTableModel(
          {
              {QStringLiteral("Measure"),
               [](const ArmLine& line, int role) -> QVariant {
                   if (role == Qt::DisplayRole) return line.measure;
                   if (role == Qt::ToolTipRole) return line.explanation;
                   return {};
               },
               kRolloutText,
               {}},
              armColumn(QStringLiteral("Stable"), &ArmLine::stable),
              armColumn(QStringLiteral("Baseline"), &ArmLine::baseline),
              armColumn(QStringLiteral("Canary"), &ArmLine::canary),
              {QStringLiteral("Difference"),
               [](const ArmLine& line, int role) -> QVariant {
                   if (role == Qt::DisplayRole) return line.difference;
                   if (role == StateRole && line.state >= 0) return line.state;
                   return {};
               },
               kRolloutText,
               {}},
          },
          [](const ArmLine& line) { return line.measure; }, parent) {}

std::vector<AuditLine> auditLinesOf(const Rollout& rollout) {
    std::vector<AuditLine> lines;
    std::optional<rollouts::Progress> progress{std::in_place};
    for (const rollouts::AuditEvent& event : rollout.audit) {
        AuditLine line{event, {}, {}};
        if (progress) {
            auto after = rollouts::follow(*progress, rollout.specification, event);
            if (after) {
                tellEnded(line, rollout, *progress, *after);
                progress = std::move(*after);
            } else {
                progress.reset();
            }
        }
        lines.push_back(std::move(line));
    }
    return {std::make_move_iterator(lines.rbegin()), std::make_move_iterator(lines.rend())};
}

AuditModel::AuditModel(QObject* parent)
    : KeyedTableModel(
          {
              {QStringLiteral("Time"), auditTime, kRolloutText, {}},
              {QStringLiteral("What"), auditText(auditWord), kRolloutText, {}},
              {QStringLiteral("By"),
               auditText([](const rollouts::AuditEvent& event) { return str(event.actor); }),
               kRolloutText,
               {}},
              {QStringLiteral("Why"),
               auditText([](const rollouts::AuditEvent& event) { return str(event.reason).simplified(); }),
               kRolloutText,
               {}},
              {QStringLiteral("Ended"), auditTook, kRolloutText, {}},
          },
          [](const AuditLine& line) { return QString::number(line.event.seq); }, parent) {}

}  // namespace qd::app
