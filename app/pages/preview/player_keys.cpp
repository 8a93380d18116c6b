#include "app/pages/preview/player_keys.hpp"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSlider>
#include <QComboBox>
#include <QSplitterHandle>
#include <initializer_list>

#include "widgets/charts/time_series_chart.hpp"
#include "widgets/video/compare_surface.hpp"
#include "widgets/video/score_plot.hpp"
#include "widgets/video/scrub_bar.hpp"

namespace qd::app {

bool keepsKey(const QWidget* focused, int key) {
    const auto among = [key](std::initializer_list<int> keys) {
        for (const int each : keys)
            if (each == key) return true;
        return false;
    };
    if (qobject_cast<const QAbstractButton*>(focused))
        return among({Qt::Key_Space, Qt::Key_Return, Qt::Key_Enter});
    if (qobject_cast<const QAbstractItemView*>(focused))
        return among({Qt::Key_J, Qt::Key_K, Qt::Key_Up, Qt::Key_Down, Qt::Key_Home, Qt::Key_End,
                      Qt::Key_PageUp, Qt::Key_PageDown, Qt::Key_Return, Qt::Key_Enter, Qt::Key_Left,
                      Qt::Key_Right});
    if (qobject_cast<const QAbstractSlider*>(focused) || qobject_cast<const QSplitterHandle*>(focused))
        return among({Qt::Key_Left, Qt::Key_Right, Qt::Key_Up, Qt::Key_Down, Qt::Key_Home, Qt::Key_End});
    if (const auto* box = qobject_cast<const QComboBox*>(focused))
        return !box->isEditable() && among({Qt::Key_Space, Qt::Key_Up, Qt::Key_Down, Qt::Key_Return});
    if (qobject_cast<const widgets::TimeSeriesChart*>(focused))
        return among(
            {Qt::Key_Left, Qt::Key_Right, Qt::Key_Plus, Qt::Key_Minus, Qt::Key_0, Qt::Key_Home, Qt::Key_End});
    if (const auto* pictures = qobject_cast<const widgets::CompareSurface*>(focused))
        return pictures->mode() == widgets::CompareMode::Wipe && among({Qt::Key_Left, Qt::Key_Right});
    if (qobject_cast<const widgets::ScorePlot*>(focused))
        return among({Qt::Key_Left, Qt::Key_Right, Qt::Key_PageUp, Qt::Key_PageDown, Qt::Key_Home,
                      Qt::Key_End, Qt::Key_Return, Qt::Key_Enter, Qt::Key_Escape});
    if (qobject_cast<const widgets::ScrubBar*>(focused)) return among({Qt::Key_PageUp, Qt::Key_PageDown});
    return false;
}

}  // namespace qd::app
