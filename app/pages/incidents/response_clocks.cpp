#include "app/pages/incidents/response_clocks.hpp"

#include <QPainter>
#include <cmath>

#include "app/models/values.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/numbers.hpp"
#include "widgets/theme/status.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr int kClockHeight = 62;
constexpr int kStepHeight = 26;
constexpr int kShape = 14;

QString minutesText(std::chrono::milliseconds duration) {
    const auto s = std::llabs(duration.count()) / 1000;
    return QStringLiteral("%1:%2").arg(s / 60).arg(s % 60, 2, 10, QLatin1Char('0'));
}

QString clockTitle(const incidents::Countdown& clock) {
    return QStringLiteral("%1 within %2 min")
        .arg(clock.name == "detection" ? QStringLiteral("Detected") : QStringLiteral("Response"))
        .arg(clock.limit.count() / 60'000);
}

State clockState(const incidents::Countdown& clock) {
    if (clock.state == incidents::ClockState::met) return State::Good;
    if (clock.state == incidents::ClockState::late) return State::Bad;
    if (clock.state == incidents::ClockState::unfinished) return State::Neutral;
    return clock.remaining < clock.limit / 3 ? State::Warn : State::Info;
}

QString clockWord(const incidents::Countdown& clock) {
    switch (clock.state) {
        case incidents::ClockState::met:
            return QStringLiteral("after %1").arg(minutesText(clock.elapsed));
        case incidents::ClockState::late:
            return clock.stopped_at ? QStringLiteral("late, after %1").arg(minutesText(clock.elapsed))
                                    : QStringLiteral("late by %1").arg(minutesText(clock.remaining));
        case incidents::ClockState::running:
            return QStringLiteral("%1 left").arg(minutesText(clock.remaining));
        case incidents::ClockState::unfinished:
            return QStringLiteral("not all done");
    }
    return {};
}

}  // namespace

ResponseClocks::ResponseClocks(QWidget* parent) : QWidget(parent) {
    setAccessibleName(QStringLiteral("Response clocks"));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void ResponseClocks::setClocks(const incidents::Clocks& clocks) {
    clocks_ = clocks;
    updateGeometry();
    update();
    spokenChanged(this);
}

QSize ResponseClocks::sizeHint() const {
    return {360, kClockHeight + space::sm + int(clocks_.steps.size()) * kStepHeight};
}

QString ResponseClocks::spokenText() const {
    QString text = QStringLiteral("%1: %2. %3: %4.")
                       .arg(clockTitle(clocks_.detection), clockWord(clocks_.detection),
                            clockTitle(clocks_.response), clockWord(clocks_.response));
    for (const incidents::ResponseStep& step : clocks_.steps)
        text += QStringLiteral(" %1: %2.")
                    .arg(str(step.label), step.done_at ? QStringLiteral("done") : QStringLiteral("open"));
    return text;
}

void ResponseClocks::paintClock(QPainter& painter, const QRect& box,
                                const incidents::Countdown& clock) const {
    const State state = clockState(clock);
    painter.setPen(color(Token::TextMuted));
    painter.setFont(textFont(Type::Small));
    painter.drawText(box.adjusted(0, 0, 0, -box.height() + 18), Qt::AlignLeft | Qt::AlignVCenter,
                     clockTitle(clock));
    paintStatusShape(painter, QRectF(box.left(), box.top() + 22, kShape, kShape), state);
    painter.setPen(color(Token::Text));
    paintNumber(painter,
                QRectF(box.left() + kShape + space::sm, box.top() + 18, box.width() - kShape - space::sm, 22),
                clockWord(clock), textFont(Type::Lead, Weight::Semibold), Qt::AlignLeft);
    const QRectF track(box.left(), box.top() + 46, box.width(), 6);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color(Token::Sunken));
    painter.drawRoundedRect(track, 3, 3);
    const double share = std::clamp(double(clock.elapsed.count()) / double(clock.limit.count()), 0.0, 1.0);
    painter.setBrush(color(stateToken(state)));
    painter.drawRoundedRect(QRectF(track.left(), track.top(), std::max(3.0, track.width() * share), 6), 3, 3);
}

void ResponseClocks::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const int half = (width() - space::xl) / 2;
    paintClock(painter, {0, 0, half, kClockHeight}, clocks_.detection);
    paintClock(painter, {half + space::xl, 0, half, kClockHeight}, clocks_.response);
    int y = kClockHeight + space::sm;
    for (const incidents::ResponseStep& step : clocks_.steps) {
        const State state = !step.done_at ? State::NoData : step.in_time ? State::Good : State::Warn;
        paintStatusShape(painter, QRectF(0, y + (kStepHeight - kShape) / 2.0, kShape, kShape), state);
        painter.setFont(textFont(Type::Body));
        painter.setPen(color(step.done_at ? Token::TextMuted : Token::Text));
        painter.drawText(QRect(kShape + space::sm, y, width() - 120, kStepHeight),
                         Qt::AlignVCenter | Qt::AlignLeft, str(step.label));
        painter.setPen(color(Token::TextMuted));
        paintNumber(painter, QRectF(width() - 110, y, 110, kStepHeight),
                    step.done_at ? formatClock(msOf(*step.done_at)) : QStringLiteral("open"),
                    textFont(Type::Small), Qt::AlignRight);
        y += kStepHeight;
    }
}

}  // namespace qd::app
