#include "app/pages/preview/segment_pair_panel.hpp"

#include <algorithm>

#include "app/adapters/comparison_adapter.hpp"
#include "app/models/segment_pair_model.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/tiles/section_header.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr std::size_t kMostSegments = 60;
constexpr int kLeastTableHeight = 88;

}  // namespace

SegmentPairPanel::SegmentPairPanel(QWidget* parent)
    : Card(QStringLiteral("Segments"), parent),
      model_(new SegmentPairModel(this)),
      table_(new TableView(this)) {
    header()->setToolTip(QStringLiteral("Return, or a click, opens both sides' requests"));
    table_->setAccessibleDescription(header()->toolTip());
    body()->setSpacing(space::sm);
    table_->setModel(model_);
    for (int column = 0; column < SegmentPairModel::ColumnCount; ++column)
        table_->setItemDelegateForColumn(column, new NumberDelegate(table_));
    table_->setColumnLayout({72, 120, 84, 0});
    table_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    table_->setAccessibleName(QStringLiteral("First byte of each segment on both sides"));
    table_->setEmptyContent(Icon::Film, QStringLiteral("No segment yet"), {});
    table_->setMinimumHeight(kLeastTableHeight);
    body()->addWidget(table_, 1);
    connect(table_, &TableView::rowActivated, this, [this](const QModelIndex& index) { open(index.row()); });
    connect(table_, &QAbstractItemView::clicked, this,
            [this](const QModelIndex& index) { open(index.row()); });
}

void SegmentPairPanel::open(int row) {
    if (const SegmentPair* pair = model_->row(row)) emit segmentOpened(pair->row.sequence);
}

void SegmentPairPanel::showComparison(const ComparisonAdapter& both) {
    std::vector<SegmentPair> rows;
    for (const compare::SegmentRow& row : both.segments()) rows.push_back({row});
    std::reverse(rows.begin(), rows.end());  // the newest on top
    if (rows.size() > kMostSegments) rows.resize(kMostSegments);
    model_->update(std::move(rows));
}

}  // namespace qd::app
