#include "app/pages/catalog/poster_delegate.hpp"

#include <QImage>
#include <QPainter>
#include <QPainterPath>

#include "widgets/theme/icons.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::app {

using namespace widgets;

void PosterDelegate::paintContent(QPainter& painter, const QRectF& box, const QStyleOptionViewItem&,
                                  const QModelIndex& index) const {
    const double height = box.height() - 8;
    const QRectF frame(box.left(), box.top() + 4, std::min(box.width(), height * 16 / 9), height);
    QPainterPath path;
    path.addRoundedRect(frame, 4, 4);
    painter.save();
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    painter.fillPath(path, color(Token::Sunken));
    painter.setClipPath(path);
    const QImage image = index.data(Qt::DecorationRole).value<QImage>();
    if (image.isNull()) {
        paintIcon(painter, QRectF(frame.center().x() - 8, frame.center().y() - 8, 16, 16), Icon::Film,
                  color(Token::TextFaint));
    } else {
        QSizeF size = image.size();
        size.scale(frame.size(), Qt::KeepAspectRatio);
        painter.drawImage(QRectF(frame.center() - QPointF(size.width() / 2, size.height() / 2), size), image);
    }
    painter.restore();
}

}  // namespace qd::app
