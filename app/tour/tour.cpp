#include "app/tour/tour.hpp"

#include <QDeadlineTimer>
#include <QEventLoop>
#include <QTimer>
#include <cstdio>

#include "core/files.hpp"

namespace qd::app {

namespace {

constexpr int answer_limit_ms = 30'000;

}  // namespace

Tour::Tour(TourStage stage, std::filesystem::path folder, QObject* parent)
    : QObject(parent), stage_(std::move(stage)), folder_(std::move(folder)) {}

bool Tour::run() {
    if (const auto made = core::make_directories(folder_); !made) {
        fmt::print(stderr, "{}\n", made.error().message);
        return false;
    }
    clock_.start();
    transcript_.started_at = core::SystemClock().now();
    playStory(*this);
    transcript_.duration_s = double(clock_.elapsed()) / 1000;
    const bool saved = save("transcript.json", encode(transcript_));
    return saved && transcript_.ok();
}

bool Tour::step(const std::string& name, const std::string& claim,
                const std::function<bool(nlohmann::json& evidence)>& body) {
    if (failed_) return false;
    TourStep step{name, core::SystemClock().now(), false, claim, nlohmann::json::object()};
    step.ok = body(step.evidence);
    failed_ = !step.ok;
    fmt::print(stderr, "{:>6.1f} s  {}  {}\n", double(clock_.elapsed()) / 1000, step.ok ? "ok    " : "FAILED",
               claim);
    if (failed_) fmt::print(stderr, "          {}\n", step.evidence.dump());
    emit progressed(QString::fromStdString(claim), step.ok);
    transcript_.steps.push_back(std::move(step));
    return !failed_;
}

Outcome Tour::act(const QString& action, const QVariantMap& parameters) {
    // The answer may come after the limit: it must find somewhere to go.
    const auto outcome = std::make_shared<std::optional<Outcome>>();
    stage_.actions.invoke(action, parameters, [outcome](Outcome result) { *outcome = std::move(result); });
    if (!until([&] { return outcome->has_value(); }, answer_limit_ms, 10))
        return core::fail(core::Errc::timeout, "{} was not answered within {} s", action.toStdString(),
                          answer_limit_ms / 1000);
    return **outcome;
}

bool Tour::until(const std::function<bool()>& holds, int limit_ms, int every_ms) {
    QDeadlineTimer deadline(limit_ms);
    while (!holds()) {
        if (deadline.hasExpired()) return false;
        pause(every_ms);
    }
    return true;
}

void Tour::pause(int milliseconds) {
    QEventLoop loop;
    QTimer::singleShot(milliseconds, Qt::PreciseTimer, &loop, &QEventLoop::quit);
    loop.exec();
}

void Tour::picture(const QString& page, const QString& name, const QString& id) {
    stage_.show(page, id);
    pause(1'200);  // a page that was hidden asks for its data first
    const QString file = QStringLiteral("%1-%2.png").arg(++pictures_, 2, 10, QLatin1Char('0')).arg(name);
    if (!stage_.grab(QString::fromStdString((folder_ / file.toStdString()).string())))
        fmt::print(stderr, "          the picture {} could not be saved\n", file.toStdString());
}

bool Tour::save(const QString& name, const std::string& content) {
    const auto written = core::write_file_atomically(folder_ / name.toStdString(), content);
    if (!written) fmt::print(stderr, "{}\n", written.error().message);
    return written.has_value();
}

void Tour::setEndpoints(Endpoints endpoints) {
    wire_.setToken(endpoints.token);
    endpoints_ = std::move(endpoints);
}

}  // namespace qd::app
