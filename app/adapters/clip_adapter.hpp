#pragma once
// A part of what plays as a file, with progress and a way to stop it.

#include <QObject>
#include <QString>
#include <thread>

#include "decode/clip_export.hpp"

namespace qd::app {

struct ClipOutcome {
    core::Result<decode::ClipReport> report;
};

/// UI thread; the work has a thread of its own. One at a time.
class ClipAdapter : public QObject {
    Q_OBJECT

public:
    explicit ClipAdapter(QObject* parent = nullptr);
    /// Cancels what runs and waits for it.
    ~ClipAdapter() override;

    bool isRunning() const { return running_; }
    double progress() const { return progress_; }  // 0..1
    void start(decode::ClipRequest request);
    void cancel();

signals:
    void runningChanged();
    void progressed(double share);
    void finished(const qd::app::ClipOutcome& outcome);

private:
    bool running_ = false;
    double progress_ = 0;
    std::jthread thread_;
};

}  // namespace qd::app
