#pragma once
// What is known of the very frame on the screen.

#include <QVector>

#include "widgets/tiles/card.hpp"

class QFormLayout;
class QLabel;

namespace qd::app {

class PlayerAdapter;

class FrameInspector : public widgets::Card {
    Q_OBJECT

public:
    explicit FrameInspector(QWidget* parent);
    void showPlayer(const PlayerAdapter& player);
    /// The value beside a name, for tests and for screen readers alike.
    QString value(const QString& name) const;

signals:
    void closeWanted();

private:
    QFormLayout* lines_;
    QVector<QLabel*> names_, values_;
    QLabel* none_;
};

}  // namespace qd::app
