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
#include "app/shell/link_opener.hpp"
#include "app/shell/screenshot.hpp"
#include "app/shell/single_instance.hpp"
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

/// What a later start would ask of the first one.
QString requestOf(const app::LaunchOptions& options) {
    if (!options.open.empty()) return QStringLiteral("open ") + QString::fromStdString(options.open);
    if (!options.page.empty()) return QStringLiteral("page ") + QString::fromStdString(options.page);
    return QStringLiteral("raise");
}

/// What tells this site from others, however its folder is written.
std::string siteOf(const app::LaunchOptions& options) {
    std::string url = options.connectUrl;
    while (url.ends_with('/')) url.pop_back();
    if (!url.empty()) return url;
    std::error_code ignored;
    const auto path = std::filesystem::weakly_canonical(options.dataDir, ignored);
    return ignored ? options.dataDir.string() : path.string();
}

void follow(app::Console& console, app::LinkOpener& opener, const QString& request) {
    opener.raise();
    const QString what = request.section(QLatin1Char(' '), 0, 0);
    const QString name = request.section(QLatin1Char(' '), 1);
    if (what == QLatin1String("page")) console.window().showPage(name);
    if (what != QLatin1String("open")) return;
    if (const auto link = app::parseDeepLink(name))
        opener.open(*link);
    else
        console.window().notify(QStringLiteral("That link could not be opened."),
                                QString::fromStdString(link.error().message), true);
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
            },
            [&console] {
                const app::LocalSite* site = console.session().localSite();
                const bool failed = site != nullptr && site->state() == app::LocalSite::State::failed;
                return failed ? site->reason() + QLatin1Char(' ') + site->advice() : QString();
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
    QApplication::setDesktopFileName(QStringLiteral("org.quarterdeck.Quarterdeck"));

    std::unique_ptr<app::SingleInstance> first;
    if (options.screenshot.empty()) {
        auto entered = app::SingleInstance::enter(app::MeetingPoint::of(app::runtimeDir(), siteOf(options)),
                                                  requestOf(options));
        if (entered && !*entered) {
            std::fprintf(stderr, "quarterdeck: this site is open already; its window was asked to show it\n");
            return int(core::ExitCode::done);
        }
        // At worst there are two windows: better than none.
        if (!entered) std::fprintf(stderr, "quarterdeck: %s\n", entered.error().message.c_str());
        if (entered) first = std::move(*entered);
    }

    app::Console console(options, options.screenshot.empty());
    QObject::connect(&console.window(), &app::MainWindow::painted, &console.window(), [&console] {
        if (const char* wanted = std::getenv("QUARTERDECK_STARTUP"); wanted && *wanted == '1')
            std::fprintf(stderr, "first frame after %.0f ms\n", millisecondsSinceStart());
        // The site comes up behind a window that is already there.
        console.session().start();
    });
    app::LinkOpener opener(console.window());
    console.window().showPage(options.page.empty() ? QStringLiteral("overview")
                                                   : QString::fromStdString(options.page));
    if (!options.open.empty())
        if (const auto link = app::parseDeepLink(QString::fromStdString(options.open))) opener.open(*link);
    if (first)
        QObject::connect(first.get(), &app::SingleInstance::requested, &console.window(),
                         [&console, &opener](const QString& request) { follow(console, opener, request); });
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
