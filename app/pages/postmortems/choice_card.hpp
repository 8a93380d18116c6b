#pragma once
// Two or more texts of one section, side by side: which one is to stand?

#include <QVector>

#include "widgets/tiles/card.hpp"

class QHBoxLayout;
class QLabel;

namespace qd::app {

class ChoiceCard : public widgets::Card {
    Q_OBJECT

public:
    struct Text {
        QString source;  // "In effect: Ada, 14:03:20"
        QString text;
        bool mine = false;  // not saved yet

        bool operator==(const Text&) const = default;
    };

    ChoiceCard(const QString& section, QWidget* parent);
    const QString& section() const { return section_; }
    /// The one in effect first. `readOnly`: why none can be chosen; empty: one can.
    void show(const QString& title, const QVector<Text>& texts, const QString& readOnly);

signals:
    /// The others stay in the history.
    void chosen(const QString& section, const QString& text);

private:
    QString section_;
    QLabel* title_;
    QHBoxLayout* columns_;
    QVector<Text> texts_;
    QString readOnly_;
};

}  // namespace qd::app
