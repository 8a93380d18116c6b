#pragma once
#include <QFrame>
#include <QVector>

#include "widgets/theme/spoken.hpp"
#include "widgets/theme/ticker.hpp"
#include "widgets/theme/tokens.hpp"

namespace qd::widgets {

class AgeLabel;
class Sparkline;

// All of a tile's content at one moment.
struct StatReading {
    QString value;  // already formatted, without unit; empty is shown as "–"
    QString unit;
    QString sub;  // one line below: objective, comparison, reason
    State state = State::Neutral;
    QString stateText;  // empty: the state's usual word; not shown for Neutral
    qint64 atMs = 0;    // when it was true, ms since the epoch; 0: unknown, no age shown
};

// One number that matters: title, value, unit, sub text, age, state, and the last minutes as a sparkline.
// Turns to Stale by itself when no reading came for the limit (default 15 s).
class StatTile : public QFrame, public Spoken {
    Q_OBJECT
public:
    explicit StatTile(const QString& title, QWidget* parent = nullptr);

    void setTitle(const QString& title);
    void setReading(const StatReading& reading);
    const StatReading& reading() const { return reading_; }
    // Values at equal distances, oldest first; NaN is a gap. Empty hides the sparkline.
    void setTrend(const QVector<double>& values, Token tint = Token::Accent);
    void setStaleAfter(qint64 ms);
    void setClock(NowMs now);
    void setClickable(bool clickable);
    // The state shown: the reading's, or Stale once it is too old.
    State shownState() const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    QAccessible::Role spokenRole() const override { return QAccessible::Grouping; }
    QString spokenText() const override;

signals:
    void activated();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    void placeTrend();

    QString title_;
    StatReading reading_;
    AgeLabel* age_;
    Sparkline* trend_;
    bool clickable_ = false;
};

}  // namespace qd::widgets
