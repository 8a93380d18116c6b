#include "app/shell/preferences.hpp"

#include <QSettings>
#include <algorithm>

namespace qd::app {
namespace {

constexpr int kMaxViewers = 2'000;

std::unique_ptr<QSettings> openSettings(const QString& file) {
    return file.isEmpty() ? nullptr : std::make_unique<QSettings>(file, QSettings::IniFormat);
}

}  // namespace

Preferences::Preferences(const QString& configFile, const QString& stateFile, QObject* parent)
    : QObject(parent), config_(openSettings(configFile)), state_(openSettings(stateFile)) {
    if (config_) {
        theme_ = config_->value("appearance/theme", theme_).toString() == "light" ? "light" : "dark";
        viewers_ = std::clamp(config_->value("site/viewers", viewers_).toInt(), 0, kMaxViewers);
        volume_ = std::clamp(config_->value("preview/volume", volume_).toInt(), 0, 100);
    }
    if (config_) desktopNotices_ = config_->value("alerts/desktop", desktopNotices_).toBool();
    if (state_) geometry_ = state_->value("window/geometry").toByteArray();
}

Preferences::~Preferences() = default;

QString Preferences::theme() const {
    return theme_;
}

void Preferences::setTheme(const QString& theme) {
    const QString next = theme == "light" ? "light" : "dark";
    if (next == theme_) return;
    theme_ = next;
    if (config_) config_->setValue("appearance/theme", theme_);
    emit themeChanged(theme_);
}

void Preferences::useTheme(const QString& theme) {
    theme_ = theme == "light" ? "light" : "dark";
}

int Preferences::viewers() const {
    return viewers_;
}

void Preferences::setViewers(int count) {
    count = std::clamp(count, 0, kMaxViewers);
    if (count == viewers_) return;
    viewers_ = count;
    if (config_) config_->setValue("site/viewers", viewers_);
    emit viewersChanged(viewers_);
}

int Preferences::volume() const {
    return volume_;
}

void Preferences::setVolume(int percent) {
    volume_ = std::clamp(percent, 0, 100);
    if (config_) config_->setValue("preview/volume", volume_);
}

void Preferences::setDesktopNotices(bool wanted) {
    desktopNotices_ = wanted;
    if (config_) config_->setValue("alerts/desktop", wanted);
}

QByteArray Preferences::geometry() const {
    return geometry_;
}

void Preferences::setGeometry(const QByteArray& geometry) {
    geometry_ = geometry;
    if (state_) state_->setValue("window/geometry", geometry_);
}

}  // namespace qd::app
