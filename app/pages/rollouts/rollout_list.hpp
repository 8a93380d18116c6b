#pragma once
// All rollouts, narrowed by words and sorted by any column; choosing one shows it in the rest of the page.

#include "rollouts/rollout.hpp"
#include "widgets/tiles/card.hpp"

class QLabel;

namespace qd::widgets {
class FilterField;
class TableView;
}  // namespace qd::widgets

namespace qd::app {

class Preferences;
class RolloutModel;

class RolloutList : public widgets::Card {
    Q_OBJECT

public:
    /// `page` is the one whose "/" its filter answers.
    RolloutList(Preferences& preferences, QWidget* page, QWidget* parent);
    widgets::FilterField* filter() const { return filter_; }
    widgets::TableView* table() const { return table_; }
    void setRollouts(const std::vector<rollouts::Rollout>& rollouts);
    /// Marks it as the one that is shown; chosen() is not told.
    void select(const QString& id);

signals:
    void chosen(const QString& id);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    class Filter;
    void showCount();

    RolloutModel* model_;
    Filter* shown_;
    widgets::TableView* table_;
    widgets::FilterField* filter_;
    QLabel* count_;
    bool selecting_ = false;
};

}  // namespace qd::app
