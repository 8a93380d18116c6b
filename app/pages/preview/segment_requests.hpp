#pragma once
// One segment of two paths: every request for it on either side, and what is known of the chosen one, down to
// what the site's processes wrote about it.

#include <optional>

#include "compare/side.hpp"
#include "widgets/tiles/card.hpp"

namespace qd::widgets {
class TableView;
}

namespace qd::app {

class ComparisonAdapter;
class FetchModel;
class RequestDetails;
class Session;

class SegmentRequests : public widgets::Card {
    Q_OBJECT

public:
    SegmentRequests(Session& session, QWidget* parent);

    void showSegment(quint64 sequence);
    void showComparison(const ComparisonAdapter& both);
    FetchModel* model() const { return model_; }
    widgets::TableView* table() const { return table_; }
    RequestDetails* details() const { return details_; }

signals:
    void closeWanted();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    Session& session_;
    std::optional<quint64> sequence_;
    FetchModel* model_;
    widgets::TableView* table_;
    RequestDetails* details_;
};

}  // namespace qd::app
