#pragma once
#include <QVector>
#include <QWidget>

#include "widgets/theme/spoken.hpp"

class QPainter;

namespace qd::widgets {

enum class StepState { Pending, Current, Paused, Done, Failed, Skipped };

struct TrackStep {
    QString title;   // "10 %", "Pause", "Analysis"
    QString detail;  // "1 min 20 s of 2 min", "until resumed"
    StepState state = StepState::Pending;
    double progress = qQNaN();  // 0..1 within the current step; NaN: not known
};

// The steps of a rollout from left to right, the current one open, with durations below. Arrow keys move a
// selection for the details; stepSelected() tells which.
class StepTrack : public QWidget, public Spoken {
    Q_OBJECT
public:
    explicit StepTrack(QWidget* parent = nullptr);
    void setSteps(const QVector<TrackStep>& steps);
    const QVector<TrackStep>& steps() const { return steps_; }
    int current() const;  // index of the Current, Paused or Failed step, -1: none
    int selected() const { return selected_; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    QAccessible::Role spokenRole() const override { return QAccessible::List; }
    QString spokenText() const override;

signals:
    void stepSelected(int index);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    QRectF cell(int index) const;
    void select(int index);
    void paintStep(QPainter& painter, int index) const;

    QVector<TrackStep> steps_;
    int selected_ = -1;
};

}  // namespace qd::widgets
