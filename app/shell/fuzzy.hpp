#pragma once
// Fuzzy match of what was typed against a title, for the command palette. Pure.

#include <QString>
#include <QVector>
#include <optional>

namespace qd::app {

struct FuzzyMatch {
    int score = 0;           // higher is better
    QVector<int> positions;  // of the matched characters in the text, ascending
};

/// Every character of `pattern` (blanks left out) in order, ignoring case; nothing when one is missing.
/// Beginnings of words, runs and an early first hit score higher, so that "ra" finds "Rollout: abort" ahead
/// of "Operator". An empty pattern matches everything with score 0.
std::optional<FuzzyMatch> fuzzyMatch(const QString& pattern, const QString& text);

}  // namespace qd::app
