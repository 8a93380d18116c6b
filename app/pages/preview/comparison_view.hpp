#pragma once
// Two paths in step: their pictures, what differs in figures, the segments of both, how alike the pictures
// are, and the verdict that a rollout would take.

#include <QWidget>

class QStackedWidget;

namespace qd::widgets {
class CompareSurface;
class ScorePlot;
}  // namespace qd::widgets

namespace qd::app {

class ComparisonControls;
class ComparisonFigures;
class ComparisonPlot;
class FrameInspector;
class SegmentPairPanel;
class SegmentRequests;
class Session;

class ComparisonView : public QWidget {
    Q_OBJECT

public:
    ComparisonView(Session& session, QWidget* parent);

    void showComparison();
    /// In the place of the verdict; and back.
    void toggleInspector();
    widgets::CompareSurface* pictures() const { return pictures_; }
    widgets::ScorePlot* plot() const;

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makePictures();
    QWidget* makeSide();
    QWidget* makeVerdict();
    void showSide();
    void backToVerdict();
    void wire();
    void fitOutput();
    void showPictures();

    Session& session_;
    widgets::CompareSurface* pictures_ = nullptr;
    ComparisonControls* controls_ = nullptr;
    ComparisonFigures* figures_ = nullptr;
    SegmentPairPanel* segments_ = nullptr;
    ComparisonPlot* plot_ = nullptr;
    QStackedWidget* side_ = nullptr;
    FrameInspector* inspector_ = nullptr;
    SegmentRequests* requests_ = nullptr;
};

}  // namespace qd::app
