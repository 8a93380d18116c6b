#include "widgets/theme/ticker.hpp"

#include <QDateTime>
#include <QMetaMethod>

namespace qd::widgets {

NowMs systemNow() {
    return [] { return QDateTime::currentMSecsSinceEpoch(); };
}

Ticker::Ticker() {
    timer_.setInterval(1000);
    timer_.setTimerType(Qt::CoarseTimer);
    connect(&timer_, &QTimer::timeout, this, &Ticker::tick);
}

Ticker& Ticker::instance() {
    static Ticker ticker;
    return ticker;
}

void Ticker::connectNotify(const QMetaMethod& signal) {
    if (signal == QMetaMethod::fromSignal(&Ticker::tick) && !timer_.isActive()) timer_.start();
}

void Ticker::disconnectNotify(const QMetaMethod&) {
    if (!isSignalConnected(QMetaMethod::fromSignal(&Ticker::tick))) timer_.stop();
}

}  // namespace qd::widgets
