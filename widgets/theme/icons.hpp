#pragma once
#include <QIcon>
#include <QPixmap>

#include "widgets/theme/tokens.hpp"

class QPainter;

namespace qd::widgets {

enum class Icon {
    Overview,
    Slos,
    Incidents,
    Rollouts,
    Preview,
    Catalog,
    Postmortems,
    Settings,
    Search,
    Play,
    Pause,
    Stop,
    Next,
    Back,
    Warning,
    Ok,
    Info,
    Error,
    Gap,
    Upload,
    Download,
    Keyboard,
    Close,
    Plus,
    Refresh,
    Clock,
    Bell,
    Person,
    Note,
    Link,
    Bolt,
    Flag,
    Volume,
    Muted,
    FullScreen,
    Statistics,
    Chevron,
    ChevronDown,
    Sun,
    Moon,
    Deploy,
    Film,
    More,
    Undo,
    Dashboards,
    Count
};

// Strokes are tinted at the moment of painting, so an icon follows a switch of the theme by itself. Disabled,
// active and selected modes have tints of their own.
QIcon makeIcon(Icon which, Token tint = Token::TextMuted);
void paintIcon(QPainter& painter, const QRectF& box, Icon which, const QColor& tint);
// The file name in resources/icons without ".svg".
QString iconName(Icon which);

}  // namespace qd::widgets
