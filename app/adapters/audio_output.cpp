#include "app/adapters/audio_output.hpp"

#include <QAudioDevice>
#include <QAudioFormat>
#include <QAudioSink>
#include <QIODevice>
#include <QMediaDevices>
#include <algorithm>
#include <atomic>
#include <cstring>

namespace qd::app {
namespace {

constexpr std::size_t kRingFrames = decode::audio_rate_hz / 5;  // 0.2 s, as the sink's contract says
constexpr std::size_t kFrameBytes = decode::audio_channels * sizeof(std::int16_t);

}  // namespace

/// A bounded queue of samples that the device pulls from; silence when it is empty.
class SampleRing : public QIODevice {
public:
    SampleRing() : samples_(kRingFrames * decode::audio_channels) { open(QIODevice::ReadOnly); }

    std::size_t push(std::span<const std::int16_t> input) {
        const std::lock_guard lock(mutex_);
        const std::size_t room = kRingFrames - frames_;
        const std::size_t taken = std::min(room, input.size() / decode::audio_channels);
        for (std::size_t i = 0; i < taken * decode::audio_channels; ++i)
            samples_[(head_ * decode::audio_channels + frames_ * decode::audio_channels + i) %
                     samples_.size()] = input[i];
        frames_ += taken;
        return taken;
    }
    void clear() {
        const std::lock_guard lock(mutex_);
        frames_ = 0;
        heard_ = 0;
    }
    /// Frames handed to the device since clear(), silence not counted.
    std::uint64_t handed() const { return heard_; }

    qint64 bytesAvailable() const override { return qint64(kRingFrames * kFrameBytes); }
    bool isSequential() const override { return true; }

protected:
    qint64 readData(char* data, qint64 size) override {
        const std::lock_guard lock(mutex_);
        const std::size_t wanted = std::size_t(size) / kFrameBytes;
        const std::size_t given = std::min(wanted, frames_);
        auto* out = reinterpret_cast<std::int16_t*>(data);
        for (std::size_t i = 0; i < given * decode::audio_channels; ++i)
            out[i] = samples_[(head_ * decode::audio_channels + i) % samples_.size()];
        std::memset(out + given * decode::audio_channels, 0, (wanted - given) * kFrameBytes);
        head_ = (head_ + given) % kRingFrames;
        frames_ -= given;
        heard_ += given;
        return qint64(wanted * kFrameBytes);
    }
    qint64 writeData(const char*, qint64) override { return -1; }

private:
    std::mutex mutex_;
    std::vector<std::int16_t> samples_;
    std::size_t head_ = 0;
    std::size_t frames_ = 0;
    std::atomic<std::uint64_t> heard_{0};
};

/// Lives on the audio thread; what is read from elsewhere is atomic.
class AudioOutput::Device : public QObject {
public:
    SampleRing ring;
    std::atomic<bool> running{false};
    std::atomic<bool> usable{true};
    std::atomic<int> latencyFrames{0};
    std::atomic<double> volume{0.8};

    void begin() {
        if (sink_) return resume();
        const QAudioDevice device = QMediaDevices::defaultAudioOutput();
        QAudioFormat format;
        format.setSampleRate(decode::audio_rate_hz);
        format.setChannelCount(decode::audio_channels);
        format.setSampleFormat(QAudioFormat::Int16);
        if (device.isNull() || !device.isFormatSupported(format)) {
            usable = false;
            running = false;
            return;
        }
        sink_ = std::make_unique<QAudioSink>(device, format);
        sink_->setBufferSize(qsizetype(kRingFrames / 2 * kFrameBytes));
        sink_->setVolume(volume);
        sink_->start(&ring);
        latencyFrames = int(sink_->bufferSize() / qsizetype(kFrameBytes));
        running = sink_->error() == QAudio::NoError;
        usable = running.load();
    }
    void resume() {
        if (sink_) sink_->resume();
        running = sink_ != nullptr;
    }
    void halt() {
        running = false;
        if (sink_) sink_->suspend();
    }
    void end() {
        running = false;
        sink_.reset();
        ring.clear();
    }
    void applyVolume() {
        if (sink_) sink_->setVolume(volume);
    }

private:
    std::unique_ptr<QAudioSink> sink_;
};

AudioOutput::AudioOutput() : device_(std::make_unique<Device>()) {
    thread_.setObjectName(QStringLiteral("audio-out"));
    device_->usable = !QMediaDevices::defaultAudioOutput().isNull();
    device_->moveToThread(&thread_);
    device_->ring.moveToThread(&thread_);
    if (device_->usable) thread_.start();
}

AudioOutput::~AudioOutput() {
    if (!thread_.isRunning()) return;
    QMetaObject::invokeMethod(
        device_.get(), [this] { device_->end(); }, Qt::BlockingQueuedConnection);
    thread_.quit();
    thread_.wait();
}

bool AudioOutput::start() {
    if (!thread_.isRunning() || !device_->usable) return false;
    device_->ring.clear();
    QMetaObject::invokeMethod(
        device_.get(), [this] { device_->begin(); }, Qt::QueuedConnection);
    return true;
}

std::size_t AudioOutput::write(std::span<const std::int16_t> interleaved) {
    // A device that turned out not to work takes everything, so that nothing waits for it.
    if (!device_->usable) return interleaved.size() / decode::audio_channels;
    return device_->ring.push(interleaved);
}

std::optional<core::Seconds> AudioOutput::played() const {
    if (!device_->running) return std::nullopt;
    const auto handed = std::int64_t(device_->ring.handed());
    const std::int64_t heard = std::max<std::int64_t>(0, handed - device_->latencyFrames);
    return core::Seconds(double(heard) / decode::audio_rate_hz);
}

void AudioOutput::pause() {
    QMetaObject::invokeMethod(
        device_.get(), [this] { device_->halt(); }, Qt::QueuedConnection);
}

void AudioOutput::resume() {
    QMetaObject::invokeMethod(
        device_.get(), [this] { device_->resume(); }, Qt::QueuedConnection);
}

void AudioOutput::flush() {
    device_->ring.clear();
}

void AudioOutput::stop() {
    QMetaObject::invokeMethod(
        device_.get(), [this] { device_->end(); }, Qt::QueuedConnection);
}

void AudioOutput::setVolume(double volume) {
    device_->volume = volume;
    if (thread_.isRunning())
        QMetaObject::invokeMethod(
            device_.get(), [this] { device_->applyVolume(); }, Qt::QueuedConnection);
}

QString AudioOutput::reason() const {
    return device_->usable ? QString() : QStringLiteral("This machine has no sound device");
}

}  // namespace qd::app
