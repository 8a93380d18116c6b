#pragma once
// Feature flags and their history as tables, and a flag in words. Values only.

#include "app/models/keyed_table_model.hpp"
#include "app/models/values.hpp"
#include "opsclient/flags.hpp"

namespace qd::app {

/// A flag as it stands at a moment: the age of its last change is a part of it.
struct FlagRow {
    opsclient::FlagView view;
    QString age;

    bool operator==(const FlagRow&) const = default;
};

class FlagModel : public KeyedTableModel<FlagRow> {
public:
    enum ColumnIndex : int { FlagState, Key, Served, Reach, Changed, ColumnCount };
    explicit FlagModel(QObject* parent = nullptr);
};

std::vector<FlagRow> rowsOf(const opsclient::FlagList& list, qint64 nowMs);

class FlagHistoryModel : public KeyedTableModel<opsclient::FlagChange> {
public:
    enum ColumnIndex : int { Revision, What, Who, Why, When, ColumnCount };
    explicit FlagHistoryModel(QObject* parent = nullptr);
};

Wording wordOf(const opsclient::FlagView& view);
/// "on", "480p 10 %, all 90 %", "by 2 rules, else on", "off (killed)".
QString servedText(const flags::Flag& flag);
/// What it is, its variants, whom it serves what, and who pins it, a line each.
QStringList factsOf(const opsclient::FlagView& view);

}  // namespace qd::app
