#pragma once
#include <QFrame>
#include <QVBoxLayout>

#include "widgets/theme/tokens.hpp"

namespace qd::widgets {

class SectionHeader;

// A quiet surface with a hairline border that groups what belongs together. Add content to body().
class Card : public QFrame {
    Q_OBJECT
public:
    explicit Card(QWidget* parent = nullptr);
    // With a SectionHeader on top.
    explicit Card(const QString& title, QWidget* parent = nullptr);

    QVBoxLayout* body() const { return body_; }
    // Null without a title.
    SectionHeader* header() const { return header_; }
    // A strip of colour at the left edge for cards that need attention; Neutral takes it away.
    void setState(State state);
    // Makes the card a button: hover, focus ring, activated() by click, Enter or Space.
    void setClickable(bool clickable);

signals:
    void activated();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    QVBoxLayout* body_;
    SectionHeader* header_ = nullptr;
    State state_ = State::Neutral;
    bool clickable_ = false;
};

}  // namespace qd::widgets
