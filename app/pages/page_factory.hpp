#pragma once
#include <QString>

namespace qd::widgets {
enum class Icon;
}

class QWidget;

namespace qd::app {

class Page;
class Session;

struct PageInfo {
    QString id;
    QString title;
    widgets::Icon icon;
    Page* (*make)(Session&, QWidget* parent);
};

/// In the order of the rail.
const QVector<PageInfo>& pageInfos();

}  // namespace qd::app
