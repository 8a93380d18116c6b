#pragma once
// Drag an objective's target, change window, rows and exclusions, and see what its stored history would have
// made of them.

#include <QDialog>
#include <QTimer>
#include <optional>

#include "app/adapters/async.hpp"
#include "app/pages/slos/replayed_alert_model.hpp"
#include "app/pages/slos/what_if.hpp"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QSlider;
class QTableWidget;

namespace qd::widgets {
class ChartGroup;
class TableView;
class TimeSeriesChart;
}  // namespace qd::widgets

namespace qd::app {

class Session;

class WhatIfDialog : public QDialog {
    Q_OBJECT

public:
    WhatIfDialog(Session& session, const QString& slo, QWidget* parent);

    /// As the inputs stand now; what equals the objective's own is not changed.
    WhatIf wanted() const;
    const std::optional<slo::Replay>& result() const { return wouldBe_; }

signals:
    void replayed();

private:
    QWidget* makeInputs(const slo::Objective& objective);
    QWidget* makeRowsInput(const slo::Objective& objective);
    QWidget* makeResults();
    void fillRows(const std::vector<slo::BurnRow>& rows);
    std::optional<std::vector<slo::BurnRow>> rowsOf(QString* problem) const;
    void useRowSet(int index);
    void ask();
    void show();
    core::WallTime from() const;

    Session& session_;
    const slo::Objective objective_;
    QSlider* slider_ = nullptr;
    QDoubleSpinBox* target_ = nullptr;
    QComboBox* window_ = nullptr;
    QComboBox* past_ = nullptr;
    QComboBox* rowSet_ = nullptr;
    QTableWidget* rows_ = nullptr;
    QVector<QPair<QCheckBox*, slo::Exclusion>> exclusions_;
    QLabel* summary_ = nullptr;
    QLabel* limits_ = nullptr;
    widgets::TimeSeriesChart* budget_ = nullptr;
    widgets::TimeSeriesChart* burn_ = nullptr;
    widgets::ChartGroup* group_ = nullptr;
    ReplayedAlertModel* alerts_ = nullptr;
    std::vector<slo::BurnRow> filled_;
    QTimer soon_;
    Latest latestIs_, latestWouldBe_;
    core::WallTime asked_to_{};
    std::optional<slo::Replay> is_, wouldBe_;
    bool filling_ = false;
};

}  // namespace qd::app
