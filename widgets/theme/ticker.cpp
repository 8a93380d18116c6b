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
    connect(&timer_, &QTimer::timeout, this, [this] {
        // Not in disconnectNotify(): Qt may call that with its own lock held, and asking then would wait for
        // ever.
        if (isSignalConnected(QMetaMethod::fromSignal(&Ticker::tick)))
            emit tick();
        else
            timer_.stop();
    });
}

Ticker& Ticker::instance() {
    static Ticker ticker;
    return ticker;
}

void Ticker::connectNotify(const QMetaMethod& signal) {
    if (signal == QMetaMethod::fromSignal(&Ticker::tick) && !timer_.isActive()) timer_.start();
}

}  // namespace qd::widgets
