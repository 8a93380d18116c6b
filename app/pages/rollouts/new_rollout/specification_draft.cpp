#include "app/pages/rollouts/new_rollout/specification_draft.hpp"

#include "app/models/values.hpp"
#include "rollouts/specification_text.hpp"

namespace qd::app {
namespace {

constexpr int kTypingPauseMs = 200;
constexpr std::size_t kReadHereBytes = 4u << 10;  // takes 2 ms

rollouts::SpecificationReading readingOf(const std::string& text) {
    return rollouts::read_specification(text);
}

}  // namespace

SpecificationDraft::SpecificationDraft(core::Executor& executor, QObject* parent)
    : QObject(parent), executor_(executor) {
    pause_.setSingleShot(true);
    pause_.setInterval(kTypingPauseMs);
    connect(&pause_, &QTimer::timeout, this, &SpecificationDraft::readNow);
}

const rollouts::Specification* SpecificationDraft::specification() const {
    return isRead_ && reading_.request ? &reading_.request->specification : nullptr;
}

QString SpecificationDraft::problem() const {
    if (!isRead_ || !reading_.first) return {};
    return QStringLiteral("line %1: %2").arg(reading_.first->line).arg(str(reading_.first->text));
}

void SpecificationDraft::type(const QString& text) {
    if (text == text_) return;
    text_ = text;
    latest_.cancel();
    isRead_ = false;
    pause_.start();
    emit textChanged(text_);
    emit readingChanged();
}

void SpecificationDraft::setText(const QString& text) {
    text_ = text;
    isRead_ = false;
    emit textChanged(text_);
    readNow();
}

void SpecificationDraft::rewrite(const std::function<void(rollouts::Specification&)>& change) {
    if (!specification()) return;
    rollouts::Specification changed = *specification();
    change(changed);
    if (changed == *specification()) return;
    setText(str(rollouts::to_yaml_text(changed)));
}

void SpecificationDraft::readNow() {
    pause_.stop();
    latest_.cancel();
    std::string text = text_.toStdString();
    if (text.size() <= kReadHereBytes) return take(readingOf(text));
    auto read = latest_.ask<rollouts::SpecificationReading>(
        this, [this](core::Result<rollouts::SpecificationReading> reading) { take(std::move(*reading)); });
    executor_.post([text = std::move(text), read = std::move(read)] { read(readingOf(text)); });
    emit readingChanged();
}

void SpecificationDraft::take(rollouts::SpecificationReading reading) {
    reading_ = std::move(reading);
    isRead_ = true;
    emit readingChanged();
}

}  // namespace qd::app
