#include "app/shell/preferences.hpp"

#include <QFileInfo>
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
    if (state_) stateFolder_ = QFileInfo(stateFile).path();
    if (state_) geometry_ = state_->value("window/geometry").toByteArray();
    if (state_) hiddenLanes_ = state_->value("timeline/hidden_lanes").toUInt();
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

void Preferences::setHiddenLanes(unsigned lanes) {
    hiddenLanes_ = lanes;
    if (state_) state_->setValue("timeline/hidden_lanes", lanes);
}

TableSort Preferences::tableSort(const QString& table, TableSort otherwise) const {
    if (const auto at = sorts_.find(table); at != sorts_.end()) return *at;
    const QString key = QStringLiteral("tables/%1/").arg(table);
    if (!state_ || !state_->contains(key + QStringLiteral("column"))) return otherwise;
    return {state_->value(key + QStringLiteral("column")).toInt(),
            state_->value(key + QStringLiteral("descending")).toBool() ? Qt::DescendingOrder
                                                                       : Qt::AscendingOrder};
}

void Preferences::setTableSort(const QString& table, TableSort sort) {
    sorts_[table] = sort;
    if (!state_) return;
    const QString key = QStringLiteral("tables/%1/").arg(table);
    state_->setValue(key + QStringLiteral("column"), sort.column);
    state_->setValue(key + QStringLiteral("descending"), sort.order == Qt::DescendingOrder);
}

QStringList Preferences::shownColumns(const QString& table) const {
    if (const auto at = columns_.find(table); at != columns_.end()) return *at;
    return state_ ? state_->value(QStringLiteral("tables/%1/shown").arg(table)).toStringList()
                  : QStringList();
}

void Preferences::setShownColumns(const QString& table, const QStringList& titles) {
    columns_[table] = titles;
    if (state_) state_->setValue(QStringLiteral("tables/%1/shown").arg(table), titles);
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

QString Preferences::stateFolder() const {
    return stateFolder_;
}

QByteArray Preferences::geometry() const {
    return geometry_;
}

void Preferences::setGeometry(const QByteArray& geometry) {
    geometry_ = geometry;
    if (state_) state_->setValue("window/geometry", geometry_);
}

}  // namespace qd::app
