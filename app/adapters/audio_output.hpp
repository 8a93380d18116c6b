#pragma once
// The playback's sound on the default device, if there is one.

#include <QObject>
#include <QString>
#include <QThread>
#include <memory>
#include <mutex>
#include <vector>

#include "decode/frame_sink.hpp"

namespace qd::app {

/// Thread-safe. The device lives on a thread of its own ("audio-out"): QAudioSink belongs to the thread that
/// made it, and the UI thread must not feed it.
class AudioOutput : public decode::AudioSink {
public:
    AudioOutput();
    ~AudioOutput() override;

    bool start() override;
    std::size_t write(std::span<const std::int16_t> interleaved) override;
    std::optional<core::Seconds> played() const override;
    void pause() override;
    void resume() override;
    void flush() override;
    void stop() override;

    void setVolume(double volume);
    /// Why there is no sound; empty when there is a device.
    QString reason() const;

private:
    class Device;
    QThread thread_;
    std::unique_ptr<Device> device_;
};

}  // namespace qd::app
