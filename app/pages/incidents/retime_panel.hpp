#pragma once
// What moving a milestone would come to, while it is being moved.

#include <QFrame>

#include "app/pages/incidents/retime.hpp"

class QLabel;

namespace qd::app {

/// "MTTD 1 min 20 s → 40 s", a line each that changes; or why it is refused. Plain text.
QString retimeText(const RetimePreview& preview);

class RetimePanel : public QFrame {
    Q_OBJECT

public:
    explicit RetimePanel(QWidget* parent = nullptr);
    void showMove(MilestoneKind kind, core::WallTime from, core::WallTime to, const RetimePreview& preview);

private:
    QLabel* what_;
    QLabel* measures_;
    QLabel* next_;
};

}  // namespace qd::app
