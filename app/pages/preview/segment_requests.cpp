#include "app/pages/preview/segment_requests.hpp"

#include <QHeaderView>
#include <QKeyEvent>
#include <QToolButton>

#include "app/models/fetch_model.hpp"
#include "app/models/values.hpp"
#include "app/pages/preview/request_details.hpp"
#include "app/shell/session.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/theme/buttons.hpp"
#include "widgets/tiles/section_header.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr int kSegmentTableHeight = 150;
constexpr std::pair<int, int> kSegmentColumns[] = {
    {FetchModel::Side, 76}, {FetchModel::What, 0}, {FetchModel::Status, 84}, {FetchModel::FirstByte, 80}};

}  // namespace

SegmentRequests::SegmentRequests(Session& session, QWidget* parent)
    : Card(QStringLiteral("Segment"), parent),
      session_(session),
      model_(new FetchModel(this)),
      table_(new TableView(this)),
      details_(new RequestDetails(session, this)) {
    auto* close = makeIconButton(Icon::Close, QStringLiteral("Back to the verdict (Escape)"), this);
    connect(close, &QToolButton::clicked, this, &SegmentRequests::closeWanted);
    header()->addControl(close);
    body()->setSpacing(space::sm);
    table_->setModel(model_);
    QVector<int> widths(FetchModel::ColumnCount, 80);
    for (int column = 0; column < FetchModel::ColumnCount; ++column) table_->setColumnHidden(column, true);
    int place = 0;
    for (const auto& [column, width] : kSegmentColumns) {
        widths[column] = width;
        table_->setColumnHidden(column, false);
        table_->horizontalHeader()->moveSection(table_->horizontalHeader()->visualIndex(column), place++);
    }
    table_->setColumnLayout(widths);
    table_->setItemDelegateForColumn(FetchModel::Status, new StatusDelegate(table_));
    table_->setItemDelegateForColumn(FetchModel::FirstByte, new NumberDelegate(table_));
    table_->setFixedHeight(kSegmentTableHeight);
    table_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    table_->setAccessibleName(QStringLiteral("Requests for the segment on both sides"));
    table_->setEmptyContent(Icon::Film, QStringLiteral("No request for it is kept any more"));
    body()->addWidget(table_);
    body()->addWidget(details_, 1);
    connect(table_, &TableView::currentRowChanged, this, [this](const QModelIndex& index) {
        const FetchRow* row = model_->row(index.row());
        details_->showRow(row ? std::optional(*row) : std::nullopt);
    });
}

void SegmentRequests::showSegment(quint64 sequence) {
    sequence_ = sequence;
    header()->setTitle(QStringLiteral("Segment %1").arg(sequence));
    showComparison(session_.comparison());
    if (model_->rowCount() > 0) table_->setCurrentIndex(model_->index(0, FetchModel::What));
    table_->setFocus();
}

void SegmentRequests::showComparison(const ComparisonAdapter& both) {
    if (!sequence_) return;
    std::vector<FetchRow> rows;
    for (const compare::Side side : compare::sides) {
        auto all = fetchRows(both.fetches(side), both.skipped(side));
        // In the order in which they were sent: a second attempt below the first.
        for (auto row = all.rbegin(); row != all.rend(); ++row) {
            const bool asked = row->record.kind == player::FetchKind::segment;
            if (row->skipped ? row->skipped->segment.sequence != *sequence_
                             : !asked || row->record.sequence != *sequence_)
                continue;
            row->side = str(both.snapshot().side[side].name);
            rows.push_back(std::move(*row));
        }
    }
    const bool fresh = model_->rowCount() == 0 && !rows.empty();
    model_->update(std::move(rows));
    if (fresh) table_->setCurrentIndex(model_->index(0, FetchModel::What));
    if (!table_->currentIndex().isValid()) details_->showRow({});
}

void SegmentRequests::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) return emit closeWanted();
    Card::keyPressEvent(event);
}

}  // namespace qd::app
