#pragma once
#include "widgets/tables/delegates.hpp"

namespace qd::app {

/// A title's poster in 16:9, or a film strip while there is none.
class PosterDelegate : public widgets::CellDelegate {
    Q_OBJECT

public:
    static constexpr int kWidth = 104;
    static constexpr int kHeight = 54;
    using widgets::CellDelegate::CellDelegate;

protected:
    void paintContent(QPainter& painter, const QRectF& box, const QStyleOptionViewItem& option,
                      const QModelIndex& index) const override;
};

}  // namespace qd::app
