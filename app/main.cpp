// quarterdeck: the console. The window first, then the site.

#include <QApplication>
#include <QTemporaryDir>
#include <QTimer>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>

#include <unistd.h>

#include "app/adapters/export.hpp"
#include "app/shell/console.hpp"
#include "app/shell/screenshot.hpp"
#include "app/tour/tour.hpp"
#include "core/exit_code.hpp"

namespace {

using namespace qd;

/// Milliseconds since the kernel started this process: what a person waits for begins before main().
double millisecondsSinceStart() {
    std::ifstream stat("/proc/self/stat");
    std::string text((std::istreambuf_iterator<char>(stat)), std::istreambuf_iterator<char>());
    const auto close = text.rfind(')');
    if (close == std::string::npos) return -1;
    // proc(5): starttime is field 22, in clock ticks since boot; the name, field 2, ends with the last ')'.
    std::size_t at = close + 2;
    for (int field = 3; field < 22 && at != std::string::npos; ++field) at = text.find(' ', at) + 1;
    const double started = std::strtod(text.c_str() + at, nullptr) / double(::sysconf(_SC_CLK_TCK));
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return (double(now.tv_sec) + double(now.tv_nsec) / 1e9 - started) * 1e3;
}

constexpr int kTourViewers = 120;

bool hasDisplay() {
    const char* x = std::getenv("DISPLAY");
    const char* wayland = std::getenv("WAYLAND_DISPLAY");
    return (x && *x) || (wayland && *wayland);
}

int runExport(int argc, char** argv, const app::ExportOptions& options) {
    ::setenv("QT_QPA_PLATFORM", "offscreen", 1);
    QGuiApplication application(argc, argv);
    return app::exportDocument(options);
}

void openAtStart(app::Console& console, const QString& what) {
    // "incident/ID": once the incidents are known.
    const QString id = what.section(QLatin1Char('/'), 1);
    auto& incidents = console.session().incidents();
    QObject::connect(&incidents, &app::Domain::changed, &console.window(),
                     [&console, id, opened = false]() mutable {
                         if (opened || !console.session().incidents().find(id)) return;
                         opened = true;
                         console.session().actions().invoke(QStringLiteral("incidents.open"),
                                                            {{QStringLiteral("id"), id}});
                     });
}

app::TourStage stageOf(app::Console& console) {
    app::MainWindow& window = console.window();
    return {console.session().actions(),
            [&window](const QString& page, const QString& id) {
                window.showPage(page);
                if (!id.isEmpty() && window.page(page)) window.page(page)->open(id);
            },
            [&window](const QString& file) { return window.grabTo(file); },
            [&console](bool dark) {
                console.preferences().setTheme(dark ? QStringLiteral("dark") : QStringLiteral("light"));
            },
            [&console]() -> std::optional<app::Endpoints> {
                const app::OpsLink& link = console.session().link();
                return link.isLive() ? std::optional(link.endpoints()) : std::nullopt;
            }};
}

int runTour(int argc, char** argv, app::LaunchOptions options) {
    if (!hasDisplay()) ::setenv("QT_QPA_PLATFORM", "offscreen", 0);
    QApplication application(argc, argv);
    // A tour begins with nothing, and leaves nothing but its folder.
    QTemporaryDir data;
    if (!data.isValid())
        return core::report("quarterdeck",
                            {core::Errc::io, "no temporary folder: " + data.errorString().toStdString()});
    options.dataDir = std::filesystem::path(data.path().toStdString()) / "site";
    options.connectUrl.clear();
    // Ten percent of the traffic must show within seconds what ten percent of the sessions feel.
    if (options.viewers < 0) options.viewers = kTourViewers;
    bool ok = false;
    {
        app::Console console(options, false);
        console.window().showPage(QStringLiteral("overview"));
        console.window().show();
        console.session().start();
        app::Tour tour(stageOf(console), options.tourDir);
        QTimer::singleShot(0, &application, [&] {
            ok = tour.run();
            QApplication::quit();
        });
        QApplication::exec();
    }
    return int(ok ? core::ExitCode::done : core::ExitCode::failed);
}

int runConsole(int argc, char** argv, const app::LaunchOptions& options) {
    if (!options.screenshot.empty() && !hasDisplay()) ::setenv("QT_QPA_PLATFORM", "offscreen", 0);
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("quarterdeck"));
    QApplication::setApplicationDisplayName(QStringLiteral("Quarterdeck"));
    QApplication::setDesktopFileName(QStringLiteral("org.quarterdeck.Console"));

    app::Console console(options, options.screenshot.empty());
    QObject::connect(&console.window(), &app::MainWindow::painted, &console.window(), [&console] {
        if (const char* wanted = std::getenv("QUARTERDECK_STARTUP"); wanted && *wanted == '1')
            std::fprintf(stderr, "first frame after %.0f ms\n", millisecondsSinceStart());
        // The site comes up behind a window that is already there.
        console.session().start();
    });
    const QString open = QString::fromStdString(options.open);
    if (!open.isEmpty()) openAtStart(console, open);
    console.window().showPage(!options.page.empty() ? QString::fromStdString(options.page)
                              : !open.isEmpty()     ? QStringLiteral("incidents")
                                                    : QStringLiteral("overview"));
    console.window().show();
    if (!options.screenshot.empty())
        app::takeScreenshot(console.window(), QString::fromStdString(options.page),
                            QString::fromStdString(options.screenshot.string()));
    return QApplication::exec();
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    const app::CommandLine command = app::parseCommandLine(argc, argv);
    if (const int* code = std::get_if<int>(&command)) return *code;
    if (const auto* exported = std::get_if<app::ExportOptions>(&command))
        return runExport(argc, argv, *exported);
    const auto& launch = std::get<app::LaunchOptions>(command);
    if (launch.checkDisplay) {
        // Qt itself ends the process when the display is set but dead.
        const QGuiApplication application(argc, argv);
        return int(core::ExitCode::done);
    }
    return launch.tourDir.empty() ? runConsole(argc, argv, launch) : runTour(argc, argv, launch);
}
