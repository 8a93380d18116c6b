#pragma once
// The segments of two paths, each once: when its first byte came on either side.

#include "widgets/tiles/card.hpp"

namespace qd::widgets {
class TableView;
}

namespace qd::app {

class ComparisonAdapter;
class SegmentPairModel;

class SegmentPairPanel : public widgets::Card {
    Q_OBJECT

public:
    explicit SegmentPairPanel(QWidget* parent);

    void showComparison(const ComparisonAdapter& both);
    SegmentPairModel* model() const { return model_; }
    widgets::TableView* table() const { return table_; }

signals:
    /// Its requests are wanted, of both sides.
    void segmentOpened(quint64 sequence);

private:
    void open(int row);

    SegmentPairModel* model_;
    widgets::TableView* table_;
};

}  // namespace qd::app
