#pragma once
// The common base of table models: rows with a key, updated by their differences, so that selection, scroll
// position and sort survive every refresh and a view repaints only what changed.

#include <QAbstractTableModel>
#include <QHash>
#include <QSet>
#include <QString>
#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

namespace qd::app {

/// Roles beside Qt's that every model of the console answers.
enum TableRole : int {
    SortRole = Qt::UserRole + 1,  // a value that sorts: numbers stay numbers
    KeyRole,                      // the row's key, a string
};

/// `Row` needs operator== and is described by `columns`; `keyOf` must be unique among the rows.
/// UI thread only. Linear in the rows when their order stays, which is the steady state.
template <class Row>
class KeyedTableModel : public QAbstractTableModel {
public:
    struct Column {
        QString title;
        /// Answers DisplayRole and TableRole roles; an invalid variant falls back to the role's default.
        std::function<QVariant(const Row&, int role)> value;
        Qt::Alignment alignment = Qt::AlignLeft | Qt::AlignVCenter;
        QString explanation;  // the header's tooltip
    };

    KeyedTableModel(std::vector<Column> columns, std::function<QString(const Row&)> keyOf,
                    QObject* parent = nullptr)
        : QAbstractTableModel(parent), columns_(std::move(columns)), keyOf_(std::move(keyOf)) {}

    int rowCount(const QModelIndex& parent = {}) const override {
        return parent.isValid() ? 0 : int(rows_.size());
    }
    int columnCount(const QModelIndex& parent = {}) const override {
        return parent.isValid() ? 0 : int(columns_.size());
    }

    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override {
        if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
        const Row& row = rows_[std::size_t(index.row())];
        const Column& column = columns_[std::size_t(index.column())];
        if (role == Qt::TextAlignmentRole) return QVariant::fromValue(int(column.alignment));
        if (role == KeyRole) return keyOf_(row);
        const QVariant value = column.value(row, role);
        if (value.isValid()) return value;
        if (role == SortRole) return column.value(row, Qt::DisplayRole);
        return {};
    }

    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override {
        if (orientation != Qt::Horizontal || section < 0 || section >= int(columns_.size())) return {};
        const Column& column = columns_[std::size_t(section)];
        if (role == Qt::DisplayRole) return column.title;
        if (role == Qt::TextAlignmentRole) return QVariant::fromValue(int(column.alignment));
        if (role == Qt::ToolTipRole && !column.explanation.isEmpty()) return column.explanation;
        return {};
    }

    const std::vector<Row>& rows() const { return rows_; }
    const Row* row(int at) const {
        return at >= 0 && at < int(rows_.size()) ? &rows_[std::size_t(at)] : nullptr;
    }
    const Row* find(const QString& key) const { return row(indexOf(key)); }
    int indexOf(const QString& key) const {
        for (std::size_t i = 0; i < rows_.size(); ++i)
            if (keyOf_(rows_[i]) == key) return int(i);
        return -1;
    }

    /// Makes the rows equal to `next` by removals, moves, insertions and dataChanged; never a reset. Of rows
    /// with the same key the first is kept.
    void update(std::vector<Row> next) {
        QSet<QString> keys;
        std::erase_if(next, [&](const Row& row) {
            const QString key = keyOf_(row);
            if (keys.contains(key)) return true;
            keys.insert(key);
            return false;
        });
        removeOthers(keys);
        QSet<QString> present;
        for (const Row& row : rows_) present.insert(keyOf_(row));
        for (std::size_t i = 0; i < next.size(); ++i) place(i, std::move(next[i]), present);
    }

private:
    void removeOthers(const QSet<QString>& keys) {
        for (int last = int(rows_.size()) - 1; last >= 0; --last) {
            if (keys.contains(keyOf_(rows_[std::size_t(last)]))) continue;
            int first = last;
            while (first > 0 && !keys.contains(keyOf_(rows_[std::size_t(first - 1)]))) --first;
            beginRemoveRows({}, first, last);
            rows_.erase(rows_.begin() + first, rows_.begin() + last + 1);
            endRemoveRows();
            last = first;
        }
    }

    void place(std::size_t i, Row row, const QSet<QString>& present) {
        const QString key = keyOf_(row);
        if (!present.contains(key)) {
            beginInsertRows({}, int(i), int(i));
            rows_.insert(rows_.begin() + std::ptrdiff_t(i), std::move(row));
            endInsertRows();
            return;
        }
        if (keyOf_(rows_[i]) != key) {
            std::size_t at = i + 1;
            while (keyOf_(rows_[at]) != key) ++at;
            beginMoveRows({}, int(at), int(at), {}, int(i));
            std::rotate(rows_.begin() + std::ptrdiff_t(i), rows_.begin() + std::ptrdiff_t(at),
                        rows_.begin() + std::ptrdiff_t(at) + 1);
            endMoveRows();
        }
        if (rows_[i] == row) return;
        rows_[i] = std::move(row);
        emit dataChanged(index(int(i), 0), index(int(i), int(columns_.size()) - 1));
    }

    std::vector<Column> columns_;
    std::function<QString(const Row&)> keyOf_;
    std::vector<Row> rows_;
};

}  // namespace qd::app
