#pragma once
// What stands between a draft and its publication: the state, the checks, two texts of one section,
// reviewers, comments, and what happened so far.

#include <QWidget>
#include <map>

#include "app/models/postmortem_models.hpp"

class QLabel;
class QVBoxLayout;

namespace qd::widgets {
class SectionHeader;
class StatusBadge;
class TableView;
}  // namespace qd::widgets

namespace qd::app {

class ChoiceCard;
class HistoryCard;
class Session;

class ReviewPane : public QWidget {
    Q_OBJECT

public:
    ReviewPane(Session& session, QWidget* parent);
    void show();
    /// Brings the texts of a section that wait for a choice into sight.
    void showChoice(const QString& section);

signals:
    void goTo(const QString& section, int line);

private:
    void makeState();
    void makeFindings();
    void makeReviewers();
    void makeComments();
    void showFindings(const postmortems::View& view);
    void showChoices(const postmortems::View& view);
    widgets::TableView* table(QWidget* parent, QAbstractItemModel* model, const QVector<int>& widths,
                              const QString& name, int rows);

    Session& session_;
    QVBoxLayout* column_;
    QVBoxLayout* choices_;
    std::map<QString, ChoiceCard*> choiceOf_;
    widgets::StatusBadge* state_;
    QLabel* due_;
    FindingModel* findings_;
    widgets::SectionHeader* findingsHead_;
    widgets::TableView* findingTable_;
    QLabel* explanation_;
    ReviewerModel* reviewers_;
    CommentModel* comments_;
    widgets::TableView* commentTable_;
    QLabel* commentText_;
    HistoryCard* history_;
};

}  // namespace qd::app
