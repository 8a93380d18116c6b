#pragma once
#include <QApplication>
#include <QTest>

#include "widgets/theme/theme.hpp"
#include "widgets/theme/ticker.hpp"

namespace qd::widgets {

// A clock that stands where the test puts it.
struct TestClock {
    qint64 ms = 1'700'000'000'000;
    NowMs now() {
        return [this] { return ms; };
    }
};

inline void useTheme(Mode mode = Mode::Dark) {
    Theme::apply(*qApp, mode);
}

}  // namespace qd::widgets
