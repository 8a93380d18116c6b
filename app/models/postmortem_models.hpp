#pragma once
// Tables of the post-mortem page.

#include <vector>

#include "app/models/keyed_table_model.hpp"
#include "app/models/values.hpp"
#include "postmortems/view.hpp"

namespace qd::app {

Wording wordOf(postmortems::ReviewState state);
Wording wordOf(postmortems::Verdict verdict);
Wording wordOf(postmortems::ActionState state);

/// "2 d overdue", "due in 5 h", "no due date"; `over` says that nothing is due any more.
Wording dueWord(const std::optional<core::WallTime>& at, bool over, core::WallTime now);
/// Of an ISO date: it is overdue once that day (UTC) has passed.
Wording dueWord(const postmortems::Action& action, core::WallTime now);

/// A row with what it was at the time it was told, so that a due date that passes is a change.
struct PostmortemRow {
    postmortems::Listing listing;
    Wording due;

    bool operator==(const PostmortemRow&) const = default;
};

class PostmortemModel : public KeyedTableModel<PostmortemRow> {
public:
    enum ColumnIndex : int { Incident, State, Due, ColumnCount };
    explicit PostmortemModel(QObject* parent = nullptr);
    void show(const std::vector<postmortems::Listing>& listings, core::WallTime now);
};

/// A finding, numbered: two may say the same of one section.
struct FindingRow {
    int number = 0;
    postmortems::Finding finding;

    bool operator==(const FindingRow&) const = default;
};

class FindingModel : public KeyedTableModel<FindingRow> {
public:
    enum ColumnIndex : int { Weight, Section, Problem, ColumnCount };
    explicit FindingModel(QObject* parent = nullptr);
    /// Those that keep it from being published first.
    void show(const std::vector<postmortems::Finding>& findings);
};

/// Whom the draft was shown to.
class ReviewerModel : public KeyedTableModel<postmortems::Reviewer> {
public:
    enum ColumnIndex : int { Verdict, Person, Text, ColumnCount };
    explicit ReviewerModel(QObject* parent = nullptr);
};

/// Those that wait first, the oldest first.
class CommentModel : public KeyedTableModel<postmortems::Comment> {
public:
    enum ColumnIndex : int { State, Section, Text, By, ColumnCount };
    explicit CommentModel(QObject* parent = nullptr);
    void show(std::vector<postmortems::Comment> comments);
};

/// What was saved and decided, the newest first.
class HistoryModel : public KeyedTableModel<postmortems::HistoryEntry> {
public:
    enum ColumnIndex : int { At, What, Actor, ColumnCount };
    explicit HistoryModel(QObject* parent = nullptr);
};

}  // namespace qd::app
