#pragma once
// What is known of the very frame on the screen, or of both in a comparison, side by side.

#include <QStringList>
#include <QVector>
#include <optional>

#include "decode/frame_info.hpp"
#include "player/session.hpp"
#include "widgets/tiles/card.hpp"

class QGridLayout;
class QLabel;

namespace qd::app {

struct InspectedFrame {
    QString name;  // of the side; empty for a player alone
    std::optional<decode::FrameInfo> info;
    player::PresentationInfo presentation;
};

class FrameInspector : public widgets::Card {
    Q_OBJECT

public:
    explicit FrameInspector(QWidget* parent);
    void showFrames(const QVector<InspectedFrame>& frames);
    /// The value beside a name, for tests and for screen readers alike.
    QString value(const QString& name, int frame = 0) const;

signals:
    void closeWanted();

private:
    struct Line {
        QLabel* name;
        QVector<QLabel*> values;
    };
    void showLine(qsizetype at, const QString& name, const QStringList& values, const QStringList& sides);

    QGridLayout* grid_;
    QVector<Line> lines_;
    QLabel* none_;
};

}  // namespace qd::app
