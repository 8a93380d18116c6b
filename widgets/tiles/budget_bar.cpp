#include "widgets/tiles/budget_bar.hpp"

#include <QPainter>
#include <cmath>

#include "widgets/theme/format.hpp"
#include "widgets/theme/numbers.hpp"
#include "widgets/theme/painting.hpp"
#include "widgets/theme/status.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::widgets {
namespace {
constexpr int barHeight = 8;
}

BudgetBar::BudgetBar(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void BudgetBar::setBudget(const Budget& budget) {
    budget_ = budget;
    setToolTip(spokenText());
    update();
    spokenChanged(this);
}

void BudgetBar::setTextVisible(bool visible) {
    textVisible_ = visible;
    update();
}

QSize BudgetBar::sizeHint() const {
    return {200, 20};
}
QSize BudgetBar::minimumSizeHint() const {
    return {80, 20};
}

QString BudgetBar::textFor(const Budget& budget) {
    if (std::isnan(budget.remaining)) return QStringLiteral("no data");
    // A large overspend is told as a multiple of the budget; percent would run out of room.
    if (budget.remaining < -1) return QStringLiteral("%1 over").arg(formatFactor(-budget.remaining));
    if (budget.remaining < 0) return formatPercent(-budget.remaining, 0) + QStringLiteral(" over");
    return formatPercent(budget.remaining, budget.remaining >= 0.1 ? 0 : 1) + QStringLiteral(" left");
}

State BudgetBar::stateFor(const Budget& budget) {
    if (std::isnan(budget.remaining)) return State::NoData;
    if (budget.remaining <= 0) return State::Bad;
    return budget.remaining <= 0.25 ? State::Warn : State::Good;
}

QString BudgetBar::spokenText() const {
    QString text = QStringLiteral("Error budget: ") + textFor(budget_);
    if (budget_.ideal >= 0 && !std::isnan(budget_.remaining))
        text += QStringLiteral(", even spending would leave ") + formatPercent(budget_.ideal, 0);
    return text;
}

void BudgetBar::paint(QPainter& painter, const QRectF& box, const Budget& budget, bool withText) {
    const QFont f = textFont(Type::Small);
    const State state = stateFor(budget);
    const qreal textWidth = withText ? numberWidth(QStringLiteral("100 % over"), f) + space::sm : 0;
    const QRectF bar(box.left(), std::round(box.center().y() - barHeight / 2.0), box.width() - textWidth,
                     barHeight);
    painter.save();
    paintPanel(painter, bar, barHeight / 2.0, color(Token::NeutralSoft));
    const QRectF inner = bar.adjusted(2, 0, -2, 0);
    if (state == State::NoData) {
        paintHatch(painter, inner, color(Token::Hatch), 5);
    } else if (budget.remaining < 0) {
        const qreal share = std::min(1.0, -budget.remaining);
        paintPanel(painter, bar, barHeight / 2.0, color(Token::BadSoft));
        paintHatch(painter, {inner.left(), inner.top(), std::max(6.0, inner.width() * share), inner.height()},
                   color(Token::Bad), 4);
    } else if (budget.remaining > 0) {
        const qreal width = std::max<qreal>(barHeight, bar.width() * std::min(1.0, budget.remaining));
        paintPanel(painter, {bar.left(), bar.top(), width, bar.height()}, barHeight / 2.0,
                   color(stateFillToken(state)));
    }
    if (budget.ideal >= 0 && state != State::NoData) {
        const qreal x = std::round(bar.left() + bar.width() * std::min(1.0, budget.ideal));
        painter.fillRect(QRectF(x - 2, bar.top() - 3, 4, barHeight + 6), color(Token::Surface));
        painter.fillRect(QRectF(x - 1, bar.top() - 3, 2, barHeight + 6), color(Token::Text));
    }
    if (withText) {
        painter.setPen(color(state == State::NoData ? Token::TextMuted
                             : state == State::Good ? Token::Text
                                                    : stateToken(state)));
        paintNumber(painter, box, textFor(budget), f, Qt::AlignRight);
    }
    painter.restore();
}

void BudgetBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    paint(painter, QRectF(rect()), budget_, textVisible_);
}

}  // namespace qd::widgets
