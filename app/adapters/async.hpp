#pragma once
// From any thread back to the UI's, safely: an answer that comes after its asker is gone, or after a newer
// question, is dropped.

#include <QCoreApplication>
#include <QMetaObject>
#include <QObject>
#include <QPointer>
#include <QThread>
#include <functional>
#include <memory>
#include <utility>

#include "core/result.hpp"

namespace qd::app {

/// Runs `task` on the UI thread unless `context` is gone by then. Thread-safe.
template <class Task>
void onUiThread(QPointer<QObject> context, Task task) {
    QCoreApplication* application = QCoreApplication::instance();
    if (!application) return;
    QMetaObject::invokeMethod(
        application,
        [context = std::move(context), task = std::move(task)]() mutable {
            if (context) task();
        },
        Qt::QueuedConnection);
}

/// A callback for a client that answers on its own thread: `handler(Result<T>)` runs on the UI thread while
/// `context` lives.
template <class T, class Handler>
std::function<void(core::Result<T>)> deliver(QObject* context, Handler handler) {
    return [guard = QPointer<QObject>(context), handler = std::move(handler)](core::Result<T> result) {
        onUiThread(guard, [handler, result = std::move(result)]() mutable { handler(std::move(result)); });
    };
}

/// Numbers questions of one kind, so that only the answer to the newest counts. UI thread only.
class Latest {
public:
    Latest() : current_(std::make_shared<std::uint64_t>(0)) {}

    /// As deliver(), but dropped when a newer question was asked or cancel() was called meanwhile.
    template <class T, class Handler>
    std::function<void(core::Result<T>)> ask(QObject* context, Handler handler) {
        const std::uint64_t mine = ++*current_;
        return deliver<T>(context,
                          [current = current_, mine, handler = std::move(handler)](core::Result<T> result) {
                              if (*current == mine) handler(std::move(result));
                          });
    }
    void cancel() { ++*current_; }

private:
    std::shared_ptr<std::uint64_t> current_;
};

}  // namespace qd::app
