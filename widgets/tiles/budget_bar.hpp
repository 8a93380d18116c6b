#pragma once
#include <QWidget>

#include "widgets/theme/spoken.hpp"
#include "widgets/theme/tokens.hpp"

class QPainter;

namespace qd::widgets {

// What is left of an error budget. Full is 1, spent is 0, overspent below 0 (drawn as a hatched bar growing
// from the left). `ideal` is where the budget would stand if it were spent evenly over the window.
struct Budget {
    double remaining = 0;  // NaN: not known, drawn as no data
    double ideal = -1;     // 0..1; negative: no marker
};

class BudgetBar : public QWidget, public Spoken {
    Q_OBJECT
public:
    explicit BudgetBar(QWidget* parent = nullptr);
    void setBudget(const Budget& budget);
    const Budget& budget() const { return budget_; }
    // Shows "72.4 % left" at the right (default on).
    void setTextVisible(bool visible);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    QAccessible::Role spokenRole() const override { return QAccessible::ProgressBar; }
    QString spokenText() const override;

    static void paint(QPainter& painter, const QRectF& box, const Budget& budget, bool withText);
    static QString textFor(const Budget& budget);
    // Good above 25 %, Warn above 0, Bad at or below 0, NoData when not known.
    static State stateFor(const Budget& budget);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Budget budget_{qQNaN(), -1};
    bool textVisible_ = true;
};

}  // namespace qd::widgets
