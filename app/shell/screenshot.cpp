#include "app/shell/screenshot.hpp"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QTimer>
#include <cstdio>

#include "app/shell/main_window.hpp"
#include "core/exit_code.hpp"

namespace qd::app {
namespace {

constexpr int kLookMs = 100;
constexpr int kSettleMs = 3'000;  // charts and series come a moment after the first values

}  // namespace

void takeScreenshot(MainWindow& window, const QString& page, const QString& file, int limitMs) {
    auto* timer = new QTimer(&window);
    auto* total = new QElapsedTimer;
    auto* settled = new QElapsedTimer;
    total->start();
    QObject::connect(timer, &QObject::destroyed, [total, settled] {
        delete total;
        delete settled;
    });
    QObject::connect(timer, &QTimer::timeout, &window, [&window, timer, total, settled, page, file, limitMs] {
        const bool there = window.page(page) && window.page(page)->hasData();
        if (there && !settled->isValid()) settled->start();
        const bool late = total->elapsed() > limitMs;
        if (!late && (!settled->isValid() || settled->elapsed() < kSettleMs)) return;
        timer->stop();
        const bool saved = window.grabTo(file);
        if (!saved)
            std::fprintf(stderr, "quarterdeck: %s cannot be written\n", qPrintable(file));
        else if (!there)
            std::fprintf(stderr, "quarterdeck: no data within %d s\n", limitMs / 1'000);
        QCoreApplication::exit(int(!saved  ? core::ExitCode::io
                                   : there ? core::ExitCode::done
                                           : core::ExitCode::unavailable));
    });
    window.showPage(page);
    timer->start(kLookMs);
}

}  // namespace qd::app
