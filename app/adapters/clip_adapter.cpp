#include "app/adapters/clip_adapter.hpp"

#include <utility>

#include "app/adapters/async.hpp"

namespace qd::app {

ClipAdapter::ClipAdapter(QObject* parent) : QObject(parent) {}

ClipAdapter::~ClipAdapter() = default;

void ClipAdapter::start(decode::ClipRequest request) {
    if (running_) return;
    running_ = true;
    progress_ = 0;
    emit runningChanged();
    emit progressed(0);
    auto done = deliver<decode::ClipReport>(this, [this](core::Result<decode::ClipReport> report) {
        running_ = false;
        emit runningChanged();
        emit finished({std::move(report)});
    });
    const QPointer<QObject> guard(this);
    thread_ = std::jthread([this, guard, request = std::move(request), done](std::stop_token stop) {
        int told = -1;
        done(decode::export_clip(
            request,
            [this, guard, &told](double share) {
                const int percent = int(share * 100);
                if (std::exchange(told, percent) == percent) return;
                onUiThread(guard, [this, share] {
                    if (!running_) return;
                    progress_ = share;
                    emit progressed(share);
                });
            },
            stop));
    });
}

void ClipAdapter::cancel() {
    thread_.request_stop();
}

}  // namespace qd::app
