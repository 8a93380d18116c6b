#pragma once
// Every request of the player and every segment it had to leave out, narrowed to those behind a number when
// one is chosen; details of the one that is chosen beside it.

#include <optional>

#include "app/pages/preview/qoe_lines.hpp"
#include "widgets/tiles/card.hpp"

class QPushButton;

namespace qd::widgets {
class SectionHeader;
class TableView;
}  // namespace qd::widgets

namespace qd::app {

class RequestDetails;
class Session;
class TableColumns;

class SegmentLogPanel : public widgets::Card {
    Q_OBJECT

public:
    SegmentLogPanel(Session& session, QWidget* parent);

    void showPlayer();
    /// Nothing: all of them.
    void setMetric(std::optional<QoeMetric> metric);
    FetchModel* model() const { return model_; }
    widgets::TableView* table() const { return table_; }
    RequestDetails* details() const { return details_; }
    TableColumns* columns() const { return columns_; }

signals:
    void metricCleared();

private:
    Session& session_;
    std::optional<QoeMetric> metric_;
    widgets::SectionHeader* head_;
    QPushButton* all_;
    FetchModel* model_;
    widgets::TableView* table_;
    TableColumns* columns_ = nullptr;
    RequestDetails* details_;
};

}  // namespace qd::app
