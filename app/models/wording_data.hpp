#pragma once
// How a word with its state, and a date with its state, answer a view's roles.

#include "app/models/values.hpp"
#include "widgets/tables/delegates.hpp"

namespace qd::app {

inline QVariant wordingData(const Wording& word, int role) {
    if (role == Qt::DisplayRole) return word.text;
    if (role == widgets::StateRole) return int(word.state);
    return {};
}

/// `order` is what it is sorted by; `why` its tooltip.
inline QVariant dueData(const Wording& word, const QVariant& order, const QString& why, int role) {
    if (role == SortRole) return order;
    if (role == Qt::ToolTipRole && !why.isEmpty()) return why;
    return wordingData(word, role);
}

}  // namespace qd::app
