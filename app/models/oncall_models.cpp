#include "app/models/oncall_models.hpp"

#include <QDateTime>
#include <QLocale>
#include <algorithm>

#include "widgets/tables/delegates.hpp"
#include "widgets/theme/icons.hpp"

namespace qd::app {

using namespace widgets;

namespace {

QVariant shiftTime(core::WallTime at, int role) {
    if (role == Qt::DisplayRole)
        return QLocale::c().toString(QDateTime::fromMSecsSinceEpoch(msOf(at)),
                                     QStringLiteral("ddd d MMM HH:mm"));
    if (role == SortRole) return msOf(at);
    if (role == Qt::ToolTipRole) return str(core::format_rfc3339(at));
    return {};
}

QVariant shownText(const QString& text, int role) {
    return role == Qt::DisplayRole ? QVariant(text) : QVariant();
}

QString listed(const std::vector<std::string>& texts) {
    QStringList all;
    for (const std::string& text : texts) all << str(text);
    return all.join(QStringLiteral("; "));
}

QString appliesTo(const runbooks::Applies& applies) {
    QStringList all;
    if (applies.severity < 4) all << QStringLiteral("SEV1 to SEV%1").arg(applies.severity);
    for (const auto& list : {applies.services, applies.objectives, applies.alerts, applies.causes})
        for (const std::string& one : list) all << str(one);
    return all.isEmpty() ? QStringLiteral("every incident") : all.join(QStringLiteral(", "));
}

QString doneOf(const runbooks::Guide& guide) {
    const auto done = std::ranges::count_if(guide.runbook.steps, [&](const runbooks::Step& step) {
        const auto state = guide.of(step.id).state;
        return state == runbooks::StepState::done || state == runbooks::StepState::skipped;
    });
    return QStringLiteral("%1 of %2 steps").arg(done).arg(guide.runbook.steps.size());
}

}  // namespace

Wording wordOf(runbooks::StepState state) {
    switch (state) {
        case runbooks::StepState::todo:
            return {State::Neutral, QStringLiteral("to do")};
        case runbooks::StepState::running:
            return {State::Info, QStringLiteral("running")};
        case runbooks::StepState::unknown:
            return {State::Warn, QStringLiteral("outcome unknown")};
        case runbooks::StepState::done:
            return {State::Good, QStringLiteral("done")};
        case runbooks::StepState::failed:
            return {State::Bad, QStringLiteral("failed")};
        case runbooks::StepState::skipped:
            return {State::NoData, QStringLiteral("skipped")};
    }
    return {};
}

ShiftModel::ShiftModel(QObject* parent)
    : KeyedTableModel(
          {
              {QStringLiteral("Person"),
               [](const ShiftRow& row, int role) { return shownText(str(row.shift.person), role); }},
              {QStringLiteral("Place"),
               [](const ShiftRow& row, int role) { return shownText(str(row.shift.layer), role); }},
              {QStringLiteral("Rota"),
               [](const ShiftRow& row, int role) { return shownText(row.rota, role); }},
              {QStringLiteral("From"),
               [](const ShiftRow& row, int role) { return shiftTime(row.shift.from, role); }},
              {QStringLiteral("Until"),
               [](const ShiftRow& row, int role) { return shiftTime(row.shift.to, role); }},
              {QStringLiteral("Length"),
               [](const ShiftRow& row, int role) -> QVariant {
                   if (role == SortRole) return qlonglong((row.shift.to - row.shift.from).count());
                   return shownText(qd::app::span(row.shift.to - row.shift.from), role);
               }},
          },
          [](const ShiftRow& row) {
              return QStringLiteral("%1/%2/%3/%4")
                  .arg(row.rota, str(row.shift.layer), str(row.shift.person))
                  .arg(msOf(row.shift.from));
          },
          parent) {}

RunbookModel::RunbookModel(QObject* parent)
    : KeyedTableModel(
          {
              {QStringLiteral("Runbook"),
               [](const opsclient::RunbookEntry& entry, int role) -> QVariant {
                   if (role == Qt::DisplayRole) return str(entry.runbook.title);
                   if (role == SubRole)
                       return entry.problem.empty() ? appliesTo(entry.runbook.applies) : str(entry.problem);
                   if (role == IconRole) return int(entry.problem.empty() ? Icon::Note : Icon::Warning);
                   if (role == Qt::ToolTipRole && !entry.problem.empty()) return str(entry.problem);
                   return {};
               }},
              {QStringLiteral("Steps"),
               [](const opsclient::RunbookEntry& entry, int role) -> QVariant {
                   if (role == SortRole) return int(entry.runbook.steps.size());
                   return shownText(QString::number(entry.runbook.steps.size()), role);
               },
               Qt::AlignRight | Qt::AlignVCenter},
              {QStringLiteral("From"), [](const opsclient::RunbookEntry& entry,
                                          int role) { return shownText(str(entry.source), role); }},
          },
          [](const opsclient::RunbookEntry& entry) { return str(entry.runbook.id.value); }, parent) {}

GuideModel::GuideModel(QObject* parent)
    : KeyedTableModel(
          {
              {QStringLiteral("Runbook"),
               [](const runbooks::Guide& guide, int role) -> QVariant {
                   if (role == Qt::DisplayRole) return str(guide.runbook.title);
                   if (role == SubRole) return doneOf(guide);
                   return {};
               }},
              {QStringLiteral("Applies"),
               [](const runbooks::Guide& guide, int role) -> QVariant {
                   const QString why = listed(guide.reasons);
                   if (role == Qt::DisplayRole)
                       return guide.applies ? QStringLiteral("applies") : QStringLiteral("does not apply");
                   if (role == StateRole) return int(guide.applies ? State::Good : State::NoData);
                   if (role == Qt::ToolTipRole) return why;
                   return {};
               }},
          },
          [](const runbooks::Guide& guide) { return str(guide.runbook.id.value); }, parent) {}

}  // namespace qd::app
