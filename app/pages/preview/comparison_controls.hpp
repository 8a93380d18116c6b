#pragma once
// Below the two pictures: where they are, how they are shown, whose sound is heard, and what can be asked.

#include <QWidget>

#include "widgets/video/compare_surface.hpp"

class QButtonGroup;
class QHBoxLayout;
class QLabel;
class QPushButton;
class QSlider;
class QToolButton;

namespace qd::widgets {
class LiveButton;
class ScrubBar;
}  // namespace qd::widgets

namespace qd::app {

class ComparisonAdapter;
class Session;

class ComparisonControls : public QWidget {
    Q_OBJECT

public:
    ComparisonControls(Session& session, QWidget* parent);

    /// What is in force; asks nothing.
    void showComparison(const ComparisonAdapter& both);
    void setMode(widgets::CompareMode mode);
    widgets::ScrubBar* scrubBar() const { return scrub_; }

signals:
    void gainChosen(int gain);

private:
    QHBoxLayout* makeTransport();
    QHBoxLayout* makeModes();
    QHBoxLayout* makeTools();
    void fillNetworks();
    void showTransport(const ComparisonAdapter& both);
    void showTools(const ComparisonAdapter& both);

    Session& session_;
    QToolButton* play_ = nullptr;
    widgets::ScrubBar* scrub_ = nullptr;
    QLabel* position_ = nullptr;
    widgets::LiveButton* live_ = nullptr;
    QButtonGroup* modes_ = nullptr;
    QSlider* gain_ = nullptr;
    QPushButton* audible_ = nullptr;
    QPushButton* subtitles_ = nullptr;
    QPushButton* network_ = nullptr;
};

}  // namespace qd::app
