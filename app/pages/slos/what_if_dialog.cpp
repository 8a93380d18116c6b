#include "app/pages/slos/what_if_dialog.hpp"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QSlider>
#include <QTableWidget>
#include <QVBoxLayout>
#include <cmath>

#include "app/models/values.hpp"
#include "app/pages/slos/happenings.hpp"
#include "app/pages/slos/slo_actions.hpp"
#include "app/shell/session.hpp"
#include "slo/interchange/row_sets.hpp"
#include "widgets/charts/chart_group.hpp"
#include "widgets/charts/time_series_chart.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/theme/buttons.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/labels.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr int kInputsWidth = 400, kReplayPoints = 900, kSettleMs = 120;
const QStringList kRowHeads{QStringLiteral("Short s"), QStringLiteral("Long s"), QStringLiteral("Factor"),
                            QStringLiteral("Events"), QStringLiteral("Bad")};

slo::Objective objectiveOf(Session& session, const QString& id) {
    const slo::Status* status = session.slos().find(id);
    return status ? status->objective : slo::Objective{};
}

QVector<QPointF> remainingOf(const slo::Replay& replay) {
    QVector<QPointF> points;
    for (const slo::ReplayPoint& point : replay.points)
        if (point.remaining)
            points.append(
                {double(msOf(point.at) + replay.step_s * 1000), point.lowest.value_or(*point.remaining)});
    return points;
}

QVector<QPointF> burnOf(const slo::Replay& replay) {
    QVector<QPointF> points;
    for (const slo::ReplayPoint& point : replay.points)
        points.append({double(msOf(point.at)), number(point.burn)});
    return points;
}

}  // namespace

WhatIfDialog::WhatIfDialog(Session& session, const QString& slo, QWidget* parent)
    : QDialog(parent), session_(session), objective_(objectiveOf(session, slo)) {
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(QStringLiteral("What if"));
    resize(1160, 720);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::xl, space::xl, space::xl, space::lg);
    column->setSpacing(space::lg);
    column->addWidget(makeLabel(QStringLiteral("What if: %1").arg(str(objective_.title)), Type::Title,
                                Weight::Semibold, false, this));
    auto* row = new QHBoxLayout;
    row->setSpacing(space::xl);
    row->addWidget(makeInputs(objective_));
    row->addWidget(makeResults(), 1);
    column->addLayout(row, 1);
    auto* close = makeButton(QStringLiteral("Close"), ButtonKind::Plain, this);
    close->setAutoDefault(false);
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    column->addWidget(close, 0, Qt::AlignRight);
    soon_.setSingleShot(true);
    soon_.setInterval(kSettleMs);
    connect(&soon_, &QTimer::timeout, this, &WhatIfDialog::ask);
    slider_->setFocus();
    ask();
}

QWidget* WhatIfDialog::makeInputs(const slo::Objective& objective) {
    auto* box = new QWidget(this);
    box->setFixedWidth(kInputsWidth);
    auto* form = new QFormLayout(box);
    form->setContentsMargins(0, 0, 0, 0);
    form->setVerticalSpacing(space::md);
    form->setHorizontalSpacing(space::lg);
    form->setRowWrapPolicy(QFormLayout::WrapLongRows);
    const auto changed = [this] {
        if (!filling_) soon_.start();
    };

    slider_ = new QSlider(Qt::Horizontal, box);
    slider_->setRange(0, kTargetSteps);
    slider_->setPageStep(kTargetSteps / 4);
    slider_->setAccessibleName(QStringLiteral("Target, on a scale of nines"));
    target_ = new QDoubleSpinBox(box);
    target_->setRange(50, 99.9999);
    target_->setDecimals(4);
    target_->setSuffix(QStringLiteral(" %"));
    target_->setAccessibleName(QStringLiteral("Target in percent"));
    target_->setValue(objective.target * 100);
    slider_->setValue(positionOf(objective.target));
    connect(slider_, &QSlider::valueChanged, this,
            [this](int position) { target_->setValue(targetAt(position) * 100); });
    connect(target_, &QDoubleSpinBox::valueChanged, this, [this, changed](double percent) {
        const QSignalBlocker quiet(slider_);
        slider_->setValue(positionOf(percent / 100));
        changed();
    });
    auto* target = new QHBoxLayout;
    target->addWidget(slider_, 1);
    target->addWidget(target_);
    form->addRow(QStringLiteral("Target"), target);

    window_ = new QComboBox(box);
    if (objective.calendar)
        window_->addItem(QStringLiteral("This %1").arg(str(slo::to_string(objective.calendar->period))), 0);
    for (const std::int64_t length : windowsToTry(objective.window_s))
        window_->addItem(spanOf(double(length)), qlonglong(length));
    window_->setCurrentIndex(objective.calendar ? 0 : window_->findData(qlonglong(objective.window_s)));
    connect(window_, &QComboBox::currentIndexChanged, this, changed);
    form->addRow(QStringLiteral("Window"), window_);

    past_ = new QComboBox(box);
    for (const std::int64_t length : {900, 3'600, 6 * 3'600, 86'400, 7 * 86'400, 28 * 86'400})
        past_->addItem(QStringLiteral("the last %1").arg(spanOf(double(length))), qlonglong(length));
    past_->setCurrentIndex(1);
    connect(past_, &QComboBox::currentIndexChanged, this, [this, changed] {
        is_.reset();
        changed();
    });
    form->addRow(QStringLiteral("Replay"), past_);
    form->addRow(makeRowsInput(objective));
    for (const slo::Exclusion& exclusion : session_.exclusions().exclusions()) {
        if (!exclusion.concerns(objective.id)) continue;
        auto* check = new QCheckBox(QStringLiteral("Leave out %1: %2")
                                        .arg(formatClock(msOf(exclusion.from), false), str(exclusion.reason)),
                                    box);
        check->setChecked(true);
        connect(check, &QCheckBox::toggled, this, changed);
        exclusions_.append({check, exclusion});
        form->addRow(check);
    }
    return box;
}

QWidget* WhatIfDialog::makeRowsInput(const slo::Objective& objective) {
    auto* box = new QWidget(this);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::sm);
    auto* head = new QHBoxLayout;
    head->addWidget(makeLabel(QStringLiteral("Burn rows"), Type::Body, Weight::Medium, false, box), 1);
    rowSet_ = new QComboBox(box);
    rowSet_->addItems({QStringLiteral("As they are"), QStringLiteral("Google's set"),
                       QStringLiteral("Pyrra's set"), QStringLiteral("My own")});
    rowSet_->setAccessibleName(QStringLiteral("Set of burn rows"));
    connect(rowSet_, &QComboBox::activated, this, &WhatIfDialog::useRowSet);
    head->addWidget(rowSet_);
    column->addLayout(head);
    rows_ = new QTableWidget(0, int(kRowHeads.size()), box);
    rows_->setHorizontalHeaderLabels(kRowHeads);
    rows_->verticalHeader()->hide();
    rows_->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    rows_->setShowGrid(false);
    rows_->setFrameShape(QFrame::NoFrame);
    rows_->setToolTip(
        QStringLiteral("Double click or F2 changes a cell; an empty factor leaves the row out"));
    rows_->setAccessibleName(QStringLiteral("Burn rows to try"));
    rows_->setMinimumHeight(5 * tableRowHeight);
    connect(rows_, &QTableWidget::cellChanged, this, [this] {
        if (filling_) return;
        rowSet_->setCurrentIndex(3);
        soon_.start();
    });
    column->addWidget(rows_);
    fillRows(objective.rows);
    return box;
}

QWidget* WhatIfDialog::makeResults() {
    auto* box = new QWidget(this);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::md);
    summary_ = makeLabel(QStringLiteral("Replaying…"), Type::Lead, Weight::Medium, false, box);
    summary_->setWordWrap(true);
    column->addWidget(summary_);
    budget_ = new TimeSeriesChart(QStringLiteral("Error budget left"), box);
    budget_->setUnit(Unit::Percent);
    budget_->setSeries({{"is", "as it is", Token::Neutral, {}, true, false, false},
                        {"if", "what if", Token::Series2, {}, false, true, false}});
    budget_->setThresholds({{0.0, QStringLiteral("Spent"), Token::Bad}});
    budget_->setYFitted(std::nullopt, 1.0, 0.5);
    burn_ = new TimeSeriesChart(QStringLiteral("Burn rate"), box);
    burn_->setUnit(Unit::Factor);
    burn_->setSeries({{"is", "as it is", Token::Neutral, {}, true, false, false, true},
                      {"if", "what if", Token::Series6, {}, false, false, false, true}});
    group_ = new ChartGroup(this);
    for (TimeSeriesChart* chart : {budget_, burn_}) {
        chart->setMinimumHeight(150);
        group_->add(chart);
        column->addWidget(chart, 1);
    }
    alerts_ = new ReplayedAlertModel(this);
    auto* table = new TableView(box);
    table->setModel(alerts_);
    for (const int right : {ReplayedAlertModel::Lasted, ReplayedAlertModel::Bad, ReplayedAlertModel::Share})
        table->setItemDelegateForColumn(right, new NumberDelegate(table));
    table->setColumnLayout({130, 90, 0, 120, 90});
    table->setEmptyContent(Icon::Ok, QStringLiteral("No alert would have fired"));
    table->setAccessibleName(QStringLiteral("Alerts that would have fired"));
    column->addWidget(table, 1);
    limits_ = makeMutedLabel({}, Type::Small, box);
    limits_->setWordWrap(true);
    column->addWidget(limits_);
    return box;
}

void WhatIfDialog::fillRows(const std::vector<slo::BurnRow>& rows) {
    filling_ = true;
    filled_ = rows;
    rows_->setRowCount(int(rows.size()));
    for (int i = 0; i < int(rows.size()); ++i) {
        const slo::BurnRow& row = rows[std::size_t(i)];
        const QStringList cells{QString::number(row.short_s), QString::number(row.long_s),
                                QString::number(row.factor, 'g', 6), QString::number(row.min_events),
                                QString::number(row.min_bad)};
        for (int c = 0; c < cells.size(); ++c) {
            auto* item = new QTableWidgetItem(cells[c]);
            item->setTextAlignment(Qt::AlignCenter);
            rows_->setItem(i, c, item);
        }
    }
    filling_ = false;
}

void WhatIfDialog::useRowSet(int index) {
    using slo::interchange::RowSet;
    const double target = target_->value() / 100;
    const std::int64_t chosen = window_->currentData().toLongLong();
    const std::int64_t window = chosen > 0 ? chosen : objective_.window_s;
    if (index == 0) fillRows(objective_.rows);
    if (index == 1 || index == 2)
        fillRows(slo::interchange::scaled_rows(index == 1 ? RowSet::google : RowSet::pyrra, window, target,
                                               objective_.indicator));
    soon_.start();
}

std::optional<std::vector<slo::BurnRow>> WhatIfDialog::rowsOf(QString* problem) const {
    std::vector<slo::BurnRow> rows;
    for (int i = 0; i < rows_->rowCount(); ++i) {
        const auto cell = [&](int column) { return rows_->item(i, column)->text().trimmed(); };
        if (cell(2).isEmpty()) continue;
        slo::BurnRow row = filled_[std::size_t(i)];
        bool good[5] = {};
        row.short_s = cell(0).toLongLong(&good[0]);
        row.long_s = cell(1).toLongLong(&good[1]);
        row.factor = cell(2).toDouble(&good[2]);
        row.min_events = cell(3).toULongLong(&good[3]);
        row.min_bad = cell(4).toULongLong(&good[4]);
        for (int c = 0; c < 5; ++c)
            if (!good[c]) {
                *problem = QStringLiteral("Row %1: \"%2\" is no number").arg(i + 1).arg(cell(c).left(20));
                return std::nullopt;
            }
        rows.push_back(row);
    }
    return rows;
}

WhatIf WhatIfDialog::wanted() const {
    WhatIf wanted;
    const double target = target_->value() / 100;
    if (std::abs(target - objective_.target) > 1e-9) wanted.target = target;
    const std::int64_t window = window_->currentData().toLongLong();
    if (window > 0 && (objective_.calendar || window != objective_.window_s)) wanted.window_s = window;
    QString problem;
    const auto rows = rowsOf(&problem);
    if (rows && *rows != objective_.rows) wanted.rows = rows;
    bool all = true;
    std::vector<slo::Exclusion> kept;
    for (const auto& [check, exclusion] : exclusions_) {
        all = all && check->isChecked();
        if (check->isChecked()) kept.push_back(exclusion);
    }
    if (!all) wanted.excluded = slo::excluded_spans(kept, objective_.id);
    return wanted;
}

core::WallTime WhatIfDialog::from() const {
    return asked_to_ - std::chrono::seconds(past_->currentData().toLongLong());
}

void WhatIfDialog::ask() {
    QString problem;
    if (!rowsOf(&problem)) {
        summary_->setText(problem);
        return;
    }
    opsclient::Client* client = session_.link().client();
    if (!client) {
        summary_->setText(QStringLiteral("There is no connection to the site."));
        return;
    }
    // One end for both, so that they speak of the same time.
    if (!is_) {
        asked_to_ = session_.link().clock().now();
        client->slo_replay(objective_.id, WhatIf{}.request(from(), asked_to_, kReplayPoints),
                           latestIs_.ask<slo::Replay>(this, [this](core::Result<slo::Replay> replay) {
                               if (!replay) return summary_->setText(str(replay.error().message));
                               is_ = std::move(*replay);
                               show();
                           }));
    }
    client->slo_replay(objective_.id, wanted().request(from(), asked_to_, kReplayPoints),
                       latestWouldBe_.ask<slo::Replay>(this, [this](core::Result<slo::Replay> replay) {
                           if (!replay) return summary_->setText(str(replay.error().message));
                           wouldBe_ = std::move(*replay);
                           show();
                       }));
}

void WhatIfDialog::show() {
    if (!is_ || !wouldBe_) return;
    summary_->setText(comparison(*is_, *wouldBe_));
    limits_->setText(limitsOf(*wouldBe_).join(QLatin1Char('\n')));
    limits_->setVisible(!wouldBe_->limits.empty());
    group_->setFixedRange(double(msOf(from())), double(msOf(asked_to_)));
    const double gap = double(std::max<std::int64_t>(15, wouldBe_->step_s * 4)) * 1000;
    for (TimeSeriesChart* chart : {budget_, burn_}) chart->setGapAfter(gap);
    budget_->setPoints(QStringLiteral("is"), remainingOf(*is_));
    budget_->setPoints(QStringLiteral("if"), remainingOf(*wouldBe_));
    burn_->setPoints(QStringLiteral("is"), burnOf(*is_));
    burn_->setPoints(QStringLiteral("if"), burnOf(*wouldBe_));
    QVector<Mark> marks;
    for (const slo::ReplayedAlert& one : wouldBe_->alerts)
        marks.append(
            {double(msOf(one.alert.started_at)), MarkKind::Alert, QStringLiteral("would have fired"), {}});
    group_->setMarks(marks);
    group_->align();
    alerts_->update(wouldBe_->alerts);
    emit replayed();
}

}  // namespace qd::app
