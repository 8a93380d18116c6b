#include "app/pages/preview/segment_log_panel.hpp"

#include <QMenu>
#include <QPushButton>
#include <QSplitter>

#include "app/pages/preview/request_details.hpp"
#include "app/pages/preview/table_columns.hpp"
#include "app/pages/preview/tool_menus.hpp"
#include "app/shell/session.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/theme/buttons.hpp"
#include "widgets/tiles/empty_state.hpp"
#include "widgets/tiles/section_header.hpp"

namespace qd::app {

using namespace widgets;

SegmentLogPanel::SegmentLogPanel(Session& session, QWidget* parent)
    : Card(parent),
      session_(session),
      head_(new SectionHeader(QStringLiteral("Requests"), {}, this)),
      all_(makeButton(QStringLiteral("Show all"), ButtonKind::Quiet, this)),
      model_(new FetchModel(this)),
      table_(new TableView(this)),
      details_(new RequestDetails(session, this)) {
    head_->addControl(all_);
    body()->setSpacing(space::sm);
    body()->addWidget(head_);
    table_->setModel(model_);
    for (const int column : {FetchModel::Number, FetchModel::At, FetchModel::Level, FetchModel::Attempt,
                             FetchModel::Dns, FetchModel::Connect, FetchModel::Tls, FetchModel::FirstByte,
                             FetchModel::Transfer, FetchModel::Size, FetchModel::Rate})
        table_->setItemDelegateForColumn(column, new NumberDelegate(table_));
    table_->setItemDelegateForColumn(FetchModel::Status, new StatusDelegate(table_));
    columns_ =
        new TableColumns(*table_, session.preferences(),
                         {QStringLiteral("requests"),
                          {44, 72, 140, 96, 92, 44, 164, 64, 76, 76, 76, 80, 72, 72, 100, 84, 108, 76},
                          FetchModel::What,
                          {FetchModel::At, FetchModel::What, FetchModel::Level, FetchModel::Status,
                           FetchModel::Served, FetchModel::FirstByte, FetchModel::Transfer, FetchModel::Size},
                          {FetchModel::Side}});
    auto* choose = makeMenuButton(QStringLiteral("Columns"), this);
    choose->setText(QStringLiteral("Columns"));
    connect(choose->menu(), &QMenu::aboutToShow, this,
            [this, choose] { columns_->fillMenu(choose->menu()); });
    head_->addControl(choose);
    table_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table_->setAccessibleName(QStringLiteral("Requests of the player"));
    auto* split = new QSplitter(Qt::Horizontal, this);
    split->setChildrenCollapsible(false);
    split->setHandleWidth(space::lg);
    split->addWidget(table_);
    split->addWidget(details_);
    split->setStretchFactor(0, 1);
    split->setSizes({800, 328});
    details_->setMinimumWidth(240);
    body()->addWidget(split, 1);
    connect(all_, &QPushButton::clicked, this, [this] {
        setMetric({});
        emit metricCleared();
    });
    connect(table_, &TableView::currentRowChanged, this, [this](const QModelIndex& index) {
        const FetchRow* row = model_->row(index.row());
        details_->showRow(row ? std::optional(*row) : std::nullopt);
    });
    setMetric({});
}

void SegmentLogPanel::setMetric(std::optional<QoeMetric> metric) {
    metric_ = metric;
    all_->setVisible(metric.has_value());
    head_->setSub(metric ? QStringLiteral("Those behind \"%1\".").arg(metricName(*metric))
                         : QStringLiteral("Every attempt, failed ones and left-out segments included."));
    table_->setEmptyContent(
        Icon::Film, metric ? QStringLiteral("No request stands behind \"%1\"").arg(metricName(*metric))
                           : QStringLiteral("No request yet"));
    showPlayer();
}

void SegmentLogPanel::showPlayer() {
    const PlayerAdapter& player = session_.player();
    std::vector<FetchRow> rows = fetchRows(player.fetches(), player.skipped());
    if (metric_) rows = contributing(*metric_, rows, {player.snapshot(), player.stalls()});
    model_->update(std::move(rows));
    if (!table_->currentIndex().isValid()) details_->showRow({});
}

}  // namespace qd::app
