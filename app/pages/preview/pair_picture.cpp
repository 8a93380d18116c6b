#include "app/pages/preview/pair_picture.hpp"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "app/adapters/comparison_adapter.hpp"
#include "app/models/values.hpp"
#include "app/pages/preview/comparison_values.hpp"
#include "app/pages/preview/preview_values.hpp"
#include "widgets/theme/theme.hpp"
#include "widgets/video/video_overlays.hpp"

namespace qd::app {

using namespace widgets;
using compare::Side;

namespace {

constexpr int kPairGap = 4;
constexpr double kSameMomentS = 0.005;
constexpr int kGrabAttempts = 3;
constexpr int kLeastText = 13, kMostText = 40;  // pixels
constexpr QRgb kPairGround = 0xff080a0d;        // a picture is looked at on black, whatever the theme

}  // namespace

QImage paintPair(const PairPicture& pair) {
    const QImage &a = pair.picture.a, &b = pair.picture.b;
    if (a.isNull() && b.isNull()) return {};
    // Where one is missing its place stays.
    const QSize sizeA = a.isNull() ? b.size() : a.size(), sizeB = b.isNull() ? a.size() : b.size();
    const int high = std::max(sizeA.height(), sizeB.height());
    const int text = std::clamp(high / 24, kLeastText, kMostText), line = text * 2;
    QImage image(sizeA.width() + kPairGap + sizeB.width(), high + 2 * line, QImage::Format_RGB32);
    image.fill(kPairGround);
    QPainter painter(&image);
    QFont font = textFont(Type::Body, Weight::Medium);
    font.setPixelSize(text);
    painter.setFont(font);
    const auto side = [&](Side which, const QImage& picture, int left, const QSize& size) {
        const QRect head(left + text / 2, 0, size.width() - text, line);
        painter.setPen(overlayInk());
        painter.drawText(head, Qt::AlignLeft | Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(pair.name[which], Qt::ElideRight, head.width()));
        if (!picture.isNull()) return painter.drawImage(left, line, picture);
        painter.setPen(overlayMutedInk());
        painter.drawText(QRect(QPoint(left, line), size), Qt::AlignCenter, QStringLiteral("No picture"));
    };
    side(Side::a, a, 0, sizeA);
    side(Side::b, b, sizeA.width() + kPairGap, sizeB);
    const QString said = pair.score.isEmpty() ? QStringLiteral("not scored") : pair.score;
    const QRect foot(text / 2, line + high, image.width() - text, line);
    painter.setPen(overlayInk());
    painter.drawText(foot, Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(QStringLiteral("%1 · %2").arg(pair.position, said),
                                                      Qt::ElideRight, foot.width()));
    return image;
}

core::Result<QImage> grabPair(const ComparisonAdapter& both) {
    const compare::LockstepSnapshot& now = both.snapshot();
    PairPicture pair;
    std::optional<decode::FrameInfo> shown;
    // While it plays, the one may move on before the other is taken.
    for (int attempt = 0; attempt < kGrabAttempts; ++attempt) {
        shown = both.frameInfo(Side::a);
        for (const Side side : compare::sides) {
            const auto picture = both.grab(side);
            pair.picture[side] = picture ? *picture : QImage();
        }
        const auto after = both.frameInfo(Side::a);
        if (!shown || !after || shown->at == after->at) break;
    }
    for (const Side side : compare::sides) pair.name[side] = str(now.side[side].name);
    const core::Seconds at = shown ? shown->at : now.position;
    pair.position = timecode(at.count());
    const auto& scores = both.scores();
    const auto score = std::find_if(scores.rbegin(), scores.rend(), [at](const compare::PairScore& each) {
        return std::abs((each.at - at).count()) < kSameMomentS;
    });
    if (score != scores.rend()) pair.score = scoreText(*score);
    const QImage image = paintPair(pair);
    if (image.isNull()) return core::fail(core::Errc::not_found, "neither side shows a picture yet");
    return image;
}

}  // namespace qd::app
