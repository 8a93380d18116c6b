#pragma once
#include <QObject>
#include <QTimer>
#include <functional>

namespace qd::widgets {

// Milliseconds since the epoch. Injected wherever a widget compares something with now.
using NowMs = std::function<qint64()>;
NowMs systemNow();

// One timer of 1 Hz for every age, live edge and countdown on screen, so that an idle console wakes up once a
// second and not once per label. It runs only while something listens. GUI thread only.
class Ticker : public QObject {
    Q_OBJECT
public:
    static Ticker& instance();
    // Emits tick() at once; for tests and for the moment after the machine slept.
    void fire() { emit tick(); }

signals:
    void tick();

protected:
    void connectNotify(const QMetaMethod& signal) override;

private:
    Ticker();
    QTimer timer_;
};

}  // namespace qd::widgets
