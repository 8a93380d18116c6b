#pragma once
// Two paths in step: their pictures, what differs in figures, how alike the pictures are, and the verdict
// that a rollout would take.

#include <QVector>
#include <QWidget>

#include "app/pages/preview/comparison_values.hpp"

class QButtonGroup;
class QGridLayout;
class QLabel;
class QPushButton;
class QSlider;
class QToolButton;

namespace qd::widgets {
class CompareSurface;
class ScorePlot;
class ScrubBar;
class StatusBadge;
class TableView;
}  // namespace qd::widgets

namespace qd::app {

class SegmentPairModel;
class Session;

class ComparisonView : public QWidget {
    Q_OBJECT

public:
    ComparisonView(Session& session, QWidget* parent);

    void showComparison();
    void fitOutput();
    widgets::CompareSurface* pictures() const { return pictures_; }
    widgets::ScorePlot* plot() const { return plot_; }

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makePictures();
    QWidget* makeControls(QWidget* parent);
    QWidget* makeFigures();
    QWidget* makePlot();
    void showPictures();
    void showFigures();
    void showScores();
    void showSegments();
    void fillNetworks();

    Session& session_;
    widgets::CompareSurface* pictures_ = nullptr;
    QToolButton* play_ = nullptr;
    widgets::ScrubBar* scrub_ = nullptr;
    QLabel* position_ = nullptr;
    QButtonGroup* modes_ = nullptr;
    QPushButton* audible_ = nullptr;
    QPushButton* network_ = nullptr;
    QSlider* gain_ = nullptr;
    QGridLayout* deltas_ = nullptr;
    QVector<QVector<QLabel*>> cells_;  // by row: name, a, b
    QVector<widgets::StatusBadge*> changes_;
    QLabel* nameA_ = nullptr;
    QLabel* nameB_ = nullptr;
    QLabel* offset_ = nullptr;
    QLabel* scored_ = nullptr;
    QLabel* notices_ = nullptr;
    SegmentPairModel* segments_ = nullptr;
    widgets::TableView* segmentTable_ = nullptr;
    widgets::StatusBadge* verdict_ = nullptr;
    QLabel* verdictText_ = nullptr;
    widgets::ScorePlot* plot_ = nullptr;
    quint64 shownScore_ = 0;
};

}  // namespace qd::app
