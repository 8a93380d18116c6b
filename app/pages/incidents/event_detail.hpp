#pragma once
// Everything there is to know of one event of the journal: who told it, when it happened and when it was
// written, what it said before, where hands crossed, its frozen evidence or its attached file.

#include <QScrollArea>

#include "app/models/journal_model.hpp"
#include "widgets/timeline/timeline_item.hpp"

class QLabel;
class QPushButton;

namespace qd::widgets {
class TimeSeriesChart;
}

namespace qd::app {

class ActionRegistry;

class EventDetail : public QScrollArea {
    Q_OBJECT

public:
    EventDetail(ActionRegistry& actions, QWidget* parent);

    /// 0, or a seq that the model does not have: says what to do.
    void setEvent(const JournalModel& model, std::uint64_t seq);

    /// What was measured, and is in no journal.
    void setMeasured(const widgets::TimelineItem& item);

signals:
    void viewWanted(const qd::incidents::Event& attachment);
    void saveWanted(const qd::incidents::Event& attachment);

private:
    void showEvidence(const incidents::Event& event);
    void showAttachment(const incidents::Event& event);

    QLabel* title_;
    QLabel* meta_;
    QLabel* text_;
    QLabel* history_;
    widgets::TimeSeriesChart* chart_;
    QWidget* file_;
    QLabel* fileText_;
    QPushButton* view_;
    QPushButton* save_;
    QWidget* actions_;
    QPushButton* pin_;
    incidents::Event shown_;
};

}  // namespace qd::app
